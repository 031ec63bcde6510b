"""What a moderator may do with an item or a thread."""

from accounts.access import NotAllowed, may_moderate, may_see_members
from accounts.models import Account
from forum.models import Post, Thread
from moderation.models import QueueItem, Sanction


class Party(NotAllowed):
    def __init__(self) -> None:
        super().__init__("You are party to this thread, so a colleague decides about it.")


def may_decide(moderator: Account, item: QueueItem) -> bool:
    """Never in a thread or on a text under their own name. Of an anonymous one nobody knows whose it is,
    and of a flag nobody knows who sent it."""
    return may_decide_about(moderator, item.post)


def may_decide_about(moderator: Account, post: Post) -> bool:
    return may_moderate(moderator) and moderator.pk not in {post.author_id, post.thread.author_id}


def may_moderate_thread(moderator: Account, thread: Thread) -> bool:
    """Never one that they asked under their own name; of an anonymous one nobody knows whose it is."""
    return may_moderate(moderator) and moderator.pk != thread.author_id


def require_thread(moderator: Account, thread: Thread) -> None:
    if not may_moderate_thread(moderator, thread):
        raise Party


def may_verify(by: Account, account: Account) -> bool:
    """Nobody verifies, notes or reads notes about themself."""
    return may_see_members(by) and by.pk != account.pk


def may_sanction(moderator: Account, account: Account) -> bool:
    return may_moderate(moderator) and moderator.pk != account.pk


def may_second(moderator: Account, asked: Sanction) -> bool:
    """Somebody else than who asked, and not the one whom it is about."""
    return may_sanction(moderator, asked.account) and moderator.pk != asked.by_id
