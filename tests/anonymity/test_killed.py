"""Rotations that die by SIGKILL, in processes of their own: no link is lost, no row left without its key."""

import os
import random
import signal
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from django.db import connections

from anonymity import vault
from anonymity.models import Link
from tests.anonymity.conftest import Somebody
from tests.processes import in_a_process_of_its_own, ticking, was_killed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "vault"])

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
PEOPLE, LINKS_EACH = 3, 4

Owned = dict[Somebody, dict[UUID, UUID]]


@pytest.fixture
def owned() -> Iterator[Owned]:
    """Who owns which personas in which threads; one of them is paused."""
    people = [Somebody() for _ in range(PEOPLE)]
    made = {}
    for somebody in people:
        threads = [uuid.uuid4() for _ in range(LINKS_EACH)]
        made[somebody] = {vault.attach(somebody, thread): thread for thread in threads}
    vault.suspend(next(iter(made[people[0]])), (NOW + timedelta(days=30_000)).date(), NOW)
    return made


def threads_of(owned: Owned) -> dict[UUID, UUID]:
    return {persona: thread for personas in owned.values() for persona, thread in personas.items()}


def die_at(step: int) -> None:
    """SIGKILL this process before or after one of its statements, file operations or its commit."""
    steps = count(1)

    def tick() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("open", "replace", "fsync", "unlink"):
        setattr(os, name, ticking(tick, getattr(os, name)))
    vault_connection = connections["vault"]
    vault_connection._commit = ticking(tick, vault_connection._commit)
    vault_connection.execute_wrappers.append(lambda execute, *call: ticking(tick, execute)(*call))


def assert_intact(owned: Owned) -> None:
    for somebody, personas in owned.items():
        assert set(vault.personas_of(somebody)) == set(personas)
        assert all(vault.owns(somebody, persona) for persona in personas)
        assert all(vault.attach(somebody, thread) == persona for persona, thread in personas.items())
        assert vault.live_group(somebody)
    found = vault.verify()
    assert found.sound
    assert found.links == Link.objects.count() == PEOPLE * LINKS_EACH
    assert found.pauses == 1
    assert not vault.take_slot(next(iter(owned)), "reply", NOW)


def test_a_rotation_killed_at_any_of_its_steps_loses_nothing(owned):
    """Steps of rotating and of destroying the key before: each kill comes three later."""
    threads = threads_of(owned)
    for step in count(random.randint(1, 3), 3):
        now = NOW + timedelta(days=30 * step)

        def rotate(step=step, now=now) -> None:
            die_at(step)
            vault.rotate(threads, now=now)
            vault.destroy_old_keys(now + timedelta(days=8))

        killed = was_killed(in_a_process_of_its_own(rotate))
        # What it left to destroy may be destroyed now, and nothing is lost by that either.
        vault.destroy_old_keys(now + timedelta(days=9))
        assert_intact(owned)
        if not killed:
            break
    assert step > 20
    assert vault.verify().unused_keys == 0


def test_rotations_killed_at_twenty_random_moments_lose_nothing(owned):
    threads = threads_of(owned)
    for attempt in range(20):
        start = NOW + timedelta(days=1000 * attempt)

        def rotate_for_ever(start=start) -> None:
            for turn in count():
                now = start + timedelta(days=turn % 900)
                vault.rotate(threads, now=now)
                vault.destroy_old_keys(now + timedelta(days=7))

        child = in_a_process_of_its_own(rotate_for_ever)
        time.sleep(random.uniform(0, 0.25))
        os.kill(child, signal.SIGKILL)
        assert was_killed(child)
        assert_intact(owned)
