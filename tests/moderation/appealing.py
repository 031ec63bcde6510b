"""Appealing in tests: what was decided, what is said against it, and what comes of it."""

from forum.actions.appeal import appeal
from forum.models import Post
from forum.notices import fanout
from forum.notices.inbox import Inbox
from moderation import intake
from moderation.models import QueueItem

DECLINED = "This asks for legal advice, which the board can't give."
WORDS = "It asks how to say no to her, and nothing about the law. Please look again."
WHY = "The question is one of ethics, as its author says."


def appealed(post: Post, *, now, words: str = WORDS) -> QueueItem:
    """The item of an appeal by whoever wrote `post`."""
    [decided] = [each for each in intake.decided_about([post]) if not each.appeal]
    appeal(decided, words, by=post.persona or post.author, now=now)
    return QueueItem.objects.waiting().get(kind="appeal", post=post)


def decided(item: QueueItem, deed, why: str = WHY, *, by, now) -> None:
    deed(item, why, version=item.version, by=by, now=now)
    fanout.tell_all()


def heard(account) -> list[str]:
    return [notice.event.happening for notice in Inbox(account).notices.order_by("pk")]
