"""When a digest is due: at one hour of the member's clock, on each day or on one day of the week."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from forum.models.digest import Every

PERIOD = {Every.DAY: timedelta(days=1), Every.WEEK: timedelta(weeks=1)}


def next_due(every: str, weekday: int, at_hour: int, zone: str, *, after: datetime) -> datetime:
    """The first moment later than `after` at which the member's clock shows that hour, on such a day.

    An hour that the clock leaves out is the one after it; of one that it shows twice, the first.
    """
    here = ZoneInfo(zone)
    day = after.astimezone(here).date()
    while True:
        due = datetime.combine(day, time(at_hour), here).astimezone(UTC)
        if due > after and (every == Every.DAY or day.weekday() == weekday):
            return due
        day += timedelta(days=1)


@cache
def zones() -> dict[str, list[str]]:
    """Names of time zones by region, as people know them: Europe/Berlin, and UTC."""
    regions: dict[str, list[str]] = {"Other": ["UTC"]}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region not in ("Etc", "SystemV", "US", "Brazil", "Canada", "Chile", "Mexico"):
            regions.setdefault(region, []).append(name)
    return regions
