"""What a digest holds: what was published in a window of hours, as one member's tags find it.

A window is read once for all whose digests cover it. Nobody's own threads are left out or marked: an
absence would say who wrote them (leaks 59 and 60).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef

from forum.digests.followed import Followed
from forum.models import Kind, Post, Tag, Thread, ThreadTag
from forum.models.thread import ThreadQuerySet
from forum.states import State

THREADS = 10
TOLD = 3  # of those, how many at first are ones that tell how it turned out
TAGS = 6
SHOWN = ("public_id", "slug", "title", "excerpt", "consultation_count")


@dataclass(frozen=True)
class Told:
    """As much of a thread as a digest says; made once for all who hear of it."""

    pk: UUID
    title: str
    excerpt: str
    url: str
    waits: bool  # for a first consultation


@dataclass(frozen=True)
class Contents:
    """Counts of everything, and the threads that there is room for. No thread is in two lists."""

    answered: list[Told]
    waiting: list[Told]  # for a first consultation
    resolved: list[Told]  # with an update on how it turned out
    new: int
    still_waiting: int
    turned_out: int
    by_tag: list[tuple[Tag, int]]  # new ones under each followed tag, most first

    def __bool__(self) -> bool:
        return bool(self.new or self.turned_out)

    @property
    def sections(self) -> list[tuple[str, list[Told]]]:
        named = [
            ("Waiting for a first consultation", self.waiting),
            ("New", self.answered),
            ("How it turned out", self.resolved),
        ]
        return [(heading, threads) for heading, threads in named if threads]

    @property
    def more(self) -> int:
        return self.new + self.turned_out - sum(len(threads) for _, threads in self.sections)


class Window:
    """What was published from the hour `since` and before the hour `until`."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.since, self.until = since, until

    @cached_property
    def resolved(self) -> list[Told]:
        return list(map(told, self._with_update.order_by("-active_hour", "-id").only(*SHOWN)))

    @cached_property
    def new(self) -> list[Told]:
        """Newest first, without those that are resolved already."""
        resolved = {thread.pk for thread in self.resolved}
        found = self._published.order_by("-hour", "-id").only(*SHOWN)
        return [told(thread) for thread in found if thread.pk not in resolved]

    @cached_property
    def _waiting(self) -> set[int]:
        return {place for place, thread in enumerate(self.new) if thread.waits}

    @property
    def _published(self) -> ThreadQuerySet:
        return Thread.objects.listed().filter(hour__gte=self.since, hour__lt=self.until)

    @property
    def _with_update(self) -> ThreadQuerySet:
        updates = Post.objects.filter(
            thread=OuterRef("pk"),
            kind=Kind.UPDATE,
            state=State.PUBLISHED,
            hour__gte=self.since,
            hour__lt=self.until,
        )
        # What was active since then is found in an index; of those, few have such an update.
        active = Thread.objects.listed().filter(active_hour__gte=self.since, update_count__gt=0)
        return active.filter(Exists(updates))

    @cached_property
    def _new_under(self) -> dict[int, list[int]]:
        return _under_tags(self.new, self._published)

    @cached_property
    def _resolved_under(self) -> dict[int, list[int]]:
        return _under_tags(self.resolved, self._with_update)

    def seen_by(self, tags: Iterable[Tag] | None, but: Followed | None = None) -> Contents:
        """Under any of `tags`, or everything; nothing that is muted in `but`."""
        tags, but = tags if tags is None else list(tags), but or Followed()
        new = _any_of(tags, self._new_under, self.new, but)
        resolved = _any_of(tags, self._resolved_under, self.resolved, but)
        seen = set(new)
        counted = [(tag, len(seen.intersection(self._new_under.get(tag.pk, ())))) for tag in tags or ()]
        by_tag = sorted((each for each in counted if each[1]), key=lambda each: (-each[1], each[0].name))
        shown = [self.new[place] for place in new[: THREADS - min(TOLD, len(resolved))]]
        return Contents(
            answered=[thread for thread in shown if not thread.waits],
            waiting=[thread for thread in shown if thread.waits],
            resolved=[self.resolved[place] for place in resolved[: THREADS - len(shown)]],
            new=len(new),
            still_waiting=len(self._waiting & seen),
            turned_out=len(resolved),
            by_tag=by_tag[:TAGS],
        )


def told(thread: Thread) -> Told:
    url = settings.SITE_URL + thread.get_absolute_url()
    return Told(thread.pk, thread.title, thread.excerpt, url, waits=not thread.consultation_count)


def _under_tags(threads: list[Told], found_by: ThreadQuerySet) -> dict[int, list[int]]:
    """The places of `threads` in their list, by the tags that they are under; a parent has its children's."""
    places = {thread.pk: place for place, thread in enumerate(threads)}
    under = defaultdict(list)
    rows = ThreadTag.objects.filter(content_object__in=found_by.values("pk"))
    for tag, thread in rows.values_list("tag", "content_object"):
        if thread in places:
            under[tag].append(places[thread])
    return under


def _any_of(
    tags: list[Tag] | None, under: dict[int, list[int]], told: list[Told], but: Followed
) -> list[int]:
    places = list(range(len(told))) if tags is None else sorted(_under(tags, under))
    if not but.muted_tags and not but.muted_threads:
        return places
    muted = _under(but.muted_tags, under)
    return [each for each in places if each not in muted and told[each].pk not in but.muted_threads]


def _under(tags: list[Tag], under: dict[int, list[int]]) -> set[int]:
    return set().union(*(under.get(tag.pk, ()) for tag in tags))
