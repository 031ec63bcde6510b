"""The vault's rows, found and made by keyed tags. They are handed a reference and never learn whose it is.

Rows are inserted, not changed: one that changes whenever somebody posts would link their
threads for whoever holds two dumps.
"""

import secrets
from collections.abc import Iterator
from datetime import date
from itertools import count
from uuid import UUID

from django.db import IntegrityError, transaction

from anonymity.models import Block, KeyCheck, Link, Rate
from anonymity.sealing import Key, KeyRing

VAULT = "vault"
WINDOW = 64  # places of an account's list; the next window opens when few are left
SPARE = 16  # places that stay free, so that two requests at once rarely choose the same


def inserted(row: Link | Rate | KeyCheck) -> bool:
    """Insert and commit; False when one of the row's tags is taken, so that the caller looks again."""
    try:
        with transaction.atomic(using=VAULT, durable=True):
            row.save(using=VAULT, force_insert=True)
    except IntegrityError:
        return False
    return True


def new_link(ring: KeyRing, ref: bytes, thread_id: UUID, persona_id: UUID) -> Link:
    return Link(
        persona=persona_id.bytes,
        kid=ring.primary,
        seal=ring.seal(ref, table=Link._meta.db_table, row=persona_id.bytes),
        thread_tag=ring.tag(Key.THREAD, thread_id.bytes, ref),
        list_tag=ring.tag(Key.LIST, ref, _number(_free_index(ring, ref))),
    )


def opened(ring: KeyRing, link: Link) -> bytes:
    """The reference sealed in `link`. Broken when the row was changed."""
    return ring.unseal(bytes(link.seal), kid=link.kid, table=Link._meta.db_table, row=bytes(link.persona))


def persona_in(ring: KeyRing, ref: bytes, thread_id: UUID) -> UUID | None:
    tags = ring.tags(Key.THREAD, thread_id.bytes, ref)
    for persona in Link.objects.filter(thread_tag__in=tags).values_list("persona", flat=True)[:1]:
        return UUID(bytes=bytes(persona))
    return None


def personas(ring: KeyRing, ref: bytes) -> Iterator[UUID]:
    """Two windows at a time, because shredded links may leave one of them empty."""
    for start in count(step=2 * WINDOW):
        taken = _taken(ring, ref, range(start, start + 2 * WINDOW))
        if not taken:
            return
        yield from taken.values()


def free_places(ring: KeyRing, ref: bytes, action: str, day: date, limit: int) -> list[bytes]:
    """The tags that are left of somebody's `limit` for the day."""
    whose = (ref, action.encode(), day.isoformat().encode())
    places = [ring.tags(Key.RATE, *whose, _number(place)) for place in range(limit)]
    rows = Rate.objects.filter(bucket__in=[tag for tags in places for tag in tags])
    used = {bytes(tag) for tag in rows.values_list("bucket", flat=True)}
    return [tags[0] for tags in places if used.isdisjoint(tags)]


def paused(ring: KeyRing, ref: bytes, day: date) -> bool:
    return Block.objects.filter(tag__in=ring.tags(Key.SUSPENSION, ref), until__gte=day).exists()


def _free_index(ring: KeyRing, ref: bytes) -> int:
    """A random free place: a list that grew at its end would tell the order of an author's threads."""
    window = range(WINDOW)
    while len(taken := _taken(ring, ref, window)) >= WINDOW - SPARE:
        window = range(window.stop, window.stop + WINDOW)
    return secrets.choice([index for index in window if index not in taken])


def _taken(ring: KeyRing, ref: bytes, indexes: range) -> dict[int, UUID]:
    """The taken places among `indexes` of somebody's list, with the personas in them."""
    index_of = {tag: index for index in indexes for tag in ring.tags(Key.LIST, ref, _number(index))}
    rows = Link.objects.filter(list_tag__in=list(index_of)).values_list("list_tag", "persona")
    return {index_of[bytes(tag)]: UUID(bytes=bytes(persona)) for tag, persona in rows}


def _number(number: int) -> bytes:
    return number.to_bytes(4, "big")
