"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

WORDS = re.compile(r"\s*\S+|\s+$")
SENTENCES = re.compile(r"[^.!?\n]*[.!?\n]+|[^.!?\n]+$")
MOST = 500  # 2,000 words took seconds, and 4,000 lines of one letter half a minute [measured]


class Part(NamedTuple):
    """A stretch of words that are the same in both, or stand in one of them only."""

    what: Literal["same", "removed", "added"]
    words: str


def difference(before: str, after: str) -> list[Part]:
    """Both texts in one, in the order they are read: what was removed stands before what came for it.

    Sentences are compared first, then the words of those that differ, so that a long text takes no longer.
    """
    parts = (part for part in _parts(before, after) if part.words)
    return [
        Part(what, "".join(part.words for part in alike))
        for what, alike in groupby(parts, lambda part: part.what)
    ]


def _parts(before: str, after: str) -> Iterator[Part]:
    for same, removed, added in _stretches(SENTENCES, before, after):
        yield Part("same", same)
        for still, out, instead in _stretches(WORDS, removed, added):
            yield Part("same", still)
            yield Part("removed", out)
            yield Part("added", instead)


def _stretches(unit: re.Pattern[str], before: str, after: str) -> Iterator[tuple[str, str, str]]:
    """What is the same in both, and then what was removed and added."""
    old, new = unit.findall(before), unit.findall(after)
    blocks = [(0, 0, 0), *_blocks(old, new), (len(old), len(new), 0)]
    for (start_old, start_new, size), (end_old, end_new, _) in pairwise(blocks):
        same, removed, added = (
            new[start_new : start_new + size],
            old[start_old + size : end_old],
            new[start_new + size : end_new],
        )
        yield "".join(same), "".join(removed), "".join(added)


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int]]:
    """Where both are the same: from where in each, and how far. Of too many only the beginning and end."""
    first = _alike(old, new)
    last = _alike(old[first:][::-1], new[first:][::-1])
    end_old, end_new = len(old) - last, len(new) - last
    yield 0, 0, first
    if max(end_old, end_new) - first <= MOST:
        between = SequenceMatcher(None, old[first:end_old], new[first:end_new])
        for in_old, in_new, size in between.get_matching_blocks():
            yield first + in_old, first + in_new, size
    yield end_old, end_new, last


def _alike(old: list[str], new: list[str]) -> int:
    """How many are the same from the first on."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(old), len(new)))
