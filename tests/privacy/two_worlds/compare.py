"""Comparing worlds: what differs between them is what tells who wrote an anonymous text."""

from collections import defaultdict
from difflib import unified_diff
from itertools import zip_longest

from tests.privacy.two_worlds.evidence import Evidence, Trace

LINES = 12  # of one difference that are shown


def differences(one: Evidence, other: Evidence) -> dict[tuple[str, str], str]:
    """The first difference of each channel and place. What is the own of an author of either is left out."""
    authors = {name for _, name in one.world.authors ^ other.world.authors}
    found = {}
    for channel in sorted({*one.channels, *other.channels}):
        places = [by_place(each.channels[channel], authors) for each in (one, other)]
        for place in {**places[0], **places[1]}:
            texts = [each.get(place, []) for each in places]
            if texts[0] != texts[1]:
                found[channel, place] = first_difference(texts, [str(one.world), str(other.world)])
    return found


def by_place(traces: list[Trace], authors: set[str]) -> dict[str, list[str]]:
    places = defaultdict(list)
    for trace in traces:
        if trace.owner not in authors:
            places[trace.place].append(trace.text)
    return places


def first_difference(texts: list[list[str]], worlds: list[str]) -> str:
    """The first text of a place that is not the same in both worlds, as a diff."""
    pairs = enumerate(zip_longest(*texts, fillvalue="(nothing)"), 1)
    number, pair = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    lines = unified_diff(*(text.splitlines() for text in pair), *worlds, n=1, lineterm="")
    return "\n".join([f"number {number} of {len(texts[0])} and {len(texts[1])}", *list(lines)[:LINES]])


def report(found: dict[tuple[str, str], str]) -> str:
    """In words; of each channel one place, since one fault shows in many."""
    first = {channel: (place, what) for (channel, place), what in reversed(found.items())}
    return "\n\n".join(f"--- {channel} differ: {place}\n{what}" for channel, (place, what) in first.items())
