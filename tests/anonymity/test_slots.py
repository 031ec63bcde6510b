"""The day's allowance of anonymous threads and replies."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from anonymity import vault
from anonymity.models import Rate

pytestmark = pytest.mark.django_db(databases=["default", "vault"])

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(("action", "limit"), [("thread", 3), ("reply", 20)])
def test_a_day_has_so_many_slots_and_no_more(somebody, action, limit):
    assert [vault.take_slot(somebody, action, NOW) for _ in range(limit + 2)] == [True] * limit + [False] * 2


def test_threads_and_replies_and_people_count_by_themselves(somebody, another):
    for _ in range(3):
        vault.take_slot(somebody, "thread", NOW)
    assert vault.take_slot(somebody, "reply", NOW)
    assert vault.take_slot(another, "thread", NOW)


def test_a_new_day_begins_at_midnight_utc(somebody):
    for _ in range(3):
        vault.take_slot(somebody, "thread", NOW)
    same_day_elsewhere = datetime(2026, 3, 5, 1, tzinfo=timezone(timedelta(hours=9)))
    assert not vault.take_slot(somebody, "thread", same_day_elsewhere)
    assert vault.take_slot(somebody, "thread", NOW + timedelta(days=1))


def test_used_slots_are_rows_that_nothing_joins(somebody):
    for _ in range(3):
        vault.take_slot(somebody, "thread", NOW)
    assert Rate.objects.filter(day=NOW.date()).count() == 3
    assert len({bytes(bucket) for bucket in Rate.objects.values_list("bucket", flat=True)}) == 3


def test_slots_of_days_that_are_over_are_forgotten(somebody):
    vault.take_slot(somebody, "thread", NOW)
    vault.forget_slots(NOW)
    assert Rate.objects.count() == 1
    vault.forget_slots(NOW + timedelta(days=1))
    assert not Rate.objects.exists()
