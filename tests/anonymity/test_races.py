"""Requests at the same moment, by threads with connections of their own on the real database."""

import threading
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from anonymity import rows, vault
from anonymity.models import Block, KeyCheck, Link, Rate
from tests.anonymity.conftest import Somebody
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "vault"])

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


def test_one_account_in_one_thread_gets_one_persona(somebody):
    thread = uuid.uuid4()
    assert len(set(at_once(12, lambda _: vault.attach(somebody, thread)))) == 1
    assert Link.objects.count() == 1


def test_one_account_in_many_threads_gets_a_place_for_each(somebody, monkeypatch):
    monkeypatch.setattr(rows, "WINDOW", 14)  # so few places that two requests often choose the same one
    monkeypatch.setattr(rows, "SPARE", 2)
    personas = at_once(12, lambda _: vault.attach(somebody, uuid.uuid4()))
    assert len(set(personas)) == 12
    assert set(vault.personas_of(somebody)) == set(personas)


@pytest.mark.parametrize(("action", "limit"), [("thread", 3), ("reply", 20)])
def test_twenty_five_requests_take_exactly_the_slots_of_the_day(somebody, action, limit):
    taken = at_once(25, lambda _: vault.take_slot(somebody, action, NOW))
    assert sum(taken) == limit
    assert Rate.objects.count() == limit


def test_two_pauses_of_one_author_leave_two_entries(somebody):
    personas = [vault.attach(somebody, uuid.uuid4()) for _ in range(4)]
    at_once(4, lambda number: vault.suspend(personas[number], NOW.date(), NOW))
    assert Block.objects.count() == 4
    assert vault.verify().sound


def test_rotations_at_once_follow_each_other_or_are_refused(somebody):
    threads = {vault.attach(somebody, thread): thread for thread in (uuid.uuid4() for _ in range(20))}

    def rotate(_: int) -> bool:
        with suppress(vault.AlreadyRotating):
            vault.rotate(threads, now=NOW)
            return True
        return False

    done = sum(at_once(6, rotate))
    assert KeyCheck.objects.get().kid == 1 + done > 1
    assert set(vault.personas_of(somebody)) == set(threads)
    assert vault.verify().sound


def test_while_keys_rotate_everybody_reads_and_writes_without_a_fault():
    """Two writers for each account, so that they also meet each other."""
    people = [Somebody() for _ in range(2)]
    threads = [uuid.uuid4() for _ in range(12)]
    known = {vault.attach(person, thread): thread for person in people for thread in threads[:6]}
    owned = {person: set(vault.personas_of(person)) for person in people}
    over = threading.Event()

    def read(person: Somebody) -> None:
        while not over.is_set():
            assert owned[person] <= set(vault.personas_of(person))
            persona = next(iter(owned[person]))
            assert vault.owns(person, persona)
            assert vault.persona_for(person, known[persona]) == persona

    def write(person: Somebody) -> None:
        for thread in threads:
            vault.attach(person, thread)
        vault.suspend(next(iter(owned[person])), NOW.date(), NOW)

    def rotate() -> None:
        try:
            for _ in range(5):
                vault.rotate(known, now=NOW)
                vault.destroy_old_keys(NOW + timedelta(days=7))
        finally:
            over.set()

    deeds = [partial(deed, person) for deed in (read, write, write) for person in people]
    at_once(7, lambda number: [*deeds, rotate][number]())
    assert Link.objects.count() == len(people) * len(threads)
    for person in people:
        assert len(set(vault.personas_of(person))) == len(threads)
    assert vault.verify().sound


def test_the_first_use_of_a_fresh_vault_writes_one_check_value(somebody):
    at_once(12, lambda _: vault.personas_of(somebody))
    assert KeyCheck.objects.count() == 1
