"""Evidence: all that is left of a world for anybody but the author to look at."""

import logging
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any
from unittest import mock

from channels.layers import InMemoryChannelLayer
from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.db import connections

from anonymity import vault
from tests.privacy.two_worlds.tasks import waiting_tasks
from tests.privacy.two_worlds.world import World

IDS = {"persona"}  # of the vault's columns; of the others, opaque without the key, the length counts
COUNTED_BY_THE_SERVER = {"forum_rewrite"}  # whose numbers go on from one world to the next
# Of the main database, under a key that is not in it: what an account has read, how far notices were mailed.
SEALED = {"inbox_seal", "seal"}

# Drawn at random for each mail, of which others in the round may get theirs before or after.
DRAWN = re.compile(r"<[0-9a-f]{32}(?=@)|={15}\d+==|==[0-9a-f]{32}==")


@dataclass(frozen=True)
class Trace:
    """Something that can be seen: where, what, and whose own it is, if anybody's."""

    place: str
    text: str
    owner: str | None = None


class Evidence:
    """The traces of one world, by channel."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.channels: dict[str, list[Trace]] = defaultdict(list)
        self.opened = vault.openings()
        self.sent: list[tuple[str, str, str]] = []  # step, group and message of each frame on the bus

    def note(self, channel: str, place: str, text: Any, owner: str | None = None) -> None:
        self.channels[channel].append(Trace(place, str(text), owner))

    @property
    def step(self) -> str:
        return self.world.chance.label

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Until the end of the block, note what passes: records, output, frames on the bus, files written."""
        output = StringIO()
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(output))
            stack.enter_context(redirect_stderr(output))
            stack.enter_context(logs_go_to(self))
            stack.enter_context(bus_is_heard_by(self))
            stack.enter_context(files_are_seen_by(self))
            yield
        self.note("output", "of the process", output.getvalue())

    def gather(self) -> None:
        """Note what lies about at the end: rows, mails, caches, groups of the bus, tasks."""
        for alias in connections:
            self._rows_of(alias)
        for person in self.world.people.values():
            for address, answer in person.saw:
                self.note("pages", address, answer, person.name)
        for letter in mail.outbox:
            owner = letter.to[0].partition("@")[0]
            text = DRAWN.sub("", str(letter.message()))
            self.note("mail", f"to {letter.to} {letter.cc} {letter.bcc}", text, owner)
        for alias in settings.CACHES:
            for key, value in sorted(cached(alias)):
                self.note(f"cache {alias}", key, value)
        self._bus()
        for task in waiting_tasks():
            self.note("tasks", "queue", task)
        openings = {purpose: count - self.opened[purpose] for purpose, count in vault.openings().items()}
        self.note("openings of seals", "in this process", openings)

    def _bus(self) -> None:
        """A group of one account is its own: only the key tells which, so its name is not compared."""
        owner_of = self.world.groups | self.world.live_groups()
        for step, group, message in self.sent:
            owner = owner_of.get(group)
            self.note("bus", f"{step}, to {f'the group of {owner}' if owner else group}", message, owner)

    def _rows_of(self, alias: str) -> None:
        connection = connections[alias]
        with connection.cursor() as cursor:
            for table in sorted({*connection.introspection.table_names(cursor)} - COUNTED_BY_THE_SERVER):
                cursor.execute(f'SELECT * FROM "{table}"')
                columns = [column[0] for column in cursor.description]
                rows = [as_text(row, columns, opaque=alias == "vault") for row in cursor.fetchall()]
                # SQLite hands them out as they were inserted, which a thief sees too; PostgreSQL as it likes.
                for row in rows if connection.vendor == "sqlite" else sorted(rows):
                    self.note(f"rows of {alias}", table, row)


def as_text(row: tuple, columns: list[str], *, opaque: bool) -> str:
    shown = []
    for value, column in zip(row, columns, strict=True):
        if isinstance(value, (bytes, memoryview)):
            value = bytes(value)
            is_opaque = column in SEALED or (opaque and column not in IDS)
            value = f"{len(value)} bytes" if is_opaque else value.hex()
        shown.append(f"{column} = {value}")
    return "\n".join(shown)


SHORT_LIVED = 120  # seconds


def cached(alias: str) -> Iterator[tuple[str, str]]:
    """Every key of a cache with what it holds and until when, as it lies in memory."""
    cache = caches[alias]
    if hasattr(cache, "_cache"):
        for key, value in list(cache._cache.items()):
            yield key, f"{bytes(value).hex()} until {cache._expire_info.get(key)}"
    else:
        redis = cache.client.get_client()
        for key in redis.scan_iter():
            # Redis counts by its own clock, so what lives for seconds may be gone in a slower world.
            if not 0 <= redis.ttl(key) < SHORT_LIVED:
                # The queue is there as well, with the worker's beat in a hash.
                value = redis.hgetall(key) if redis.type(key) == b"hash" else redis.get(key)
                yield key.decode("latin-1"), repr(value)


@contextmanager
def logs_go_to(evidence: Evidence) -> Iterator[None]:
    """Every record that some logger lets through, as the formatter would write it, with its traceback."""
    handler = logging.Handler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(pathname)s %(message)s"))
    handler.emit = lambda record: evidence.note("log", evidence.step, handler.format(record))  # type: ignore[method-assign]
    ends = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    ends = [each for each in ends if each is logging.root or not each.propagate]
    for logger in ends:
        logger.addHandler(handler)
    yield
    for logger in ends:
        logger.removeHandler(handler)


@contextmanager
def bus_is_heard_by(evidence: Evidence) -> Iterator[None]:
    """What is sent into which group: whoever looks into the channel layer sees it."""
    send = InMemoryChannelLayer.group_send

    async def group_send(layer: InMemoryChannelLayer, group: str, message: dict) -> None:
        evidence.sent.append((evidence.step, group, repr(message)))
        await send(layer, group, message)

    with mock.patch.object(InMemoryChannelLayer, "group_send", group_send):
        yield


_seer: Evidence | None = None


def _opened(event: str, arguments: tuple) -> None:
    if _seer is None or event != "open":
        return
    path, mode, flags = arguments
    writes = flags & 0b11 or (isinstance(mode, str) and set(mode) & set("wax+"))
    if writes and isinstance(path, str) and "__pycache__" not in path:
        _seer.note("files written", _seer.step, path)


sys.addaudithook(_opened)  # for good: Python has no way to take one off


@contextmanager
def files_are_seen_by(evidence: Evidence) -> Iterator[None]:
    global _seer
    _seer = evidence
    yield
    _seer = None
