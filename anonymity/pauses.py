"""Pauses from anonymous posting: for each author a sealed log, in which a pause and a lift look alike.

Every entry is one more row of one size, dates and all sealed. A row per author that changes
with the next pause would tell, to whoever holds two dumps, that two personas are one author.
"""

from datetime import date, timedelta
from typing import NamedTuple

from anonymity.models import Block
from anonymity.rows import number
from anonymity.sealing import Key, KeyRing

READ_AT_ONCE = 16  # places of the log; a longer one takes another query
REMEMBERED = timedelta(days=90)
UPHELD_BEFORE = 2  # so many pauses that were remembered and not lifted make the next a longer one
LENGTHENED = 3  # times


class Entry(NamedTuple):
    """On `day` a pause began that ends with the day `until`, or, without it, pauses were lifted."""

    day: date
    until: date | None


def log_of(ring: KeyRing, ref: bytes) -> list[Entry]:
    """The author's entries, in their order."""
    found: dict[int, Entry] = {}
    while len(found) % READ_AT_ONCE == 0:
        places = range(len(found), len(found) + READ_AT_ONCE)
        tags = [tag for place in places for tag in ring.tags(Key.SUSPENSION, ref, number(place))]
        entries = [opened(ring, block) for block in Block.objects.filter(tag__in=tags)]
        more = {place: entry for _, place, entry in entries}
        if not more:
            break
        found |= more
    return [found[place] for place in sorted(found)]


def row(ring: KeyRing, ref: bytes, entry: Entry, *, place: int) -> Block:
    tag = ring.tag(Key.SUSPENSION, ref, number(place))
    until = entry.until.toordinal() if entry.until else 0
    note = number(place) + number(entry.day.toordinal()) + number(until)
    seal = ring.seal(ref, note, table=Block._meta.db_table, row=tag)
    return Block(tag=tag, kid=ring.primary, seal=seal)


def opened(ring: KeyRing, block: Block) -> tuple[bytes, int, Entry]:
    """Whose entry it is, its place in the log, and the entry. Broken when the row was changed."""
    tag = bytes(block.tag)
    ref, note = ring.unseal(bytes(block.seal), kid=block.kid, table=Block._meta.db_table, row=tag)
    place, day, until = (int.from_bytes(note[at : at + 4], "big") for at in (0, 4, 8))
    return ref, place, Entry(date.fromordinal(day), date.fromordinal(until) if until else None)


def last_day(log: list[Entry], day: date) -> date | None:
    """The last day of the pauses in force on `day`; None without one."""
    return max((entry.until for entry in upheld(log) if entry.until and entry.until >= day), default=None)


def upheld(log: list[Entry]) -> list[Entry]:
    """The pauses that were not taken back while they lasted."""
    kept: list[Entry] = []
    for entry in log:
        if entry.until:
            kept.append(entry)
        else:
            kept = [pause for pause in kept if pause.until and pause.until < entry.day]
    return kept


def next_entry(log: list[Entry], day: date, until: date | None) -> Entry:
    """A lift, or a pause; a third one within the remembered time is lengthened, and nobody is told."""
    if until:
        # Pauses of one day count once: two moderators may act on one deed.
        days = {entry.day for entry in upheld(log) if day - REMEMBERED <= entry.day < day}
        if len(days) >= UPHELD_BEFORE:
            until = day + LENGTHENED * (until - day)
    return Entry(day, until)


def worth_keeping(log: list[Entry], day: date) -> list[Entry]:
    """The pauses that last still, or make a later one longer."""
    return [entry for entry in upheld(log) if entry.until and max(entry.until, entry.day + REMEMBERED) >= day]
