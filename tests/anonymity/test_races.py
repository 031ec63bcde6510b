"""Requests at the same moment, by threads with connections of their own on the real database."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from anonymity import rows, vault
from anonymity.models import KeyCheck, Link, Rate

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "vault"])

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


def at_once(count: int, deed: Callable[[int], Any]) -> list[Any]:
    start = threading.Barrier(count)

    def run(number: int) -> Any:
        start.wait()
        try:
            return deed(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


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


def test_the_first_use_of_a_fresh_vault_writes_one_check_value(somebody):
    groups = at_once(12, lambda _: vault.live_group(somebody))
    assert len(set(groups)) == 1
    assert KeyCheck.objects.count() == 1
