"""Suggesting: what waits is for one moderator at a time, and for the next when they don't take it up.

A suggestion is no claim: anybody may take the text. It is the same whether the text has a name or not.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from accounts.models import Account
from anonymity import bus
from anonymity.hour import hour_of
from forum.models import Event, Happening
from forum.notices import fanout
from moderation.clock import ACKNOWLEDGE_WITHIN
from moderation.models import QueueItem, Suggestion
from moderation.models.queue import QueueItemQuerySet
from moderation.routing import LATELY, Desk, desk_at, tags_of
from moderation.rules import Kept, kept_from_each

AT_ONCE = 500
# Of when it was suggested the full hour before is kept: so the hours to take it up are never fewer.
GOES_ON_AFTER = ACKNOWLEDGE_WITHIN + timedelta(hours=1)

Moved = list[tuple[QueueItem, Account | None]]


@transaction.atomic
def suggest_what_waits(now: datetime) -> int:
    """Put what nobody has taken up before whom it suits best; for how many texts that is somebody else now.

    Twice in a row does nothing. In as many queries however much waits: what there is no room for is not read,
    but for what those who have room are kept from.
    """
    desk = desk_at(now)
    going_on = []
    for item in _locked(QueueItem.objects.waiting().filter(suggested_to__isnull=False)):
        if _goes_on(item, desk, now):
            going_on.append(item)
        elif so_far := desk.here.get(item.suggested_to_id):
            so_far.room -= 1
    kept = kept_from_each(going_on)
    going_on += _fresh(desk, kept, now)
    if not going_on:
        return 0
    earlier = _earlier(going_on)
    if moved := _moved(going_on, desk, kept, earlier):
        _write(moved, earlier, now)
    return len(moved)


def _fresh(desk: Desk, kept: dict[UUID, Kept], now: datetime) -> list[QueueItem]:
    """The first that are suggested to nobody and somebody with room may decide; in `kept` who may not."""
    waits = QueueItem.objects.claimable(by=None, now=now).filter(suggested_to=None)
    waits = waits.order_by("-urgent", "hour", "id")
    found: list[QueueItem] = []
    read, room = 0, min(desk.room, AT_ONCE)
    size = room
    while len(found) < room:
        batch = list(_locked(waits[read : read + size]))
        kept |= kept_from_each(batch)
        found += [item for item in batch if desk.free(item, kept[item.pk])]
        if len(batch) < size:
            break
        read, size = read + size, AT_ONCE
    return found[:room]


def _locked(items: QueueItemQuerySet) -> QueueItemQuerySet:
    """With what tells who is kept from them. What a deed holds at this moment is the next run's."""
    items = items.select_related("holder", "post__thread", "thread", "appeal__sanction")
    items = items.defer("post__body", "post__html")
    return items.select_for_update(of=("self",), skip_locked=True)


def _goes_on(item: QueueItem, desk: Desk, now: datetime) -> bool:
    """Whether nobody reads it, and whom it is for is not here or has let the time pass."""
    if item.holder_at(now):
        return False
    if item.suggested_to_id == item.agreed_by_id:  # a second moderator is needed
        return True
    since = item.suggested_hour
    return since is None or now >= since + GOES_ON_AFTER or item.suggested_to_id not in desk.here


def _earlier(items: list[QueueItem]) -> Counter:
    """How often each item was suggested to each moderator."""
    rows = Suggestion.objects.filter(item__in=items).values_list("item", "to").annotate(Count("pk"))
    return Counter({(item, to): number for item, to, number in rows})


def _moved(items: list[QueueItem], desk: Desk, kept: dict[UUID, Kept], earlier: Counter) -> Moved:
    """In the order of the queue, whom each is for; without those that stay, as there is nobody else."""
    tags, moved = tags_of(items), Moved()
    for item in sorted(items, key=lambda item: (not item.urgent, item.hour, item.pk)):
        so_far = desk.here.get(item.suggested_to_id)
        if best := desk.best(item, kept[item.pk], tags[item.thread_id], earlier):
            best.takes_one()
            moved.append((item, best.account))
        elif so_far and so_far.room > 0 and item.suggested_to_id != item.agreed_by_id:
            so_far.room -= 1
        elif item.suggested_to_id:
            moved.append((item, None))
    return moved


def _write(moved: Moved, earlier: Counter, now: datetime) -> None:
    """One notice for each text and moderator, also when it comes round to them again."""
    by_moderator = defaultdict(list)
    for item, to in moved:
        by_moderator[to].append(item)
    for to, items in by_moderator.items():
        found = QueueItem.objects.filter(pk__in=[item.pk for item in items])
        found.update(suggested_to=to, suggested_hour=to and hour_of(now))
    placed = [(item, to) for item, to in moved if to]
    Suggestion.objects.bulk_create(Suggestion(item=item, to=to, hour=hour_of(now)) for item, to in placed)
    # The appeal of a sanction has no post to tell of, and is in the list alone.
    told = [(item.post_id, to) for item, to in placed if item.post_id and not earlier[item.pk, to.pk]]
    fanout.tell_each(Happening.SUGGESTED, told, now=now)
    transaction.on_commit(bus.nudge_queue)


def forget_suggestions(now: datetime) -> None:
    """Those that count for nobody's turn any more, of what is decided, and what was told of them."""
    Suggestion.objects.filter(item__decided=True, hour__lte=now - LATELY).delete()
    told = Event.objects.filter(happening=Happening.SUGGESTED, hour__lte=now - LATELY)
    told.exclude(post__in=QueueItem.objects.waiting().filter(post__isnull=False).values("post")).delete()
