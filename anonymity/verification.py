"""Verification: whether every row opens and stands where its author will look for it. Counts, never rows."""

from collections import defaultdict
from itertools import count
from typing import NamedTuple

from anonymity import pauses, rows
from anonymity.models import Block, Link, Rate
from anonymity.rows import WINDOW, number
from anonymity.sealing import Broken, Key, KeyRing


class Findings(NamedTuple):
    links: int
    pauses: int
    uses: int
    damaged: int  # rows that do not open
    misplaced: int  # rows that open, and whose author will not find them
    outdated: int  # rows of another key than the vault is written with
    unused_keys: int  # keys in the file that no row has, and that no rotation will destroy

    @property
    def sound(self) -> bool:
        return not (self.damaged or self.misplaced or self.outdated)


def findings(ring: KeyRing, unused_keys: int) -> Findings:
    links, blocks = list(Link.objects.all()), list(Block.objects.all())
    damaged_links, lost_links = _links(ring, links)
    damaged_blocks, lost_blocks = _pauses(ring, blocks)
    return Findings(
        links=len(links),
        pauses=len(blocks),
        uses=Rate.objects.count(),
        damaged=damaged_links + damaged_blocks,
        misplaced=lost_links + lost_blocks,
        outdated=sum(kid != ring.primary for kid in [row.kid for row in links] + [row.kid for row in blocks]),
        unused_keys=unused_keys,
    )


def _links(ring: KeyRing, links: list[Link]) -> tuple[int, int]:
    """How many are damaged, and how many misplaced."""
    damaged, lost = 0, 0
    lists = defaultdict(set)
    for link in links:
        try:
            whose = rows.opened(ring, link)
        except Broken:
            damaged += 1
            continue
        lists[whose.ref].add(bytes(link.list_tag))
        lost += bytes(link.thread_tag) not in ring.tags(Key.THREAD, whose.thread_id.bytes, whose.ref)
    return damaged, lost + sum(_off_the_list(ring, ref, tags) for ref, tags in lists.items())


def _off_the_list(ring: KeyRing, ref: bytes, tags: set[bytes]) -> int:
    """How many of an author's links are not where `rows.personas` looks."""
    for start in count(step=2 * WINDOW):
        places = range(start, start + 2 * WINDOW)
        here = tags & {tag for place in places for tag in ring.tags(Key.LIST, ref, number(place))}
        tags = tags - here
        if not here or not tags:
            break
    return len(tags)


def _pauses(ring: KeyRing, blocks: list[Block]) -> tuple[int, int]:
    damaged, lost = 0, 0
    logs = defaultdict(list)
    for block in blocks:
        try:
            ref, place, _ = pauses.opened(ring, block)
        except Broken:
            damaged += 1
            continue
        logs[ref].append(place)
        lost += bytes(block.tag) not in ring.tags(Key.SUSPENSION, ref, number(place))
    # A gap hides what comes after it.
    return damaged, lost + sum(sorted(log) != list(range(len(log))) for log in logs.values())
