"""Whether the record is whole, and the heads published outside of the database that a cut end shows against.

A chain alone can't tell that its last events are gone. So the worker writes down each day where it ends, in a
file and the log; whoever keeps a copy elsewhere can hold it against the board.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from moderation import audit_key
from moderation.models import AuditEvent, AuditHead
from moderation.models.audit import START

log = logging.getLogger(__name__)

AT_ONCE = 2000


@dataclass(frozen=True)
class Fault:
    seq: int
    what: str


@dataclass(frozen=True)
class Findings:
    sealed: int = 0
    before: int = 0  # events that are older than the chain
    seq: int = 0
    mac: bytes = START
    fault: Fault | None = None


@dataclass(frozen=True)
class Published:
    day: str
    seq: int
    mac: bytes


def has_begun() -> bool:
    """Whether some event is sealed. False also where the tables are older than the chain, or not there."""
    if AuditHead._meta.db_table not in connection.introspection.table_names():
        return False
    return AuditEvent.objects.exclude(mac=None).exists()


def verify() -> Findings:
    """Go through all events in order, up to the first that is wrong. RecordClosed without the key."""
    published = {head.seq: head for head in since_restored()}
    head = AuditHead.objects.first()  # before the events: what the board appends meanwhile comes after it
    sealed = before = seq = 0
    mac = START
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=AT_ONCE):
        if event.mac is None and not sealed:
            before, seq = before + 1, event.seq
            continue
        if fault := _fault_of(event, seq, mac, sealed, published, head):
            return Findings(sealed, before, seq, mac, fault)
        sealed, seq, mac = sealed + 1, event.seq, bytes(event.mac or b"")
    newest = max([*published, head.seq if head else 0])
    cut_off = (
        Fault(seq + 1, f"missing, with all up to {newest}: the end was cut off") if newest > seq else None
    )
    return Findings(sealed, before, seq, mac, cut_off)


def _fault_of(
    event: AuditEvent,
    seq: int,
    mac: bytes,
    sealed: int,
    published: dict[int, Published],
    head: AuditHead | None,
) -> Fault | None:
    """What is wrong with the event after that of number `seq` and seal `mac`."""
    follows = bytes(event.prev or b"") == mac
    if event.mac is None:
        return Fault(event.seq, "inserted: it was never sealed")
    own = bytes(event.mac)
    if audit_key.seal(event) != own:
        if event.seq > seq + 1 and sealed and not follows:
            return Fault(seq + 1, "missing")
        numbers = range(1, AuditEvent.objects.count() + 1)  # not up to a number that a tamperer chose
        was = next((each for each in numbers if audit_key.sealed_as(event, each) == own), None)
        if was:
            return Fault(event.seq, f"exchanged: what stands here was sealed as event {was}")
        return Fault(event.seq, "changed or inserted: the board never sealed it so")
    if not follows:
        return (
            Fault(seq + 1, "missing")
            if event.seq > seq + 1
            else Fault(event.seq, "not the one that followed")
        )
    known = published.get(event.seq)
    if known and known.mac != own:
        return Fault(event.seq, f"not the one published on {known.day}")
    if head and head.seq == event.seq and bytes(head.mac) != own:
        return Fault(event.seq, "not the one that the head of the chain names")
    return None


def publish(now: datetime) -> Published | None:
    """Write today's head into the file and the log. Of a record that is not whole, an error in its place."""
    found = verify()
    if found.fault:
        log.error("the record of what moderators did is not whole, from event %d on", found.fault.seq)
        return None
    if not found.sealed:
        return None
    head = Published(_day(now), found.seq, found.mac)
    log.info("the record of what moderators did ends with event %d, %s", head.seq, head.mac.hex())
    if head.seq not in {known.seq for known in since_restored()}:
        _write(f"{head.day} {head.seq} {head.mac.hex()}")
    return head


def note_restored(now: datetime) -> None:
    """After a backup was put back: heads that were published before it are no longer asked for."""
    if _file().exists():
        _write(f"{_day(now)} restored")


def since_restored() -> list[Published]:
    """The heads published since the main database was last restored."""
    heads: list[Published] = []
    for words in _lines():
        if words[1:] == ["restored"]:
            heads = []
        elif len(words) == 3:
            heads.append(Published(words[0], int(words[1]), bytes.fromhex(words[2])))
    return heads


def restored_on() -> list[str]:
    """The days on which a backup was put back: what came after that backup is not in the record."""
    return [words[0] for words in _lines() if words[1:] == ["restored"]]


def _lines() -> Iterator[list[str]]:
    if _file().exists():
        yield from (line.split() for line in _file().read_text().splitlines())


def _write(line: str) -> None:
    """Whole lines only, and only at the end."""
    handle = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _file() -> Path:
    return Path(settings.AUDIT_HEADS_FILE)


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
