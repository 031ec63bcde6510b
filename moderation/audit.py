"""The only writer of audit events. Never a text, never an author."""

from datetime import datetime
from typing import Any

from anonymity.hour import hour_of


def record(kind: str, *, about: Any, now: datetime, by: Any = None) -> None:
    """Note that `kind` (noun.past) was done to `about`; `by` is a moderator, and empty for authors."""
    from moderation.models import AuditEvent

    AuditEvent.objects.create(kind=kind, about=str(about), by=by, hour=hour_of(now))
