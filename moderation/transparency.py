"""What moderators did, in numbers: by month and kind of deed, without a title or a name.

Only months that are over, so that nobody watches a count grow while a case is decided; but for the appeals
that wait, counted once an hour. A count under FEWEST is not told: with few cases it would be somebody's.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import caches
from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncMonth

from moderation.insight.spread import quantile
from moderation.models import AuditEvent, Decision, QueueItem
from moderation.models.queue import APPEAL

FEWEST = 5
MONTHS = 24
KEPT_FOR = 60 * 60  # seconds
OPEN_APPEALS = "transparency-open-appeals"
REVIEWED = ("question", "clarification", "perspective", "update", "edit")
# What a reader calls it, and the audit events of it.
DEEDS = {
    "Published": [f"{kind}.{how}" for kind in REVIEWED for how in ("published", "rewording-accepted")],
    "Returned": [f"{kind}.returned" for kind in REVIEWED],
    "Changes proposed": [f"{kind}.reworded" for kind in REVIEWED],
    "Declined": [f"{kind}.declined" for kind in REVIEWED],
    "Consultations": ["consultation.published"],
    "Closed": ["thread.closed"],
    "Hidden": ["thread.hidden", "post.hidden"],
    "Redacted": ["thread.redacted"],
    "Warned": ["account.warned"],
    "Kept from writing": ["account.paused", "account.suspended"],
    "Flags received": ["post.flagged"],
    "Flags upheld": ["flag.upheld"],
    "Flags dismissed": ["flag.dismissed"],
    "Appeals received": ["appeal.submitted"],
    "Decision stood": ["appeal.upheld"],
    "Appeals granted": ["appeal.granted"],
    "Stepped back": ["item.stepped-back"],
    "Muted": ["persona.muted"],
    "Paused": ["author.paused"],
}


@dataclass(frozen=True)
class Month:
    first: date
    counts: list[int | None]  # as DEEDS stand; None is 1 to FEWEST - 1
    hours: int | None  # median from submitted to decided; None of fewer than FEWEST decisions


def months(now: datetime) -> list[Month]:
    """The last MONTHS that are over and in which anything was done, the latest first."""
    key = f"transparency-{now:%Y-%m}"
    found = caches["local"].get(key)
    if found is None:
        found = _months(now)
        caches["local"].set(key, found, KEPT_FOR)
    return found


def open_appeals() -> int | None:
    """How many wait for a decision; None of fewer than FEWEST, and of none: nobody sees the first come in."""
    found = caches["local"].get(OPEN_APPEALS)
    if found is None:
        found = QueueItem.objects.waiting().filter(kind=APPEAL).count()
        caches["local"].set(OPEN_APPEALS, found, KEPT_FOR)
    return found if found >= FEWEST else None


def _months(now: datetime) -> list[Month]:
    counts, waited = _counts(now), _waited(now)
    return [
        Month(
            first,
            [_told(sum(counts[first][kind] for kind in kinds)) for kinds in DEEDS.values()],
            median(waited[first]),
        )
        for first in sorted(counts, reverse=True)
    ]


def _told(count: int) -> int | None:
    return None if 0 < count < FEWEST else count


def _counts(now: datetime) -> dict[date, Counter[str]]:
    kinds = [kind for kinds in DEEDS.values() for kind in kinds]
    events = _over(AuditEvent.objects.filter(kind__in=kinds), now)
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for month, kind, count in events.order_by().values_list("month", "kind").annotate(Count("pk")):
        found[month.date()][kind] = count
    return found


def _waited(now: datetime) -> dict[date, Counter[int]]:
    """By month of the decision: how many waited so many hours."""
    texts: QuerySet = Decision.objects.filter(item__kind__in=REVIEWED)  # not flags, which wait otherwise
    decisions = _over(texts.annotate(waited=F("hour") - F("item__hour")), now)
    found: dict[date, Counter[int]] = defaultdict(Counter)
    for month, waited, count in decisions.order_by().values_list("month", "waited").annotate(Count("pk")):
        found[month.date()][waited // timedelta(hours=1)] += count
    return found


def _over(rows: QuerySet, now: datetime) -> QuerySet:
    """Those of the MONTHS that are over, with their month."""
    this = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = divmod(this.year * 12 + this.month - 1 - MONTHS, 12)
    rows = rows.filter(hour__lt=this, hour__gte=this.replace(year=year, month=month + 1))
    return rows.annotate(month=TruncMonth("hour"))


def median(waited: Counter[int]) -> int | None:
    """The median of counted values; None of fewer than FEWEST."""
    if waited.total() < FEWEST:
        return None
    return quantile(waited, 0.5)
