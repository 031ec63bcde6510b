"""Keyset paging: a page costs the same wherever in the list it is."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

PAGE = 20
CURSOR = re.compile(r"^(\d{1,6})-([0-9a-f]{32})$")


@dataclass(frozen=True)
class Page:
    items: list[Any]
    after: str  # cursor of the next page, "" on the last one


def page_of(
    rows: QuerySet,
    *,
    by: str,
    then: str = "id",
    after: str = "",
    size: int = PAGE,
    oldest_first: bool = False,
) -> Page:
    """The page of `rows` after the cursor: newest `by` (an hour) first, then by the id `then`."""

    def cursor(last: Any) -> str:
        return f"{int(getattr(last, by).timestamp() // 3600)}-{getattr(last, then).hex}"

    return cut(in_pages(rows, by=by, then=then, after=after, oldest_first=oldest_first), size, cursor)


def cut(rows: QuerySet | list[Any], size: int, cursor: Callable[[Any], str]) -> Page:
    """The first `size` of `rows`, with the `cursor` of the last one when there are more."""
    items = list(rows[: size + 1])
    return Page(items[:size], cursor(items[size - 1]) if len(items) > size else "")


def in_pages(
    rows: QuerySet, *, by: str, then: str = "id", after: str = "", oldest_first: bool = False
) -> QuerySet:
    """`rows` in the order of pages, without those up to the cursor. A cursor that is none starts anew."""
    sign, later = ("", "gt") if oldest_first else ("-", "lt")
    rows = rows.order_by(f"{sign}{by}", f"{sign}{then}")
    if match := CURSOR.match(after):
        hour, last = datetime.fromtimestamp(int(match[1]) * 3600, UTC), uuid.UUID(match[2])
        # The first condition bounds the index scan; the second settles the rows of that hour.
        beyond = Q(**{f"{by}__{later}": hour}) | Q(**{f"{then}__{later}": last})
        rows = rows.filter(Q(**{f"{by}__{later}e": hour}), beyond)
    return rows
