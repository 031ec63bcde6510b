"""How the desk is doing: what each figure counts, by which hours, and that none is an author's."""

import csv
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from anonymity.hour import hour_of
from forum.actions.flag import flag
from forum.models import Thread
from forum.models.flag import Reason
from moderation.actions.claim import claim, release
from moderation.actions.flags import Then, dismiss, uphold
from moderation.insight import counts, tables
from moderation.insight.period import MONTH, Period
from moderation.insight.spread import quantile
from moderation.models import QueueItem
from tests import make
from tests.moderation.test_queue_list import waiting_items

MONDAY = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
NOW = MONDAY + timedelta(days=10)
MARCH = Period(date(2026, 3, 2), date(2026, 3, 12))


def after(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def test_a_review_begins_with_the_first_claim_and_nothing_later_changes_that(mia, mo, tags):
    item = make.item(make.thread(now=MONDAY))
    claim(item, by=mia, now=after(3))
    release(item, by=mia, now=after(3))
    claim(item, by=mo, now=after(9))
    make.decide_on(item.post, "published", by=mo, now=after(20))
    item.refresh_from_db()
    assert item.taken_up_after == 3
    decided_at_once = make.thread(now=MONDAY)
    make.decide_on(make.question(decided_at_once), "declined", by=mo, now=after(7))
    assert decided_at_once.queue_items.get().taken_up_after == 7


def test_waits_are_told_by_the_week_in_which_a_text_came_in(mia):
    for hours in (1, 2, 2, 30):
        make.decide_on(make.question(make.thread(now=MONDAY)), "returned", by=mia, now=after(hours))
    make.thread(now=MONDAY)
    assert tables.reviews(MARCH).rows == [
        (date(2026, 3, 2), 5, 1, 2, 30),
        (date(2026, 3, 9), 0, 0, None, None),
    ]
    assert tables.reviews(Period(MARCH.first, MARCH.last, MONTH)).rows == [(date(2026, 3, 1), 5, 1, 2, 30)]
    assert tables.reviews(Period(date(2026, 3, 3), MARCH.last)).rows[0] == (
        date(2026, 3, 2),
        0,
        0,
        None,
        None,
    )


def test_a_first_reply_is_the_first_consultation_after_publication(mia, mo):
    threads = [make.thread("published", by=mia, now=MONDAY) for _ in range(3)]
    make.post(threads[0], "perspective", by=mia, now=after(1))
    make.post(threads[0], author=mo, now=after(5))
    make.post(threads[0], author=mia, now=after(50))
    make.post(threads[1], author=mia, now=after(8))
    assert tables.replies(MARCH).rows[0] == (date(2026, 3, 2), 3, 1, 5, 8)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_a_quantile_is_that_of_the_values_in_a_row(values):
    for share in (0.5, 0.9):
        within = quantile(Counter(values), share)
        assert sum(value <= within for value in values) >= share * len(values)
        assert sum(value < within for value in values) < share * len(values)


def test_the_backlog_is_told_by_age_and_whether_somebody_took_it_up(mia, mo):
    for hours in (0, 3, 4, 25, 40):
        make.thread(now=hour_of(NOW) - timedelta(hours=hours))
    taken = make.item(make.thread(now=hour_of(NOW) - timedelta(hours=30)))
    claim(taken, by=mia, now=NOW - timedelta(hours=2))
    assert tables.backlog(MARCH, NOW).rows == [
        ("under 4 hours", 2, 0),
        ("4 to 24 hours", 1, 0),
        ("24 to 36 hours", 1, 1),
        ("over 36 hours", 1, 0),
    ]
    assert tables.backlog(MARCH, NOW).total == 6


def test_open_threads_without_a_consultation_are_told_by_age(mia, mo):
    for hours in (1, 24, 47, 48, 100, 101):
        when = hour_of(NOW) - timedelta(hours=hours)
        thread = make.thread("closed" if hours == 101 else "published", by=mia, now=when)
    make.post(make.thread("published", by=mia, now=MONDAY), author=mo, now=after(1))
    assert [row[1] for row in tables.unanswered(MARCH, NOW).rows] == [1, 2, 1, 1]
    assert thread.state == "closed"


def test_a_country_counts_with_all_that_is_in_it(mia, mo):
    colorado = make.thread("published", by=mia, now=MONDAY)
    make.post(colorado, author=mo, now=after(6))
    make.thread(now=NOW - timedelta(hours=30), tags=["professional-counselor", "us-or"])
    make.thread(now=NOW - timedelta(hours=1), tags=["psychologist", "gb-sct"])
    by_tag = tables.by_tag(MARCH, NOW)
    places = {row[0]: row[1:] for row in by_tag["jurisdictions"].rows}
    assert places == {
        "United States": (1, 1, 1, 2, 1, 0, 0, 1, 0, 6, 6),
        "United States: Colorado": (0, 0, 0, 1, 0, 0, 0, 1, 0, 6, 6),
        "United States: Oregon": (1, 1, 1, 1, 1, None, None, 0, 0, None, None),
        "United Kingdom": (1, 0, 0, 1, 1, None, None, 0, 0, None, None),
        "United Kingdom: Scotland": (1, 0, 0, 1, 1, None, None, 0, 0, None, None),
    }
    disciplines = {row[0]: row[1] for row in by_tag["disciplines"].rows}
    assert disciplines == {"Professional counselor": 1, "Psychologist": 1}


def test_the_load_is_what_each_decided_in_the_period_and_holds_now(mia, mo, alice):
    for verdict in ("published", "published", "returned", "declined"):
        make.decide_on(make.question(make.thread(now=MONDAY)), verdict, by=mia, now=after(2))
    make.decide_on(make.question(make.thread(now=MONDAY)), "published", by=mo, now=after(24 * 30))
    claim(make.item(make.thread(now=MONDAY)), by=mo, now=NOW)
    assert loads(MARCH) == [("Mia", 4, 2, 1, 1, 0), ("Mo", 0, 0, 0, 0, 1)]
    mia.is_moderator = False
    mia.save()
    assert loads(MARCH)[0] == ("Mia", 4, 2, 1, 1, 0)
    assert loads(Period(NOW.date(), NOW.date())) == [("Mo", 0, 0, 0, 0, 1)]


def test_flags_are_counted_by_what_was_decided_about_them(mia, mo, carol):
    for deed in (uphold, uphold, dismiss):
        post = make.question(make.thread("published", by=mo, now=MONDAY))
        flag(post, Reason.IDENTIFIES, "The gym!", at_once=True, account=carol, now=MONDAY)
        item = make.item(post)
        words = (Then.KEEP, make.REASON) if deed is uphold else (make.REASON,)
        deed(item, *words, version=item.version, by=mia, now=after(2))
    assert tables.flags(MARCH).rows == [(date(2026, 3, 2), 2, 1), (date(2026, 3, 9), 0, 0)]
    assert tables.flags(Period(date(2026, 3, 3), MARCH.last)).rows[0] == (date(2026, 3, 2), 0, 0)


def loads(period: Period) -> list[tuple]:
    table = tables.load(period, NOW)
    wanted = ["Moderator", "Decisions", "Published", "Returned with a note", "Declined", "Holds now"]
    return [tuple(row[table.columns.index(name)] for name in wanted) for row in table.rows]


@pytest.fixture
def busy(mia, mo) -> None:
    thread = make.thread("published", by=mia, now=MONDAY)
    make.post(thread, author=mo, now=after(30))
    make.thread(now=MONDAY, anonymous=True)


ADDRESS = "/moderation/insight/"
PERIOD = "first=2026-03-02&last=2026-03-12&by=week"


def test_a_plot_says_in_words_what_it_shows_and_has_no_style_of_its_own(client, admin, busy):
    client.force_login(admin)
    page = client.get(f"{ADDRESS}?{PERIOD}").content.decode()
    plot = page[page.index('<svg class="plot"') :]
    assert 'role="img" aria-labelledby="reviews-title reviews-desc"' in plot
    assert "Time to first review, by week</title>" in plot
    assert "The median lies between 0 and 0 hours." in plot
    assert page.count('<rect class="median" x=') == 2
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("table", tables.TABLES)
def test_each_table_of_the_page_is_a_file_of_the_same_period(client, mia, busy, table):
    client.force_login(mia)
    page = client.get(f"{ADDRESS}?{PERIOD}").content.decode()
    address = re.search(rf'href="([^"]*/{table}\.csv[^"]*)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert PERIOD in address
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{table}-2026-03-02-2026-03-12.csv"' in answer.headers["Content-Disposition"]
    first, *rows = csv.reader(StringIO(answer.content.decode()))
    assert rows
    assert all(f'<th scope="col">{column}</th>' in page for column in first)
    assert all(len(row) == len(first) for row in rows)


def test_a_name_that_looks_like_a_formula_is_none_in_a_file(client, admin):
    make.moderator("=SUM(A1)")
    client.force_login(admin)
    assert "'=SUM(A1)" in client.get(f"{ADDRESS}load.csv").content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first=x", "Please write a day"),
        ("first=2026-03-02&last=2026-03-01", "The last day is before the first."),
        ("first=2020-01-01&last=2026-03-01", "Please choose at most two years."),
        ("last=9999-12-31&first=2026-01-01", "This day has not come yet."),
        ("last=2026-03-01", "Please say from which day on."),
        ("by=year", "Please choose weeks or months."),
    ],
)
def test_a_period_that_is_none_is_refused_beside_its_field(client, mia, query, said):
    client.force_login(mia)
    page = client.get(f"{ADDRESS}?{query}")
    assert said in page.content.decode()
    assert '<div class="insight">' not in page.content.decode()
    for value in re.findall(r"(?:first|last)=([^&]+)", query):
        assert f'value="{value}"' in page.content.decode()
    refused = client.get(f"{ADDRESS}load.csv?{query}")
    assert refused.status_code == 400
    assert said in refused.content.decode()


def test_there_are_no_other_files(client, mia):
    client.force_login(mia)
    assert client.get(f"{ADDRESS}accounts.csv").status_code == 404


def test_the_page_costs_as_few_queries_with_more_rows_and_moderators(client, mia, now):
    client.force_login(mia)
    asked = []
    for more in (3, 20):
        waiting_items(more, NOW)
        for _ in range(more):
            thread = make.thread("published", author=make.account(), by=make.moderator(), now=MONDAY)
            make.post(thread, author=make.moderator(), now=after(2))
        client.get(f"{ADDRESS}?{PERIOD}")
        with CaptureQueriesContext(connection) as main, CaptureQueriesContext(connections["vault"]) as vault:
            assert client.get(f"{ADDRESS}?{PERIOD}").status_code == 200
        asked.append([each["sql"] for each in (*main, *vault)])
    assert len(asked[0]) == len(asked[1]) < 21
    ours = [sql for sql in asked[1] if "queueitem" in sql or "forum_thread" in sql]
    ours = [sql for sql in ours if "forum_notice" not in sql]  # the inbox, as on every page
    assert len(ours) == 8
    assert not [sql for sql in ours if re.search(r'"author_id"|"persona_id"|forum_post|forum_persona', sql)]


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("question", "index"),
    [
        (counts.reviewed_by_day, "COVERING INDEX queue_came_in"),
        (counts.reviewed_by_tag, "COVERING INDEX queue_came_in"),
        (counts.replied_by_day, "INDEX threads_by_hour"),
        (lambda period: counts.by_moderator(period, NOW), "COVERING INDEX decisions_by_hour"),
    ],
)
def test_counts_are_read_from_an_index(mia, question, index):
    waiting_items(10, NOW)
    with CaptureQueriesContext(connection) as captured:
        list(question(MARCH))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + captured[0]["sql"].replace("%", "%%"))
        assert index in " ".join(row[3] for row in cursor.fetchall())


@pytest.mark.parametrize("name", ["moderation.migrations.0007_insight", "forum.migrations.0011_first_reply"])
def test_what_is_older_gets_its_waits_from_decisions_and_replies(mia, mo, name):
    thread = make.thread("published", by=mia, now=MONDAY)
    make.post(thread, author=mo, now=after(6.4))
    make.decide_on(make.question(make.thread(now=MONDAY)), "declined", by=mo, now=after(7))
    make.thread(now=MONDAY)
    before = waits()
    QueueItem.objects.update(taken_up_after=None)
    Thread.objects.update(first_reply_after=None)
    import_module(name).fill(None, SimpleNamespace(connection=connection))
    which = 0 if name.startswith("moderation") else 1
    assert waits()[which] == before[which] == ([0, 7, None], [6, None, None])[which]


def waits() -> tuple[list[int | None], list[int | None]]:
    found = (
        QueueItem.objects.values_list("taken_up_after", flat=True),
        Thread.objects.values_list("first_reply_after", flat=True),
    )
    items, threads = (sorted(each, key=lambda hours: (hours is None, hours)) for each in found)
    return items, threads
