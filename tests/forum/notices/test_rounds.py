"""Rounds: whatever a member's quiet hours and zone, each notice is in one of their mails at most, and in one
while the worker is there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymity import vault
from forum.models import MailRound, NoticeSettings
from forum.notices import rounds
from forum.notices.rounds import BOARD, KEPT, LEASE, Round, Rounds, keep, taken

START = datetime(2026, 10, 23, tzinfo=UTC)  # clocks change on the 25th in Europe, on 1 November in America
HALF_HOUR = timedelta(minutes=30)
ZONES = ["UTC", "Europe/Berlin", "America/Denver", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]


@given(
    st.integers(0, 23),
    st.integers(0, 23),
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 90)), min_size=100, max_size=500),
)
def test_each_notice_is_in_one_mail_however_the_quiet_hours_lie(begin, end, zone, gaps):
    """One notice in each half-hour; rounds come late now and then, and last. None of a night is missed."""
    member = NoticeSettings(quiet_from=begin, quiet_to=end, zone=zone)
    found, half_hour, mailed = Rounds(), int(START.timestamp() // 1800), []
    for gap, minutes in gaps:
        half_hour += gap if gap > 4 else 1
        current = Round(half_hour, half_hour)
        end = current.at + timedelta(minutes=minutes if gap > 3 else 1)
        if not member.is_quiet(current.at) and not member.is_quiet(end):
            mailed.append((found.mailed_upto(member), current.upto))
        found = Rounds(current, found.done).closed(end)
    for (_, upto), (after, _) in pairwise(mailed):
        assert after in (upto, 0)
        if after == 0:  # all that is kept was quiet: the notices are too old to be mailed by then
            assert len(found.done) == KEPT


@given(st.integers(0, 23), st.integers(0, 23), st.sampled_from(ZONES), st.integers(0, 48 * 365))
def test_quiet_hours_are_those_of_the_members_clock(begin, end, zone, half_hours):
    now = START + half_hours * HALF_HOUR
    hour = now.astimezone(ZoneInfo(zone)).hour
    quiet = {(begin + step) % 24 for step in range((end - begin) % 24)}
    assert NoticeSettings(quiet_from=begin, quiet_to=end, zone=zone).is_quiet(now) == (hour in quiet)


@pytest.mark.parametrize("zone", ["Atlantis/Gone", "America", "../UTC", ""])
def test_a_zone_that_is_no_more_counts_as_utc(zone):
    assert NoticeSettings(quiet_from=1, quiet_to=2, zone=zone).is_quiet(START.replace(hour=1))


@pytest.mark.django_db
def test_what_is_kept_is_found_again_and_is_sealed():
    found = taken(START)
    assert found == Rounds()
    assert taken(START) is None  # while the lease lasts
    done = tuple(Round(number, 10 * number, ended=1800 * number) for number in range(8, 0, -1))
    kept = replace(found, open=Round(9, 90, addressees=3, reached=2**64 - 1), done=done)
    keep(kept, START)
    seals = {bytes(MailRound.objects.get().seal)}
    found = taken(START)
    assert found == kept
    keep(replace(found, open=None, done=()), START)
    seals.add(bytes(MailRound.objects.get().seal))
    assert len({len(seal) for seal in seals}) == 1
    assert vault.unseal_reading(BOARD + 1, seals.pop()) is None
    assert taken(START) == Rounds()
    assert taken(START + LEASE) == Rounds()


@pytest.mark.django_db
def test_who_overstayed_the_lease_changes_nothing_of_what_the_next_wrote_down():
    slow = taken(START).opened(START)
    next_one = taken(START + LEASE).opened(START + 2 * HALF_HOUR)
    later = START + LEASE + timedelta(minutes=1)
    keep(next_one, later)
    keep(slow.closed(later), later)
    assert taken(later) == next_one


@pytest.mark.django_db
def test_what_an_earlier_version_kept_counts_as_nothing():
    MailRound.objects.create(pk=1, seal=vault.seal_reading(BOARD, b"short"), free_at=START)
    assert taken(START) == Rounds()


@pytest.mark.django_db
def test_no_more_is_kept_than_has_room():
    found = taken(START)
    for number in range(1, KEPT + 9):
        found = replace(found, open=Round(number, number)).closed(START)
    keep(found, START)
    ended = int(START.timestamp())
    assert taken(START).done == tuple(Round(number, number, ended=ended) for number in range(KEPT + 8, 8, -1))


@pytest.mark.django_db
def test_one_round_for_a_half_hour_and_none_before_the_last_is_done():
    first = Rounds().opened(START)
    assert first.open.at == START
    assert first.opened(START + rounds.HALF_HOUR) == first
    done = first.closed(START)
    assert done.opened(START + timedelta(minutes=29)) == done
    assert done.opened(START + rounds.HALF_HOUR).open.at == START + HALF_HOUR
