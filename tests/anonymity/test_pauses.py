"""T-SUSP, the vault's part: an author is paused everywhere, and neither answers nor rows tell who it is."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from anonymity import vault
from anonymity.models import Block, Link, Rate
from anonymity.sealing import SEAL_BYTES

pytestmark = pytest.mark.django_db(databases=["default", "vault"])

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
TODAY = NOW.date()


def in_days(days: int) -> datetime:
    return NOW + timedelta(days=days)


def pause(persona: uuid.UUID, on: int = 0, days: int = 7) -> None:
    vault.suspend(persona, in_days(on + days).date(), in_days(on))


def may_post(account, on: int) -> bool:
    return vault.take_slot(account, "reply", in_days(on))


def everything() -> list[tuple]:
    return [tuple(row) for model in (Link, Rate, Block) for row in model.objects.order_by("pk").values_list()]


@pytest.fixture
def persona(somebody) -> uuid.UUID:
    return vault.attach(somebody, uuid.uuid4())


def test_a_pause_holds_for_every_deed_to_the_end_of_its_last_day(somebody, persona):
    pause(persona, days=7)
    for action in ("thread", "reply"):
        assert not vault.take_slot(somebody, action, NOW)
        assert not vault.take_slot(somebody, action, in_days(7).replace(hour=23, minute=59))
        assert vault.take_slot(somebody, action, in_days(8).replace(hour=0, minute=0))


def test_a_pause_of_one_persona_reaches_the_authors_others_and_nobody_else(somebody, another, persona):
    vault.attach(somebody, uuid.uuid4())
    pause(persona)
    assert not may_post(somebody, on=1)
    assert may_post(another, on=1)


def test_a_paused_author_keeps_all_other_acts(somebody, persona):
    pause(persona)
    assert vault.owns(somebody, persona)
    assert vault.personas_of(somebody) == [persona]
    assert vault.attach(somebody, uuid.uuid4())
    assert vault.live_group(somebody)


def test_a_lift_ends_every_pause_in_force(somebody, persona):
    other = vault.attach(somebody, uuid.uuid4())
    pause(persona, days=7)
    pause(other, days=30)
    vault.lift(other, in_days(1))
    assert may_post(somebody, on=1)
    pause(persona, on=2)
    assert not may_post(somebody, on=3)


def test_a_lift_without_a_pause_is_no_ticket_for_later(somebody, persona):
    vault.lift(persona, NOW)
    pause(persona)
    assert not may_post(somebody, on=1)


def test_an_author_is_told_the_last_day_of_their_own_pause_while_it_lasts(somebody, another, persona):
    assert vault.paused_until(somebody, NOW) is None
    pause(persona, days=7)
    pause(vault.attach(somebody, uuid.uuid4()), on=1, days=30)
    assert vault.paused_until(somebody, in_days(1)) == in_days(31).date()
    assert vault.paused_until(somebody, in_days(32)) is None
    assert vault.paused_until(another, NOW) is None
    vault.lift(persona, in_days(2))
    assert vault.paused_until(somebody, in_days(2)) is None


def test_the_last_day_is_told_without_opening_a_link_or_writing(somebody, persona):
    pause(persona)
    before, opened = everything(), vault.openings()
    vault.paused_until(somebody, NOW)
    assert (everything(), vault.openings()) == (before, opened)


def work_of(deed) -> tuple[object, list[str], int]:
    """What a deed answers, the statements it takes, and how many rows more there are."""
    before = Block.objects.count()
    with CaptureQueriesContext(connections["vault"]) as queries:
        answer = deed()
    shapes = [query["sql"].split(" WHERE ")[0].split(" VALUES ")[0] for query in queries]
    shapes = ["SAVEPOINT" if "SAVEPOINT" in shape else shape for shape in shapes]  # the test's own, numbered
    return answer, shapes, Block.objects.count() - before


def test_answer_work_and_rows_are_the_same_for_a_first_pause_a_second_and_a_lift(somebody, another, persona):
    other = vault.attach(another, uuid.uuid4())
    pause(persona)
    done = [
        work_of(lambda: vault.suspend(other, in_days(7).date(), NOW)),  # nobody was paused
        work_of(lambda: vault.suspend(persona, in_days(7).date(), NOW)),  # was paused already
        work_of(lambda: vault.lift(persona, NOW)),
        work_of(lambda: vault.lift(persona, NOW)),  # nothing left to lift
    ]
    assert done[0][0] is None
    assert done[0][2] == 1
    assert all(work == done[0] for work in done)


def test_a_persona_without_an_author_is_answered_alike_and_leaves_a_row_like_any():
    answer, _, rows = work_of(lambda: vault.suspend(uuid.uuid4(), in_days(7).date(), NOW))
    assert (answer, rows) == (None, 1)
    assert len(bytes(Block.objects.get().seal)) == SEAL_BYTES
    assert vault.verify().sound


def test_two_dumps_do_not_join_two_paused_personas_of_one_author(somebody, persona):
    """Rows are added and none is changed: a row that changed would belong to both."""
    other = vault.attach(somebody, uuid.uuid4())
    pause(persona)
    first = everything()
    pause(other, on=1)
    vault.lift(persona, in_days(2))
    second = everything()
    assert set(first) < set(second)
    assert len(second) == len(first) + 2
    blocks = Block.objects.values_list("tag", "seal")
    values = [bytes(value) for row in blocks for value in row]
    assert len(set(values)) == 2 * len(blocks) == 6
    assert {len(bytes(seal)) for _, seal in blocks} == {SEAL_BYTES}


def last_day(somebody) -> date:
    """The last day of a pause, found by trying; on each day before, its author is told the same."""
    days = [TODAY + timedelta(days=days) for days in range(100)]
    paused = [day for day in days if not vault.take_slot(somebody, "thread", at_noon(day))]
    for day in days:
        if told := vault.paused_until(somebody, at_noon(day)):
            assert told >= day
        assert bool(told) == (day in paused)
    assert vault.paused_until(somebody, at_noon(paused[-1])) == paused[-1]
    return paused[-1]


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_the_third_upheld_pause_within_ninety_days_is_three_times_as_long(somebody, persona):
    pause(persona, on=0)
    pause(persona, on=20)
    assert last_day(somebody) == in_days(27).date()
    pause(persona, on=60)
    assert last_day(somebody) == in_days(60 + 21).date()


def test_a_pause_that_was_lifted_or_long_ago_lengthens_nothing(somebody, persona):
    pause(persona, on=-100)  # forgotten on day 60
    pause(persona, on=20)
    vault.lift(persona, in_days(21))
    pause(persona, on=40)
    pause(persona, on=60)
    assert last_day(somebody) == in_days(67).date()


def test_two_moderators_acting_on_one_deed_count_once(somebody, persona):
    for _ in range(3):
        pause(persona, on=0)
    pause(persona, on=10)
    assert last_day(somebody) == in_days(17).date()


def test_a_log_longer_than_one_query_is_read_whole(somebody, persona):
    for day in range(20):
        pause(persona, on=day, days=1)
        vault.lift(persona, in_days(day))
    assert may_post(somebody, on=20)
    pause(persona, on=20, days=1)
    assert not may_post(somebody, on=21)
    assert Block.objects.count() == 41


def test_pausing_is_counted_as_an_opening_of_its_own_purpose(persona):
    before = vault.openings()["suspend"]
    pause(persona)
    vault.lift(persona, NOW)
    assert vault.openings()["suspend"] == before + 2


def test_a_pause_moved_into_another_authors_log_opens_nothing(somebody, another, persona):
    pause(persona)
    pause(vault.attach(another, uuid.uuid4()))
    one, other = Block.objects.all()
    Block.objects.filter(pk=one.pk).update(seal=other.seal)
    assert vault.verify().damaged == 1
    with pytest.raises(vault.VaultUnavailable):
        [may_post(account, on=0) for account in (somebody, another)]
