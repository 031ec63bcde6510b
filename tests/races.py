"""Deeds at the same moment, by threads with connections of their own on the real databases."""

import pkgutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections


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


class Crossing:
    """Two deeds of which the second begins while the first is half done.

    Each stops after the function it names: the first until the second has come to its own, or can't; the
    second for a moment. Whatever they then wait for of each other, they wait for.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch
        self.first_is_there, self.second_is_there = threading.Event(), threading.Event()

    def of(
        self, first: Callable[[], Any], first_at: str, second: Callable[[], Any], second_at: str = ""
    ) -> list:
        """What each raised, or None."""
        self._stop(first_at, "first", self.first_is_there, lambda: self.second_is_there.wait(1))
        if second_at:
            self._stop(second_at, "second", self.second_is_there, lambda: time.sleep(0.5))
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(self._run, "first", first), pool.submit(self._run, "second", second)]
            return [run.result() for run in runs]

    def _stop(self, place: str, who: str, reached: threading.Event, wait: Callable[[], Any]) -> None:
        function = pkgutil.resolve_name(place)

        def stopped(*arguments: Any, **named: Any) -> Any:
            found = function(*arguments, **named)
            if threading.current_thread().name == who and not reached.is_set():
                reached.set()
                wait()
            return found

        self.patch.setattr(place.replace(":", "."), stopped)

    def _run(self, who: str, deed: Callable[[], Any]) -> Exception | None:
        threading.current_thread().name = who
        if who == "second":
            self.first_is_there.wait(60)
        try:
            deed()
        except Exception as raised:
            return raised
        finally:
            if who == "second":
                self.second_is_there.set()
            connections.close_all()
        return None
