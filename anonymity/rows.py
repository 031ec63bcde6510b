"""The vault's rows, found and made by keyed tags. They are handed a reference and never learn whose it is.

Rows are inserted, not changed: one that changes whenever somebody posts would link their
threads for whoever holds two dumps.
"""

import secrets
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count
from typing import Literal, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connections, transaction

from anonymity import keycheck
from anonymity.keycheck import VAULT
from anonymity.models import Block, Link, Rate
from anonymity.sealing import Key, KeyRing

WINDOW = 32  # places of an account's list; the next window opens when few are left
SPARE = 8  # places that stay free, so that two requests at once rarely choose the same
PERSONAS_BY = {
    "thread_tag": "SELECT thread_tag, persona FROM vault_link WHERE thread_tag IN ",
    "list_tag": "SELECT list_tag, persona FROM vault_link WHERE list_tag IN ",
}


class Whose(NamedTuple):
    """What a link holds sealed."""

    ref: bytes
    thread_id: UUID
    missed_on: int = 0  # the day, as an ordinal, on which a rotation first found no such persona


def inserted(row: Link | Rate | Block, ring: KeyRing) -> bool:
    """Insert and commit. False when one of the row's tags is taken or `ring` leads no longer: look again."""
    try:
        with transaction.atomic(using=VAULT, durable=True):
            keycheck.hold_off_rotation()
            if not keycheck.still_leads(ring):
                return False
            row.save(using=VAULT, force_insert=True)
    except IntegrityError:
        return False
    return True


def new_link(ring: KeyRing, ref: bytes, thread_id: UUID, persona_id: UUID) -> Link:
    return link(ring, Whose(ref, thread_id), persona_id.bytes, place=_free_place(ring, ref))


def link(ring: KeyRing, whose: Whose, persona: bytes, *, place: int) -> Link:
    """The row that says so under the primary key, at one place of the account's list."""
    note = whose.thread_id.bytes + number(whose.missed_on)
    return Link(
        persona=persona,
        kid=ring.primary,
        seal=ring.seal(whose.ref, note, table=Link._meta.db_table, row=persona),
        thread_tag=ring.tag(Key.THREAD, whose.thread_id.bytes, whose.ref),
        list_tag=ring.tag(Key.LIST, whose.ref, number(place)),
    )


def opened(ring: KeyRing, link: Link) -> Whose:
    """What is sealed in `link`. Broken when the row was changed."""
    row = bytes(link.persona)
    ref, note = ring.unseal(bytes(link.seal), kid=link.kid, table=Link._meta.db_table, row=row)
    return Whose(ref, UUID(bytes=note[:16]), int.from_bytes(note[16:20], "big"))


def ref_behind(ring: KeyRing, persona_id: UUID) -> bytes | None:
    """None for a persona that no row links to anybody."""
    found = Link.objects.filter(persona=persona_id.bytes).first()
    return opened(ring, found).ref if found else None


def persona_in(ring: KeyRing, ref: bytes, thread_id: UUID) -> UUID | None:
    found = _tagged("thread_tag", ring.tags(Key.THREAD, thread_id.bytes, ref))
    return next(iter(found.values()), None)


def personas(ring: KeyRing, ref: bytes) -> Iterator[UUID]:
    """Two windows at a time, because removed links may leave one of them empty."""
    for start in count(step=2 * WINDOW):
        taken = _taken(ring, ref, range(start, start + 2 * WINDOW))
        if not taken:
            return
        yield from taken.values()


def free_places(ring: KeyRing, ref: bytes, action: str, day: date, limit: int) -> list[bytes]:
    """The tags that are left of somebody's `limit` for the day."""
    tagged = place_tags(ring, ref, action, day, range(limit))
    rows = Rate.objects.filter(bucket__in=[tag for tags in tagged for tag in tags])
    used = {bytes(tag) for tag in rows.values_list("bucket", flat=True)}
    return [tags[0] for tags in tagged if used.isdisjoint(tags)]


def place_tags(
    ring: KeyRing, ref: bytes, action: str, day: date, numbers: Iterable[int]
) -> list[list[bytes]]:
    """The tags of some places of somebody's day, each under every key, the primary's first."""
    return [ring.tags(Key.RATE, *use(ref, action, day, place)) for place in numbers]


def use(ref: bytes, action: str, day: date, place: int) -> tuple[bytes, ...]:
    """What the tag of one used place is made of."""
    return (ref, action.encode(), day.isoformat().encode(), number(place))


def spread(amount: int) -> list[int]:
    """Random places for a whole list, filling no window further than `new_link` does."""
    places: list[int] = []
    while left := amount - len(places):
        start = len(places) // (WINDOW - SPARE) * WINDOW
        places += secrets.SystemRandom().sample(range(start, start + WINDOW), min(left, WINDOW - SPARE))
    return places


def kids_in_use() -> set[int]:
    """The keys that a row of any table still needs."""
    kids = keycheck.known()
    for model in (Link, Block):
        kids |= set(model.objects.values_list("kid", flat=True).distinct())
    return kids


def number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def _free_place(ring: KeyRing, ref: bytes) -> int:
    """A random one: a list that grew at its end would tell the order of an author's threads."""
    window = range(WINDOW)
    while len(taken := _taken(ring, ref, window)) >= WINDOW - SPARE:
        window = range(window.stop, window.stop + WINDOW)
    return secrets.choice([place for place in window if place not in taken])


def _taken(ring: KeyRing, ref: bytes, places: range) -> dict[int, UUID]:
    """The taken ones among `places` of somebody's list, with the personas in them."""
    place_of = {tag: place for place in places for tag in ring.tags(Key.LIST, ref, number(place))}
    return {place_of[tag]: persona for tag, persona in _tagged("list_tag", list(place_of)).items()}


def _tagged(column: Literal["thread_tag", "list_tag"], tags: list[bytes]) -> dict[bytes, UUID]:
    """The personas whose tag in `column` is one of `tags`, by the tag.

    By hand: every page of a signed-in member asks for 64 tags a key, and Django takes longer to write
    that statement than any database takes to answer it.
    """
    with connections[VAULT].cursor() as cursor:
        cursor.execute(PERSONAS_BY[column] + "(" + ", ".join(["%s"] * len(tags)) + ")", tags)
        return {bytes(tag): UUID(bytes=bytes(persona)) for tag, persona in cursor.fetchall()}
