"""The only writer of audit events. Never a text, never an author."""

from datetime import datetime
from typing import Any

from anonymity.hour import hour_of


def record(kind: str, *, about: Any, now: datetime, by: Any = None) -> None:
    """Note that `kind` (noun.past) was done to `about`; `by` is a moderator, and empty for authors."""
    from moderation.models import AuditEvent

    AuditEvent.objects.create(kind=kind, about=str(about), by=by, hour=hour_of(now))


def last() -> int:
    """The number of the newest event: it has changed when anything was done on the board."""
    from moderation.models import AuditEvent

    return AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
