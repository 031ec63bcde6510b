"""Finding threads by the words of their posts: one hit a thread, the best first."""

import re
import uuid
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db.models.expressions import RawSQL

from forum.models import Tag, Thread
from forum.models.thread import ThreadQuerySet
from forum.search.asked import MARKS, Asked
from forum.search.backends import backend
from forum.search.terms import parse

POOL = 1000  # the newest matching posts, among which the best are looked for
NO_END = 2**62
FEW = 3000  # threads of a tag, whose entries are quicker collected than each match asked for its thread
_MARKED = re.compile("{}([^{}]*){}".format(*MARKS, MARKS[1]))
_CURSOR = re.compile(r"^(\d{1,18})-(\d{1,4})$")


@dataclass(frozen=True)
class Hit:
    thread: Thread
    snippet: list[tuple[str, bool]]  # pieces of text, and whether the reader's words are in them


@dataclass(frozen=True)
class Results:
    hits: list[Hit]
    next: str | None = None  # what `after` has to be for more


def find(
    q: str,
    threads: ThreadQuerySet,
    *,
    after: str | None = None,
    size: int = 20,
    any_term: bool = False,
    rarest: Tag | None = None,
) -> Results:
    """The best of `threads` for what a reader typed, whatever that is. Three queries.

    All terms have to be in one post, or `any_term`: some. Later pages see the board as the first did: a post
    that comes in between doesn't shift them. `rarest`, of the tags that all `threads` have, makes it quicker.
    """
    terms, restricted = parse(q), _restricted(threads)
    if not terms or not restricted:
        return Results([])
    newest, offset = _read_cursor(after)
    few_under = rarest.pk if rarest and rarest.thread_count <= FEW else None
    rows = backend().page(Asked(terms, any_term, *restricted, few_under, POOL, newest, offset, size + 1))
    found = [(uuid.UUID(str(thread_id)), snippet) for thread_id, snippet, _ in rows[:size]]
    shown = Thread.objects.listed().for_list().in_bulk([pk for pk, _ in found])
    hits = [Hit(shown[pk], pieces(snippet)) for pk, snippet in found if pk in shown]
    return Results(hits, f"{rows[0][2]}-{offset + size}" if len(rows) > size else None)


def _restricted(threads: ThreadQuerySet) -> tuple[str, tuple] | None:
    """SQL that asks whether the thread of an entry is one of `threads`; None when none can be."""
    this = threads.filter(pk=RawSQL("entry.thread_id", ())).order_by().values("pk")
    try:
        return this.query.sql_with_params()
    except EmptyResultSet:
        return None


def _read_cursor(after: str | None) -> tuple[int, int]:
    """Where a page begins; at the first one, when `after` is no cursor."""
    match = _CURSOR.match(after or "")
    return (int(match[1]), int(match[2])) if match else (NO_END, 0)


def pieces(snippet: str) -> list[tuple[str, bool]]:
    """A marked text as pieces for a template, which escapes each."""
    parts = _MARKED.split(" ".join(snippet.split()))
    return [(part, bool(place % 2)) for place, part in enumerate(parts) if part]
