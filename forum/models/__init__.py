from forum.models.follow import Follow
from forum.models.notice import CONCERNS_AUTHOR, Event, Happening, Notice
from forum.models.persona import Persona
from forum.models.post import Kind, Post, Standing
from forum.models.search import SearchEntry
from forum.models.tag import Facet, Tag, ThreadTag
from forum.models.thread import Aspect, Outcome, Thread, ThreadMark, Urgency

__all__ = [
    "CONCERNS_AUTHOR",
    "Aspect",
    "Event",
    "Facet",
    "Follow",
    "Happening",
    "Kind",
    "Notice",
    "Outcome",
    "Persona",
    "Post",
    "SearchEntry",
    "Standing",
    "Tag",
    "Thread",
    "ThreadMark",
    "ThreadTag",
    "Urgency",
]
