"""Claiming: one moderator's time-limited hold on an item of the queue."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.access import NotAllowed, Refused, may_moderate
from accounts.models import Account
from anonymity import bus
from anonymity.hour import hour_of
from forum.states import State
from moderation import audit
from moderation.models import QueueItem, Recusal, Verdict
from moderation.rules import may_decide, require_item

CLAIM_LASTS = timedelta(minutes=20)


class AlreadyClaimed(Refused):
    pass


class CannotHandOver(NotAllowed):
    def __init__(self) -> None:
        # One sentence for every reason: which it is, is between that colleague and the item.
        super().__init__("This can’t be handed over to them. Please choose another colleague.")


def claim(item: QueueItem, *, by: Account, now: datetime) -> None:
    """Hold `item` for `by`, or renew the hold. AlreadyClaimed, with the name, when a colleague has it."""
    require_item(by, item)
    held_already = item.holder_at(now) == by
    with transaction.atomic():
        free = QueueItem.objects.filter(pk=item.pk).claimable(by=by, now=now)
        # The UPDATE's own condition settles a race; SQLite ignores select_for_update.
        if not free.update(holder=by, held_until=now + CLAIM_LASTS, **taken_up(item, now)):
            raise AlreadyClaimed(who_has(item, now=now))
        if not held_already:
            audit.record("item.claimed", by=by, about=item, now=now)
            transaction.on_commit(bus.nudge_queue)
    item.refresh_from_db()


def taken_up(item: QueueItem, now: datetime) -> dict[str, Any]:
    """The change that notes how long `item` waited until somebody first took it up."""
    hours = (hour_of(now) - item.hour) // timedelta(hours=1)
    return {"taken_up_after": Coalesce("taken_up_after", max(hours, 0))}


def release(item: QueueItem, *, by: Account, now: datetime) -> None:
    """Give up the hold, if it is `by`'s."""
    with transaction.atomic():
        if QueueItem.objects.filter(pk=item.pk, holder=by).update(holder=None, held_until=None):
            audit.record("item.released", by=by, about=item, now=now)
            transaction.on_commit(bus.nudge_queue)
    item.refresh_from_db()


def step_back(item: QueueItem, *, by: Account, now: datetime) -> None:
    """Leave `item` to colleagues for good, and give up the hold. No reason is asked or kept."""
    if not may_moderate(by):
        raise NotAllowed("Only moderators can do this.")
    with transaction.atomic():
        # Locked first: whoever takes the text back meanwhile waits, or has taken the item along.
        QueueItem.objects.select_for_update(no_key=True).filter(pk=item.pk).first()
        QueueItem.objects.filter(pk=item.pk, holder=by).update(holder=None, held_until=None)
        theirs = QueueItem.objects.filter(pk=item.pk, suggested_to=by)
        theirs.update(suggested_to=None, suggested_hour=None)
        agreed = QueueItem.objects.waiting().filter(pk=item.pk, agreed_by=by)
        agreed.update(agreed_by=None, agreed_version=None)
        if not QueueItem.objects.waiting().filter(pk=item.pk).exists():
            raise AlreadyClaimed(who_has(item, now=now))
        if Recusal.objects.get_or_create(item=item, moderator=by)[1]:
            audit.record("item.stepped-back", by=by, about=item, now=now)
            transaction.on_commit(bus.nudge_queue)
    item.refresh_from_db()


def forget_recusals() -> None:
    """Those about what waits no more and can't come back: withdrawn, or an appeal of it was the last word."""
    stood = Q(item__post__appeals__decision__isnull=False)
    stood &= Q(item__post__appeals__item__decision__verdict=Verdict.STAND)
    over = Q(item__post=None, item__decided=True) | stood
    for about in ("item__post", "item__thread"):
        over |= Q(**{f"{about}__state": State.WITHDRAWN})
    Recusal.objects.filter(over).delete()


def hand_over(item: QueueItem, to: Account, note: str, *, by: Account, now: datetime) -> None:
    """Pass `by`'s hold on to a colleague, with a note that moderators alone read until it is decided.

    AlreadyClaimed when the hold is not `by`'s any more; CannotHandOver when `to` may not decide about it.
    """
    if to == by or not may_decide(to, item):
        raise CannotHandOver
    with transaction.atomic():
        held = QueueItem.objects.filter(pk=item.pk, holder=by).held(now=now)
        if not held.update(holder=to, held_until=now + CLAIM_LASTS, handover_note=note):
            raise AlreadyClaimed(who_has(item, now=now))
        audit.record("item.handed-over", by=by, about=item, now=now)
        transaction.on_commit(bus.nudge_queue)
    item.refresh_from_db()


def who_has(item: QueueItem, *, now: datetime) -> str:
    """A sentence that says why `item` is not the reader's to decide, and whose it is."""
    found = QueueItem.objects.select_related("holder", "decision__by").filter(pk=item.pk).first()
    if found is None:
        return "This waits no longer: its author took it back."
    if found.decided:
        decided_by = found.decision.by.display_name if hasattr(found, "decision") else "A colleague"
        return f"{decided_by} has decided about this already."
    if holder := found.holder_at(now):
        return f"{holder.display_name} is reading this."
    return "Your hold on this has run out. Take it again to decide about it."
