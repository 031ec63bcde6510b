"""The questions to the database: counts by hours, made there, so that no row of a text is read."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Func, IntegerField, Q, QuerySet, Value, When

from accounts.models import Account
from forum.models import Thread
from forum.states import State
from moderation.actions.decide import ABOUT_FLAGS
from moderation.clock import ACKNOWLEDGE_WITHIN, DECIDE_WITHIN
from moderation.insight.period import Period
from moderation.models import Decision, QueueItem

UNTAKEN, TAKEN, UNANSWERED = "untaken", "taken", "unanswered"
HELD, MODERATES = "held", "moderates"
Rows = Any  # a QuerySet of tuples, whose last value says how many


class DayNumber(Func):
    """Days since 1970. Django's own truncating is Python, which SQLite would call for each row."""

    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        template = "(CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / 86400)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler, connection, **context):
        template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / 86400) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


def came_in(period: Period) -> QuerySet:
    return QueueItem.objects.filter(hour__gte=period.start, hour__lt=period.end).order_by()


def published(period: Period) -> QuerySet:
    return Thread.objects.listed().filter(hour__gte=period.start, hour__lt=period.end).order_by()


def reviewed_by_day(period: Period) -> Rows:
    """Of what came in: day, hours until somebody took it up (None so far), how many."""
    return counted(came_in(period).annotate(day=DayNumber("hour")), "day", "taken_up_after")


def replied_by_day(period: Period) -> Rows:
    """Of published threads: day, hours until the first consultation (None so far), how many."""
    return counted(published(period).annotate(day=DayNumber("hour")), "day", "first_reply_after")


def reviewed_by_tag(period: Period) -> Rows:
    return counted(came_in(period), "thread__thread_tags__tag", "taken_up_after")


def replied_by_tag(period: Period) -> Rows:
    return counted(published(period), "thread_tags__tag", "first_reply_after")


def waiting_by_tag(now: datetime) -> Rows:
    """What waits now: tag, how many nobody took up in time, how many are overdue, how many in all."""
    items = QueueItem.objects.waiting().order_by().values("thread__thread_tags__tag")
    unseen = Q(hour__lte=now - ACKNOWLEDGE_WITHIN, taken_up_after=None)
    items = items.annotate(
        unseen=Count("pk", filter=unseen), overdue=Count("pk", filter=Q(hour__lte=now - DECIDE_WITHIN))
    )
    return items.annotate(number=Count("*")).values_list(
        "thread__thread_tags__tag", "unseen", "overdue", "number"
    )


def waiting_by_age(now: datetime, items: list[timedelta], threads: list[timedelta]) -> Rows:
    """What waits now: untaken, taken or unanswered; how many of the ages it has reached; how many.

    Items of the queue, and open threads without a consultation: in one question, since each page has many.
    """
    waiting = QueueItem.objects.waiting().order_by()
    what = Case(When(taken_up_after=None, then=Value(UNTAKEN)), default=Value(TAKEN))
    of_items = counted(waiting.annotate(what=what, age=reached(items, now)), "what", "age")
    open_ones = Thread.objects.unanswered().filter(state=State.PUBLISHED).order_by()
    of_threads = open_ones.annotate(what=Value(UNANSWERED), age=reached(threads, now))
    return of_items.union(counted(of_threads, "what", "age"), all=True)


def reached(ages: list[timedelta], now: datetime) -> Case:
    """How many of `ages`, which grow, a row has reached by its hour."""
    oldest_first = reversed(list(enumerate(ages, start=1)))
    return Case(
        *(When(hour__lte=now - age, then=Value(place)) for place, age in oldest_first),
        default=Value(0),
        output_field=IntegerField(),
    )


def flags_by_day(period: Period) -> Rows:
    """Decisions about flags: day, verdict, how many. Who sent a flag is known to nobody."""
    decisions = Decision.objects.filter(hour__gte=period.start, hour__lt=period.end, verdict__in=ABOUT_FLAGS)
    return counted(decisions.order_by().annotate(day=DayNumber("hour")), "day", "verdict")


def by_moderator(period: Period, now: datetime) -> Rows:
    """Number and name of a moderator, a verdict, “held” or “moderates”; how many in the period, or now."""
    decisions = Decision.objects.filter(hour__gte=period.start, hour__lt=period.end).order_by()
    decided = counted(decisions, "by", "by__display_name", "verdict")
    held = QueueItem.objects.held(now=now).order_by().annotate(what=Value(HELD))
    everybody = Account.objects.filter(is_moderator=True, is_active=True).order_by()
    everybody = everybody.annotate(what=Value(MODERATES), number=Value(0))
    return decided.union(
        counted(held, "holder", "holder__display_name", "what"),
        everybody.values_list("pk", "display_name", "what", "number"),
        all=True,
    )


def counted(rows: QuerySet, *by: str) -> Rows:
    return rows.values_list(*by).annotate(number=Count("*"))
