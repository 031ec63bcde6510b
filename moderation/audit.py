"""The only writer of audit events. Never a text, never an author.

Each event is sealed with its number and the seal of the one before, under a key that no database holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from anonymity.hour import hour_of
from moderation import audit_key

if TYPE_CHECKING:
    from moderation.models import AuditEvent

AT_ONCE = 1000
_waiting: ContextVar[list["AuditEvent"] | None] = ContextVar("events of the deed under way", default=None)


@contextmanager
def deed() -> Iterator[None]:
    """A transaction that writes its events at its very end, as `with audit.deed():` or `@audit.deed()`.

    Who writes one holds the head of the chain until the commit. Two deeds of which one then still waits for
    a row would wait for each other. Inside another deed, its events wait for the end of that one.
    """
    waiting = _waiting.get()
    if waiting is None:
        with transaction.atomic():
            waiting = []
            token = _waiting.set(waiting)
            try:
                yield
            finally:
                _waiting.reset(token)
            _append(waiting)
        return
    so_far = len(waiting)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del waiting[so_far:]  # undone, so it was never done
        raise


def record(kind: str, *, about: Any, now: datetime, by: Any = None) -> None:
    """Note that `kind` (noun.past) was done to `about`; `by` is a moderator, and empty for authors.

    The last thing that a transaction writes, or inside a `deed`. RecordClosed without the record's key.
    """
    from moderation.models import AuditEvent

    event = AuditEvent(kind=kind, about=str(about), by=by, hour=hour_of(now))
    waiting = _waiting.get()
    if waiting is None:
        _append([event])
    else:
        waiting.append(event)


def how_often(*kinds: str, about: Any, now: datetime) -> int:
    """How often these things were done to `about` within this hour."""
    from moderation.models import AuditEvent

    return AuditEvent.objects.about(about).filter(kind__in=kinds, hour=hour_of(now)).count()


def _append(events: list["AuditEvent"]) -> None:
    from moderation.models import AuditEvent, AuditHead

    if not events:
        return
    with transaction.atomic(savepoint=False):
        seq, mac = AuditHead.objects.held()
        for event in events:
            event.seq, event.prev = seq + 1, mac
            seq, mac = event.seq, audit_key.seal(event)
            event.mac = mac
        AuditHead.objects.move(seq, mac)
        AuditEvent.objects.bulk_create(events, batch_size=AT_ONCE)


def last() -> int:
    """The number of the newest event: it has changed when anything was done on the board."""
    from moderation.models import AuditEvent

    return AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
