"""Claiming: one moderator's time-limited hold on an item of the queue."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity import bus
from moderation import audit
from moderation.models import QueueItem
from moderation.rules import may_decide

CLAIM_LASTS = timedelta(minutes=20)


class AlreadyClaimed(Refused):
    pass


def claim(item: QueueItem, *, by: Account, now: datetime) -> None:
    """Hold `item` for `by`, or renew the hold. AlreadyClaimed when a colleague has it."""
    if not may_decide(by, item):
        raise NotAllowed("You are party to this thread, so a colleague decides about it.")
    held_already = item.holder_at(now) == by
    with transaction.atomic():
        free = QueueItem.objects.filter(pk=item.pk).claimable(by=by, now=now)
        # The UPDATE's own condition settles a race; SQLite ignores select_for_update.
        if not free.update(holder=by, held_until=now + CLAIM_LASTS):
            raise AlreadyClaimed("A colleague is working on this item, or has decided about it.")
        if not held_already:
            audit.record("item.claimed", by=by, about=item, now=now)
            transaction.on_commit(bus.nudge_queue)
    item.refresh_from_db()


def release(item: QueueItem, *, by: Account, now: datetime) -> None:
    """Give up the hold, if it is `by`'s."""
    with transaction.atomic():
        if QueueItem.objects.filter(pk=item.pk, holder=by).update(holder=None, held_until=None):
            audit.record("item.released", by=by, about=item, now=now)
            transaction.on_commit(bus.nudge_queue)
    item.refresh_from_db()
