"""The tables of the page, each also a file of its own: one question to the database makes one or two."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from forum.models import Facet, Tag
from moderation.actions.decide import ABOUT_FLAGS
from moderation.clock import ACKNOWLEDGE_WITHIN, DECIDE_WITHIN, SECOND_MODERATOR_AFTER
from moderation.insight import counts
from moderation.insight.period import A_DAY, Period
from moderation.insight.spread import Spread
from moderation.models import Verdict

EPOCH = datetime(1970, 1, 1, tzinfo=UTC).date()
ITEM_AGES = [ACKNOWLEDGE_WITHIN, DECIDE_WITHIN, SECOND_MODERATOR_AFTER]
THREAD_AGES = [timedelta(hours=hours) for hours in (24, 48, 72)]
WAITS = ("Median, h", "9 of 10 within, h")
FACETS = {Facet.DISCIPLINE: "disciplines", Facet.JURISDICTION: "jurisdictions"}


@dataclass(frozen=True)
class Line:
    """A row as the page draws it; the parts of its bar with start and width in hundredths of the longest."""

    name: Any
    values: tuple[Any, ...]
    bar: list[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """The first column names a row: a day, or words. `bar`: columns that are drawn one after the other."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    bar: tuple[int, ...] = ()
    total: int = 0

    @property
    def lines(self) -> list["Line"]:
        longest = max((sum(row[place] for place in self.bar) for row in self.rows), default=0)
        return [Line(row[0], row[1:], self._bar(row, longest)) for row in self.rows]

    def _bar(self, row: tuple[Any, ...], longest: int) -> list[tuple[str, str]]:
        start, parts = 0, []
        for place in self.bar if longest else ():
            parts.append((f"{start * 100 / longest:g}", f"{row[place] * 100 / longest:g}"))
            start += row[place]
        return parts


def reviews(period: Period) -> Table:
    rows = by_step(counts.reviewed_by_day(period), period)
    columns = (period.by.capitalize(), "Came in", "Not taken up yet", *WAITS)
    return Table("reviews", "Time to first review", columns, rows)


def replies(period: Period) -> Table:
    rows = by_step(counts.replied_by_day(period), period)
    columns = (period.by.capitalize(), "Threads", "No reply yet", *WAITS)
    return Table("replies", "Time to first reply", columns, rows)


def by_step(found: Iterable[tuple[int, int | None, int]], period: Period) -> list[tuple[Any, ...]]:
    """A row for each step, those in which nothing happened included."""
    spreads: dict[date, Spread] = defaultdict(Spread)
    for day, hours, number in found:
        spreads[period.step_of(EPOCH + A_DAY * day)].add(hours, number)
    return [(step, *of_spread(spreads[step])) for step in period.steps()]


def flags(period: Period) -> Table:
    """How many flagged texts were decided about, by when: flagged with good reason, or not."""
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, verdict, number in counts.flags_by_day(period):
        found[period.step_of(EPOCH + A_DAY * day)][verdict] += number
    rows = [(step, *(found[step][verdict] for verdict in ABOUT_FLAGS)) for step in period.steps()]
    columns = (period.by.capitalize(), *(verdict.label for verdict in ABOUT_FLAGS))
    return Table("flags", "Flags upheld and dismissed", columns, rows, bar=(1, 2))


def of_spread(spread: Spread) -> tuple[Any, ...]:
    return spread.number, spread.waiting, spread.median, spread.ninth_tenth


def waiting_now(now: datetime) -> tuple[Table, Table]:
    """The backlog, and the threads without a consultation, by age."""
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for what, age, number in counts.waiting_by_age(now, ITEM_AGES, THREAD_AGES):
        found[what][age] += number
    untaken, taken = found[counts.UNTAKEN], found[counts.TAKEN]
    items = [(words, untaken[age], taken[age]) for age, words in enumerate(bands(ITEM_AGES))]
    threads = [(words, found[counts.UNANSWERED][age]) for age, words in enumerate(bands(THREAD_AGES))]
    return (
        Table(
            "backlog",
            "Waiting now, by age",
            ("Waits", "Nobody took it up", "Somebody took it up"),
            items,
            bar=(1, 2),
            total=sum(untaken.values()) + sum(taken.values()),
        ),
        Table(
            "unanswered",
            "Open threads without a consultation",
            ("Published", "Threads"),
            threads,
            bar=(1,),
            total=sum(found[counts.UNANSWERED].values()),
        ),
    )


def backlog(period: Period, now: datetime) -> Table:
    return waiting_now(now)[0]


def unanswered(period: Period, now: datetime) -> Table:
    return waiting_now(now)[1]


def bands(ages: list[timedelta]) -> list[str]:
    """“under 4 hours”, “4 to 24 hours”, “over 24 hours”."""
    hours = [age // timedelta(hours=1) for age in ages]
    between = [f"{start} to {end} hours" for start, end in pairwise(hours)]
    return [f"under {hours[0]} hours", *between, f"over {hours[-1]} hours"]


def by_tag(period: Period, now: datetime) -> dict[str, Table]:
    """By discipline and by jurisdiction, a country with all that is in it; without those with nothing."""
    reviewed = spreads_by_tag(counts.reviewed_by_tag(period))
    replied = spreads_by_tag(counts.replied_by_tag(period))
    waiting = {tag: row for tag, *row in counts.waiting_by_tag(now)}
    seen = {*reviewed, *replied, *waiting}
    rows = defaultdict(list)
    for tag in Tag.objects.filter(facet__in=FACETS).select_related("parent").without_long_texts().in_order():
        if tag.pk in seen:
            unseen, overdue, number = waiting.get(tag.pk, (0, 0, 0))
            of_threads = of_spread(replied[tag.pk])
            rows[tag.facet].append(
                (words_for(tag), number, unseen, overdue, *of_spread(reviewed[tag.pk]), *of_threads)
            )
    return {
        name: Table(name, f"By {facet.value}", (facet.label, *TAG_COLUMNS), ordered(rows[facet]), bar=(1,))
        for facet, name in FACETS.items()
    }


TAG_COLUMNS = (
    "Waiting now",
    "Not taken up in 4 h",
    "Over 24 h",
    "Came in",
    "Not taken up yet",
    "Review: median, h",
    "Review: 9 of 10 within, h",
    "Threads",
    "No reply yet",
    "Reply: median, h",
    "Reply: 9 of 10 within, h",
)


def spreads_by_tag(found: Iterable[tuple[int, int | None, int]]) -> dict[int, Spread]:
    spreads: dict[int, Spread] = defaultdict(Spread)
    for tag, hours, number in found:
        spreads[tag].add(hours, number)
    return spreads


def words_for(tag: Tag) -> str:
    """With the country: Georgia is one, and a state."""
    return f"{tag.parent.name}: {tag.name}" if tag.parent else tag.name


def ordered(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Where most waits first, then where most came in."""
    return sorted(rows, key=lambda row: (-row[1], -row[4], row[0]))


def load(period: Period, now: datetime) -> Table:
    """What each moderator decided and holds, those who did nothing included."""
    found: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for number, name, what, count in counts.by_moderator(period, now):
        found[name, number][what] += count
    rows = []
    for (name, _), did in sorted(found.items()):
        decided = [did[verdict] for verdict in Verdict.values]
        rows.append((name, sum(decided), *decided, did[counts.HELD]))
    columns = ("Moderator", "Decisions", *Verdict.labels, "Holds now")
    return Table("load", "Load of each moderator", columns, rows, bar=(1,))


# What has an address, by its name there.
TABLES: dict[str, Callable[[Period, datetime], Table]] = {
    "backlog": backlog,
    "reviews": lambda period, now: reviews(period),
    "replies": lambda period, now: replies(period),
    "unanswered": unanswered,
    "disciplines": lambda period, now: by_tag(period, now)["disciplines"],
    "jurisdictions": lambda period, now: by_tag(period, now)["jurisdictions"],
    "flags": lambda period, now: flags(period),
    "load": load,
}
