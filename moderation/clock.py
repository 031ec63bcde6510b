"""The clock of what waits, as the workflow of peer consultation sets it. In hours, like all stored times."""

from datetime import datetime, timedelta
from typing import Any

ACKNOWLEDGE_WITHIN = timedelta(hours=4)  # somebody takes it up
DECIDE_WITHIN = timedelta(hours=24)
SECOND_MODERATOR_AFTER = timedelta(hours=36)  # another than who holds it is told


def clock_of(waits: Any, now: datetime) -> dict[str, Any]:
    """Who holds what waits, how many hours it has, and whether that is too long."""
    holder = waits.holder_at(now)
    runs = not getattr(waits, "again", False)  # for the yearly check of a licence there is a month
    taken_up = holder or getattr(waits, "taken_up_after", None) is not None  # which licences don't note
    return {
        "holder": holder,
        "hours": int((now - waits.hour).total_seconds() // 3600),
        "overdue": runs and now >= waits.hour + DECIDE_WITHIN,
        "unseen": runs and not taken_up and now >= waits.hour + ACKNOWLEDGE_WITHIN,
    }
