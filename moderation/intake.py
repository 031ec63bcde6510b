"""Into the queue: what an author submits waits here for a moderator's decision."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anonymity import bus
from anonymity.hour import hour_of


def enqueue(post: Any, *, now: datetime, urgent: bool = False) -> None:
    """Put a pending post before the moderators, and tell their open pages."""
    from moderation.models import QueueItem

    QueueItem.objects.create(post=post, kind=post.kind, urgent=urgent, hour=hour_of(now))
    transaction.on_commit(bus.nudge_queue)


def drop(posts: Any) -> None:
    """Take what its author withdrew out of the queue; notes about it may quote it, so they go too."""
    from moderation.models import Decision, QueueItem

    Decision.objects.filter(item__post__in=posts).update(note="")
    QueueItem.objects.waiting().filter(post__in=posts).delete()
    transaction.on_commit(bus.nudge_queue)


def waiting() -> int:
    """How many items wait for a decision."""
    from moderation.models import QueueItem

    return QueueItem.objects.waiting().count()
