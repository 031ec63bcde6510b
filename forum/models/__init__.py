from forum.models.digest import Digest
from forum.models.edit import Edit, Wording
from forum.models.flag import Flag, Reason
from forum.models.follow import Follow
from forum.models.mail_round import MailRound
from forum.models.notice import (
    BY_MODERATORS,
    CONCERNS_AUTHOR,
    FLAG_OUTCOMES,
    FOR_MODERATORS,
    Event,
    Happening,
    Notice,
)
from forum.models.notice_settings import NoticeSettings
from forum.models.persona import Persona
from forum.models.post import Kind, Post, Standing
from forum.models.rewrite import Rewrite
from forum.models.search import SearchEntry
from forum.models.tag import Facet, Tag, ThreadTag
from forum.models.thread import Aspect, Outcome, Thread, ThreadMark, Urgency

__all__ = [
    "BY_MODERATORS",
    "CONCERNS_AUTHOR",
    "FLAG_OUTCOMES",
    "FOR_MODERATORS",
    "Aspect",
    "Digest",
    "Edit",
    "Event",
    "Facet",
    "Flag",
    "Follow",
    "Happening",
    "Kind",
    "MailRound",
    "Notice",
    "NoticeSettings",
    "Outcome",
    "Persona",
    "Post",
    "Reason",
    "Rewrite",
    "SearchEntry",
    "Standing",
    "Tag",
    "Thread",
    "ThreadMark",
    "ThreadTag",
    "Urgency",
    "Wording",
]
