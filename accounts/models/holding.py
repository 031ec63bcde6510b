"""Holding: one moderator's time-limited claim on what waits at the desk."""

from datetime import datetime
from typing import Any

from django.db.models import Q


def free_for(by: Any, now: datetime) -> Q:
    """What nobody but `by` holds at `now`."""
    return Q(holder=None) | Q(holder=by) | Q(held_until__isnull=True) | Q(held_until__lte=now)


class Held:
    """A model with the columns `holder` and `held_until`."""

    holder: Any
    held_until: Any

    def holder_at(self, now: datetime) -> Any:
        """Who holds it at `now`, or None."""
        return self.holder if self.held_until and self.held_until > now else None
