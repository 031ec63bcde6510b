"""The coarse time of everything that is said or done: the hour in UTC, never finer (T-TIME, T-ROWID)."""

from datetime import UTC, datetime


def hour_of(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
