"""Rotation: every row of the vault sealed and tagged anew, in one transaction and in random order.

Afterwards no value of it is what it was, so that a row whose link was cut, for an account that
left, looks like all others. The vault hands it the keys and the references.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from anonymity import keycheck, pauses, rows
from anonymity.models import Block, Link, Rate
from anonymity.rows import Whose
from anonymity.sealing import REF_BYTES, Key, KeyRing

AT_ONCE = 500  # rows of one INSERT
UNKNOWN = UUID(int=0)

M = TypeVar("M", bound=Model)


def resealed(
    ring: KeyRing,
    *,
    before: int,
    threads: Mapping[UUID, UUID],
    leaving: Collection[bytes],
    limits: Mapping[str, int],
    day: date,
) -> bool:
    """Write every row with the primary key of `ring`. False when `before` is not the vault's key any more.

    `threads` are the personas that exist, each with its thread.
    """
    with transaction.atomic(using=keycheck.VAULT, durable=True):
        keycheck.hold_off_writers()
        if keycheck.known() != {before}:
            return False
        links = _links_by_ref(ring, threads, leaving, day)
        _replace(Rate, _uses(ring.led_by(before), ring, [*links, *leaving], leaving, limits, day))
        _replace(Block, _pauses(ring, leaving, day))
        _replace(Link, _links(ring, links))
        keycheck.replace(ring)
    return True


def _links_by_ref(
    ring: KeyRing, threads: Mapping[UUID, UUID], leaving: Collection[bytes], day: date
) -> dict[bytes, list[tuple[bytes, Whose]]]:
    """What is to be linked from now on: personas with what will be sealed, by reference."""
    by_ref = defaultdict(list)
    for link in Link.objects.iterator():
        persona = bytes(link.persona)
        whose = _kept(rows.opened(ring, link), threads.get(UUID(bytes=persona)), day)
        if whose is None:
            continue
        if whose.ref in leaving:
            whose = whose._replace(ref=_nobody())  # one each, so nothing joins them either
        by_ref[whose.ref].append((persona, whose))
    return by_ref


def _kept(whose: Whose, thread_id: UUID | None, day: date) -> Whose | None:
    """None for a persona that was never written, when an earlier day's rotation missed it already.

    The first time it may be that its post is being written at this moment.
    """
    if thread_id:
        return Whose(whose.ref, thread_id)
    if whose.thread_id == UNKNOWN or 0 < whose.missed_on < day.toordinal():
        return None
    return whose._replace(missed_on=whose.missed_on or day.toordinal())


def _links(ring: KeyRing, by_ref: Mapping[bytes, list[tuple[bytes, Whose]]]) -> Iterator[Link]:
    for links in by_ref.values():
        for (persona, whose), place in zip(links, rows.spread(len(links)), strict=True):
            yield rows.link(ring, whose, persona, place=place)


def _pauses(ring: KeyRing, leaving: Collection[bytes], day: date) -> Iterator[Block]:
    """Logs without what is over. Of those who leave each entry stays, nobody's and as long as it would have:
    a number that fell in the night of a deletion would tell who had been paused."""
    logs = defaultdict(list)
    for block in Block.objects.iterator():
        ref, place, entry = pauses.opened(ring, block)
        logs[ref].append((place, entry))
    for ref, numbered in logs.items():
        log = [entry for _, entry in sorted(numbered)]
        for place, entry in enumerate(pauses.worth_keeping(log, day)):
            if ref in leaving:
                yield pauses.row(ring, _nobody(), entry, place=0)
            else:
                yield pauses.row(ring, ref, entry, place=place)


def _uses(
    old: KeyRing,
    new: KeyRing,
    refs: Iterable[bytes],
    leaving: Collection[bytes],
    limits: Mapping[str, int],
    day: date,
) -> Iterator[Rate]:
    """The places used today. Those of who leaves stay, nobody's, for their number; an author without any
    link keeps the old tags, for the hours they last."""
    used = {bytes(tag) for tag in Rate.objects.filter(day=day).values_list("bucket", flat=True)}
    for ref in refs:
        if not used:
            return
        for action, limit in limits.items():
            for place in range(limit):
                use = rows.use(ref, action, day, place)
                if (tag := old.tag(Key.RATE, *use)) in used:
                    used.remove(tag)
                    yield Rate(bucket=_nobody() if ref in leaving else new.tag(Key.RATE, *use), day=day)
    yield from (Rate(bucket=tag, day=day) for tag in used)


def _nobody() -> bytes:
    """A reference that no account has; of the size of a tag, too."""
    return secrets.token_bytes(REF_BYTES)


def _replace(model: type[M], made: Iterable[M]) -> None:
    """Random order, because SQLite keeps that of the insertions for ever."""
    shuffled = list(made)
    secrets.SystemRandom().shuffle(shuffled)
    model._default_manager.all().delete()
    model._default_manager.bulk_create(shuffled, batch_size=AT_ONCE)
