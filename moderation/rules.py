"""What a moderator may do with an item or a thread, and who is kept from which."""

from accounts.access import NotAllowed, may_moderate, may_see_members
from accounts.models import Account
from forum.models import Post, Thread
from moderation.models import Decision, QueueItem, Sanction, Verdict


class Party(NotAllowed):
    def __init__(self) -> None:
        super().__init__("You are party to this thread, so a colleague decides about it.")


class DecidedBefore(NotAllowed):
    def __init__(self) -> None:
        super().__init__("You took part in the first decision about this, so a colleague decides now.")


def may_decide(moderator: Account, item: QueueItem) -> bool:
    return may_moderate(moderator) and moderator.pk not in kept_from(item)


def require_item(moderator: Account, item: QueueItem) -> None:
    if not may_moderate(moderator):
        raise NotAllowed("Only moderators can do this.")
    if why := kept_from(item).get(moderator.pk):
        raise why()


def kept_from(item: QueueItem) -> dict[int, type[NotAllowed]]:
    """Which accounts do not decide about `item`, and why.

    Never by their name in a thread or on a text of their own, nor twice about one thing. Of an anonymous
    text nobody knows whose it is, of a flag nobody who sent it: to be kept from it would tell.
    """
    kept: dict[int, type[NotAllowed]] = dict.fromkeys(_decided_before(item), DecidedBefore)
    return kept | {account: Party for account in _named(item) if account}


def _named(item: QueueItem) -> list[int | None]:
    """Whom it is about by name."""
    if item.appeal and item.appeal.sanction:
        return [item.appeal.sanction.account_id]
    return [item.post.author_id, item.post.thread.author_id]


def _decided_before(item: QueueItem) -> set[int]:
    """Who made the decision that is appealed; or of a text that an appeal brought back, who declined it."""
    if item.appeal:
        return {each.pk for each in item.appeal.deciders}
    if not item.is_text:
        return set()
    brought_back = Decision.objects.filter(
        verdict=Verdict.DECLINE, appeal__post=item.post_id, appeal__item__decision__verdict=Verdict.GRANT
    )
    return set(brought_back.values_list("by", flat=True))


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
