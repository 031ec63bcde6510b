"""Which tests PostgreSQL gets: those in which the store itself matters, and as few others as ask it the same.

What is rolled back at its end is one transaction of one connection: of such a test a store sees nothing but
statements. The run on SQLite notes them, and which were refused (`--statements=note`). The run on PostgreSQL
leaves out, the longest first, each test whose statements are all asked by others (`--statements=cover`), but
none that commits, was not noted, or is about what lies in a store and how it answers.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2s
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import DatabaseError, connections
from django.db.backends.signals import connection_created

ABOUT_THE_STORE = {"anonymity", "privacy", "search"}  # folders; elsewhere a test is marked `every_case`
VALUES = re.compile(r"'[^']*'|\d+")
PLACES = re.compile(r"\(?%s\)?(, \(?%s\)?)*")


class Note(NamedTuple):
    length: int  # in statements, which differ less from run to run than seconds do
    asked: list[str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--statements",
        choices=["note", "cover"],
        help="note: what each test asks; cover: leave out tests whose statements others ask.",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("statements") == "note":
        folder = config.cache.mkdir("statements")
        if not hasattr(config, "workerinput"):  # no worker has begun yet
            for old in folder.iterdir():
                old.unlink()
        config.pluginmanager.register(Notebook(folder))


class Notebook:
    """Writes down each test that passed where it ran, with what it asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.length, self.asked = 0, set[str]()
        connection_created.connect(self.listen)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        self.length, self.asked = 0, set()
        for connection in connections.all():
            self.listen(connection)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
        report = yield
        if call.when == "call" and report.passed:
            with (self.folder / str(os.getpid())).open("a") as file:
                asked = sorted({shape(str(statement)) for statement in self.asked})
                file.write(json.dumps([item.nodeid, self.length, asked]) + "\n")
        return report

    def listen(self, connection: Any, **_: Any) -> None:
        if self.hear not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.hear)

    def hear(self, execute: Callable, statement: Any, *rest: Any) -> Any:
        self.length += 1
        self.asked.add(statement)
        try:
            return execute(statement, *rest)
        except DatabaseError as refused:
            self.asked.add(f"{type(refused).__name__}: {statement}")
            raise


@cache
def shape(statement: str) -> str:
    """A mark of the statement, the same whatever values it has and however many."""
    words = PLACES.sub("%s", VALUES.sub("?", statement))
    return blake2s(words.encode(), digest_size=6).hexdigest()


@pytest.hookimpl(trylast=True)  # what is deselected by a mark asks nothing
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("statements") == "cover":
        chosen = set(covering(items, notes_in(config.cache.mkdir("statements"))))
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = [item for item in items if item in chosen]


def notes_in(folder: Path) -> dict[str, Note]:
    lines = chain.from_iterable(file.read_text().splitlines() for file in sorted(folder.iterdir()))
    return {test: Note(length, asked) for test, length, asked in map(json.loads, lines)}


def covering(items: list[pytest.Item], notes: dict[str, Note]) -> Iterator[pytest.Item]:
    """Those that have to run, and the shortest that together ask all that the others ask."""
    yield from (item for item in items if item.nodeid not in notes)
    noted = [item for item in first_cases(items) if item.nodeid in notes]
    asking = Counter(chain.from_iterable(notes[item.nodeid].asked for item in noted))
    for item in sorted(noted, key=lambda item: (notes[item.nodeid].length, item.nodeid), reverse=True):
        asked = notes[item.nodeid].asked
        if commits(item) or is_about_the_store(item) or any(asking[each] == 1 for each in asked):
            yield item
        else:
            asking.subtract(asked)


def first_cases(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of a test that commits and is not about the store, the first case: the others commit the same."""
    first: dict[str, pytest.Item] = {}
    for item in items:
        alike = commits(item) and not is_about_the_store(item)
        first.setdefault(item.nodeid.partition("[")[0] if alike else item.nodeid, item)
    return list(first.values())


def commits(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction")) or "transactional_db" in getattr(
        item, "fixturenames", ()
    )


def is_about_the_store(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("every_case") or ABOUT_THE_STORE & set(item.path.parts))
