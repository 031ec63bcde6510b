"""When a digest is due, in every zone and through every change of clocks."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.digests.schedule import next_due, zones

pytestmark = pytest.mark.embedded

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
NAMES = [name for names in zones().values() for name in names]
instants = st.integers(0, 24 * 365 * 12).map(lambda hours: utc(2026, 1, 1) + timedelta(hours=hours))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def dues(every: str, weekday: int, at_hour: int, zone: str, after: datetime):
    while True:
        after = next_due(every, weekday, at_hour, zone, after=after)
        yield after


@given(
    every=st.sampled_from(["day", "week"]),
    weekday=st.integers(0, 6),
    at_hour=st.integers(0, 23),
    zone=st.sampled_from(NAMES),
    after=instants,
)
def test_each_period_has_one_in_every_zone(every, weekday, at_hour, zone, after):
    found = [due.astimezone(ZoneInfo(zone)) for due in islice(dues(every, weekday, at_hour, zone, after), 60)]
    assert found[0] > after
    days = [due.date() for due in found]
    period = timedelta(days=1 if every == "day" else 7)
    assert [later - day for day, later in pairwise(days)] == [period] * 59
    assert every == "day" or {day.weekday() for day in days} == {weekday}
    for due in found:
        # The hour as chosen, or the one after it on a day that leaves it out.
        assert due.hour == at_hour or due.astimezone(UTC).astimezone(ZoneInfo(zone)).hour != at_hour


@pytest.mark.parametrize(
    ("zone", "at_hour", "after", "due"),
    [
        (BERLIN, 7, utc(2026, 3, 28, 12), utc(2026, 3, 29, 5)),  # summer time has begun
        (BERLIN, 7, utc(2026, 10, 24, 12), utc(2026, 10, 25, 6)),
        (BERLIN, 2, utc(2026, 3, 28, 12), utc(2026, 3, 29, 1)),  # there is no 2 o'clock: 3
        (BERLIN, 2, utc(2026, 10, 24, 12), utc(2026, 10, 25, 0)),  # the first of two
        (NEW_YORK, 1, utc(2026, 11, 1, 5), utc(2026, 11, 2, 6)),  # not at the second of two
        ("Asia/Kolkata", 7, utc(2026, 3, 1), utc(2026, 3, 1, 1, 30)),
    ],
)
def test_the_hour_is_that_of_the_members_clock(zone, at_hour, after, due):
    assert next_due("day", 0, at_hour, zone, after=after) == due


def test_the_zones_are_those_that_people_know():
    assert {"UTC", BERLIN, NEW_YORK, "Australia/Adelaide"} <= set(NAMES)
    assert not [name for name in NAMES if name.startswith(("Etc/", "US/"))]
    assert len(NAMES) == len(set(NAMES)) > 300
