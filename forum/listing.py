"""Lists of threads: which filters, in which order, read from the index that serves them."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.db.models import Exists, OuterRef
from django.http import QueryDict

from forum.models import Aspect, Facet, Outcome, Tag, Thread, ThreadMark, ThreadTag
from forum.models.thread import ThreadQuerySet
from forum.paging import PAGE, Page, page_of

SLUG = re.compile(r"[-\w]{1,80}")  # PostgreSQL refuses a NUL in a query, a cache a longer key
SORTS = {
    "newest": "Newest first",
    "active": "Latest reply first",
    "unanswered": "Waiting for a consultation",
}
FEW = 5000  # threads: so many can be named in a query by their ids
TAGS_KEPT_FOR = 300  # seconds


@dataclass(frozen=True)
class Selection:
    """What a reader asked to see. Parts of an address that name nothing are left out of it."""

    tags: list[Tag] = field(default_factory=list)
    aspect: str = ""
    outcome: str = ""
    sort: str = "newest"

    @classmethod
    def from_address(cls, query: QueryDict, *, tags: list[Tag] | None = None) -> "Selection":
        aspect, outcome, sort = (query.get(name, "") for name in ("aspect", "outcome", "sort"))
        return cls(
            tags=(tags or []) + chosen_tags(query),
            aspect=aspect if aspect in Aspect.values else "",
            outcome=outcome if outcome in [*Outcome.values, ThreadMark.ANY] else "",
            sort=sort if sort in SORTS else "newest",
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.tags or self.aspect or self.outcome)

    def value_of(self, facet: str) -> Tag | None:
        return next((tag for tag in self.tags if tag.facet == facet), None)

    def threads(self, *, but: Tag | None = None) -> ThreadQuerySet:
        """Listed threads that fit all of the selection (except, for a caller that did, the tag `but`)."""
        found = Thread.objects.listed()
        for tag in self.tags:
            if tag != but:
                found = found.tagged(tag)
        if self.aspect:
            found = found.marked(ThreadMark.ASPECT, self.aspect)
        if self.outcome:
            found = found.marked(ThreadMark.OUTCOME, self.outcome)
        return found.unanswered() if self.sort == "unanswered" else found


def chosen_tags(query: QueryDict) -> list[Tag]:
    """The tags named by `discipline=`, `jurisdiction=` and `topic=`; each is kept for a while."""
    named = [(facet, slug.lower()) for facet in Facet.values for slug in query.getlist(facet)]
    wanted = {f"tag-{facet}-{slug}": slug for facet, slug in named if SLUG.fullmatch(slug)}
    wanted = dict(list(wanted.items())[:12])
    tags = caches["local"].get_many(wanted)
    if missing := [slug for key, slug in wanted.items() if key not in tags]:
        rows = Tag.objects.filter(slug__in=missing).without_long_texts()
        found = {key: tag for tag in rows if (key := f"tag-{tag.facet}-{tag.slug}") in wanted}
        caches["local"].set_many(found, TAGS_KEPT_FOR)
        tags |= found
    return [tags[key] for key in wanted if key in tags]


def list_threads(selection: Selection, *, after: str = "", size: int = PAGE) -> Page:
    """One page of threads, in the order asked for."""
    if selection.sort == "active":
        return page_of(_to_be_sorted(selection).for_list(), by="active_hour", after=after, size=size)
    if not selection.tags:
        return page_of(selection.threads().for_list(), by="hour", after=after, size=size)
    page = _page_of_rarest_tag(selection, after, size)
    threads = Thread.objects.listed().for_list().in_bulk(page.items)
    return Page([threads[pk] for pk in page.items if pk in threads], page.after)


def _to_be_sorted(selection: Selection) -> ThreadQuerySet:
    """The selection for an order that no tag's own list has: a rare tag's threads are named by their ids,
    as along the list of all threads they would be met only by reading most of it."""
    rarest = min(selection.tags, key=lambda tag: tag.thread_count, default=None)
    if rarest is None or rarest.thread_count > FEW:
        return selection.threads()
    ids = ThreadTag.objects.listed_under(rarest).values_list("content_object_id", flat=True)
    return selection.threads(but=rarest).filter(pk__in=list(ids))


def _page_of_rarest_tag(selection: Selection, after: str, size: int) -> Page:
    """Ids from the list of the tag with the fewest threads, which has an index of its own."""
    rarest = min(selection.tags, key=lambda tag: tag.thread_count)
    rows: Any = ThreadTag.objects.listed_under(rarest)
    if len(selection.tags) > 1 or selection.aspect or selection.outcome or selection.sort == "unanswered":
        rows = rows.filter(Exists(selection.threads(but=rarest).filter(pk=OuterRef("content_object"))))
    rows = rows.values_list("content_object_id", "listed_hour", named=True)
    page = page_of(rows, by="listed_hour", then="content_object_id", after=after, size=size)
    return Page([row.content_object_id for row in page.items], page.after)
