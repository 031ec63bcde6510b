"""How the desk is doing, for moderators and administrators: plots and tables, each table a file as well."""

from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, record_required
from moderation.insight import tables
from moderation.insight.files import as_csv
from moderation.insight.form import PeriodForm
from moderation.insight.period import MONTH, WEEK, Period
from moderation.insight.plot import plot
from moderation.insight.worker import worker

SHORTCUTS = {"4 weeks": (27, WEEK), "13 weeks": (90, WEEK), "a year": (364, MONTH)}


@record_required
@require_safe
def insight(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    form = PeriodForm(request.GET, today=_today(now))
    shortcuts = [_shortcut(words, now) for words in SHORTCUTS]
    context = {"form": form, "shortcuts": shortcuts, "worker": worker(now)}
    if form.is_valid():
        context |= _figures(form.period, now)
    return render(request, "moderation/insight.html", context)


def _figures(period: Period, now: datetime) -> dict:
    backlog, unanswered = tables.waiting_now(now)
    reviews, replies = tables.reviews(period), tables.replies(period)
    return {
        "period": period,
        "backlog": backlog,
        "unanswered": unanswered,
        "over_time": [(table, plot(table, period.by)) for table in (reviews, replies)],
        "by_tag": tables.by_tag(period, now).values(),
        "flags": tables.flags(period),
        "load": tables.load(period, now),
    }


@record_required
@require_safe
def insight_file(request: MemberRequest, table: str) -> HttpResponse:
    """One table of the page, of the same period, as CSV."""
    now = timezone.now()
    form = PeriodForm(request.GET, today=_today(now))
    if table not in tables.TABLES:
        raise Http404
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    period = form.period
    name = f"{table}-{period.first}-{period.last}.csv"
    return HttpResponse(
        as_csv(tables.TABLES[table](period, now)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _today(now: datetime):
    return now.astimezone(UTC).date()


def _shortcut(words: str, now: datetime) -> tuple[str, str]:
    days, by = SHORTCUTS[words]
    last = _today(now)
    return words, f"first={last - timedelta(days=days)}&last={last}&by={by}"
