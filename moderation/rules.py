"""What a moderator may do with an item."""

from accounts.access import may_moderate
from accounts.models import Account
from moderation.models import QueueItem


def may_decide(moderator: Account, item: QueueItem) -> bool:
    """Never on a text under their own name. Whose an anonymous one is nobody knows, so nothing differs."""
    return may_moderate(moderator) and item.post.author_id != moderator.pk
