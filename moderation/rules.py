"""What a moderator may do with an item."""

from accounts.access import may_moderate
from accounts.models import Account
from moderation.models import QueueItem


def may_decide(moderator: Account, item: QueueItem) -> bool:
    """Never in a thread or on a text under their own name. Of an anonymous one nobody knows whose it is."""
    party = {item.post.author_id, item.post.thread.author_id}
    return may_moderate(moderator) and moderator.pk not in party
