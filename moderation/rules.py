"""What a moderator may do with an item."""

from accounts.access import may_moderate
from moderation.models import QueueItem


def may_decide(moderator, item: QueueItem) -> bool:
    """Never on a text under their own name. Of an anonymous one nobody knows whose it is, so nothing differs."""
    return may_moderate(moderator) and item.post.author_id != moderator.pk
