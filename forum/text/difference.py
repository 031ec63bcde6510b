"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

WORDS = re.compile(r"\s*\S+|\s+$")
LINES = re.compile(r".*\n?")
MOST_WORDS = 2000  # 4,000 words of one letter kept a processor busy for seconds [measured]


class Part(NamedTuple):
    """A stretch of words that are the same in both, or stand in one of them only."""

    what: Literal["same", "removed", "added"]
    words: str


def difference(before: str, after: str) -> list[Part]:
    """Both texts in one, in the order they are read: what was removed stands before what came for it."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        old, new = LINES.findall(before), LINES.findall(after)
    return [part for part in _parts(old, new) if part.words]


def _parts(old: list[str], new: list[str]) -> Iterator[Part]:
    blocks = [(0, 0, 0), *SequenceMatcher(None, old, new).get_matching_blocks()]
    for (start_old, start_new, size), (end_old, end_new, _) in pairwise(blocks):
        yield Part("same", "".join(new[start_new : start_new + size]))
        yield Part("removed", "".join(old[start_old + size : end_old]))
        yield Part("added", "".join(new[start_new + size : end_new]))
