"""Deeds at the same moment, by threads with connections of their own on the real databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

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
