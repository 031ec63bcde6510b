"""Keyset paging: a page costs the same wherever in the list it is."""

import re
import uuid
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


def page_of(rows: QuerySet, *, by: str, then: str = "id", after: str = "", size: int = PAGE) -> Page:
    """The page of `rows` after the cursor: newest `by` (an hour) first, then by the id `then`."""
    items = list(in_pages(rows, by=by, then=then, after=after)[: size + 1])
    if len(items) <= size:
        return Page(items, "")
    last_item = items[size - 1]
    hours = int(getattr(last_item, by).timestamp() // 3600)
    return Page(items[:size], f"{hours}-{getattr(last_item, then).hex}")


def in_pages(rows: QuerySet, *, by: str, then: str = "id", after: str = "") -> QuerySet:
    """`rows` in the order of pages, without those up to the cursor. A cursor that is none starts anew."""
    rows = rows.order_by(f"-{by}", f"-{then}")
    if match := CURSOR.match(after):
        hour, last = datetime.fromtimestamp(int(match[1]) * 3600, UTC), uuid.UUID(match[2])
        # The first condition bounds the index scan; the second settles the rows of that hour.
        rows = rows.filter(Q(**{f"{by}__lte": hour}), Q(**{f"{by}__lt": hour}) | Q(**{f"{then}__lt": last}))
    return rows
