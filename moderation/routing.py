"""Routing: which moderator suits what waits. Of an anonymous text nobody is left out: an absence would
say who wrote it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from accounts.models import Account
from accounts.models.account import today
from forum.models import Facet, Tag, ThreadTag
from moderation.models import Absence, Duty, QueueItem, Suggestion
from moderation.rules import Kept

LATELY = timedelta(days=7)  # those to whom fewer were suggested within it come first
BELOW, ELSEWHERE = 10, 11  # steps from a place to one inside of it, and to any other


@dataclass
class Colleague:
    """A moderator who is on duty and here, with what they and those whom they cover know."""

    account: Account
    room: int
    lately: int
    tags: set[int] = field(default_factory=set)
    places: set[str] = field(default_factory=set)  # paths of jurisdictions

    def takes_one(self) -> None:
        self.room -= 1
        self.lately += 1

    def knows(self, moderator: Account, duty: Duty | None) -> None:
        topics = duty.topics.all() if duty else ()
        self.tags |= {tag.pk for tag in [*moderator.disciplines.all(), *topics]}
        self.places |= {tag.path for tag in moderator.jurisdictions.all()}

    def distance(self, asked: list[Tag]) -> tuple[int, int, int]:
        """From a thread under these tags: by discipline, then place, then topic."""
        known = {tag.facet for tag in asked if tag.pk in self.tags}
        places = [self._steps(tag.path) for tag in asked if tag.facet == Facet.JURISDICTION]
        return (
            int(Facet.DISCIPLINE not in known),
            min(places, default=ELSEWHERE),
            int(Facet.TOPIC not in known),
        )

    def _steps(self, asked: str) -> int:
        """From the place asked about up to the nearest of their own; then those inside of it, then others."""
        above = [asked.count("/") - own.count("/") for own in self.places if asked.startswith(own)]
        inside = [BELOW for own in self.places if own.startswith(asked)]
        return min([*above, *inside], default=ELSEWHERE)


@dataclass
class Desk:
    """Who is here at some time, and who is covered by whom."""

    here: dict[int | None, Colleague]
    covers: dict[int | None, Colleague]  # by who is away

    @property
    def room(self) -> int:
        return sum(max(each.room, 0) for each in self.here.values())

    def best(self, item: QueueItem, kept: Kept, asked: list[Tag], earlier: Counter) -> Colleague | None:
        """Who may decide, has room and suits best; of those to whom it was not suggested, if any."""
        free = self.free(item, kept)
        cover = self.covers.get(item.suggested_to_id)
        if cover in free:
            return cover
        return min(free, key=lambda each: self._order(each, item, asked, earlier), default=None)

    def free(self, item: QueueItem, kept: Kept) -> list[Colleague]:
        """Who may decide, has room and is not who has it."""
        away = {*kept, item.suggested_to_id, item.agreed_by_id}
        return [each for pk, each in self.here.items() if each.room > 0 and pk not in away]

    @staticmethod
    def _order(each: Colleague, item: QueueItem, asked: list[Tag], earlier: Counter) -> tuple[int, ...]:
        return earlier[item.pk, each.account.pk], *each.distance(asked), each.lately, each.account.pk


def desk_at(now: datetime) -> Desk:
    """In as many queries however many moderators there are."""
    moderators = Account.objects.moderators().select_related("duty").order_by("pk")
    moderators = moderators.prefetch_related("disciplines", "jurisdictions", "duty__topics")
    away = {each.account_id: each for each in Absence.objects.during(today(now), today(now))}
    lately = Suggestion.objects.filter(hour__gt=now - LATELY).values_list("to").annotate(Count("pk"))
    counted, duties = dict(lately), {each: getattr(each, "duty", None) for each in moderators}
    desk = Desk({}, {})
    for moderator, duty in duties.items():
        duty_or_usual = duty or Duty()
        if duty_or_usual.on_duty and moderator.pk not in away:
            made = Colleague(moderator, duty_or_usual.at_most, counted.get(moderator.pk, 0))
            made.knows(moderator, duty)
            desk.here[moderator.pk] = made
    for moderator, duty in duties.items():
        absence = away.get(moderator.pk)
        if absence and (cover := desk.here.get(absence.cover_id)):
            cover.knows(moderator, duty)
            desk.covers[moderator.pk] = cover
    return desk


def tags_of(items: Iterable[QueueItem]) -> dict[UUID | None, list[Tag]]:
    """The chosen tags of the items' threads, by thread."""
    tags: dict[UUID | None, list[Tag]] = {item.thread_id: [] for item in items}
    for row in ThreadTag.objects.chosen().filter(content_object__in=tags):
        tags[row.content_object_id].append(row.tag)
    return tags
