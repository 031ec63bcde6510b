"""The public numbers: of months that are over, never of few, the same for everybody."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from forum.actions.proposal import accept
from moderation.actions.appeals import uphold_decision
from moderation.actions.sanction import appeal_sanction, sanction
from moderation.models import AuditEvent, QueueItem
from moderation.transparency import DEEDS, FEWEST, median, months
from tests import make

MARCH = datetime(2026, 3, 4, 10, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def counts(now: datetime = APRIL) -> list[dict[str, int | None]]:
    return [dict(zip(DEEDS, month.counts, strict=True)) for month in months(now)]


def decided(verdict: str, count: int, mia, *, waits: int = 0, on: datetime = MARCH) -> None:
    for _ in range(count):
        thread = make.thread(author=make.account(), now=on)
        make.decide_on(make.question(thread), verdict, by=mia, now=on + timedelta(hours=waits))


def test_deeds_are_counted_by_month_and_few_are_not_told(mia):
    decided("published", 6, mia)
    decided("declined", FEWEST - 1, mia)
    assert counts() == [{**dict.fromkeys(DEEDS, 0), "Published": 6, "Declined": None}]


def test_a_month_is_told_when_it_is_over(mia):
    decided("published", 6, mia)
    assert months(APRIL - timedelta(seconds=1)) == []
    assert [month.first for month in months(APRIL)] == [MARCH.date().replace(day=1)]


def test_what_is_older_than_two_years_is_not_told(mia):
    decided("published", 6, mia)
    assert months(APRIL.replace(year=2028)) == []
    assert len(months(APRIL.replace(year=2028, month=3))) == 1


def test_the_wait_is_the_median_of_hours(mia):
    for waits in (1, 1, 2, 7, 30):
        decided("returned", 1, mia, waits=waits)
    assert months(APRIL)[0].hours == 2


def test_the_wait_of_few_is_not_told(mia):
    decided("published", FEWEST - 1, mia, waits=3)
    assert months(APRIL)[0].hours is None


@given(st.lists(st.integers(0, 50), min_size=FEWEST, max_size=40))
def test_the_median_is_that_of_the_values_in_a_row(values):
    assert median(Counter(values)) == sorted(values)[(len(values) - 1) // 2]


def test_every_deed_that_is_counted_is_one_that_is_recorded(mia, now):
    """A kind that is spelled otherwise would count nothing for ever."""
    decided("published", 1, mia)
    decided("returned", 1, mia)
    decided("declined", 1, mia)
    proposal = make.proposal(make.thread(), body=make.BODY * 2, by=mia)
    accept(proposal.post, version=proposal.version, by=make.opener(proposal.post.thread), now=now)
    kinds = {kind for kinds in DEEDS.values() for kind in kinds if kind.startswith("question.")}
    assert kinds == set(AuditEvent.objects.values_list("kind", flat=True)) - {"question.submitted"}


@pytest.mark.parametrize("who", [None, "carol", "mia", "admin"])
def test_everybody_reads_the_same_page_without_a_name(client, request, mia, who, monkeypatch):
    decided("published", 6, mia)
    monkeypatch.setattr("django.utils.timezone.now", lambda: APRIL)
    if who:
        client.force_login(request.getfixturevalue(who))
    page = client.get("/transparency/").content.decode()
    table = page[page.index("<table") : page.index("</table>")]
    assert "Mar 2026" in table
    assert '<th scope="row">Published</th><td>6</td>' in table
    assert mia.display_name not in table
    assert make.TITLE not in page


def test_of_an_appeal_that_is_not_granted_it_says_that_the_decision_stood(mia, now, client):
    tess = make.moderator("Tess")
    for _ in range(FEWEST):
        given = sanction(make.account(), "warning", make.REASON, by=mia, now=MARCH)
        appeal_sanction(given, "I wrote nothing of the kind, please look.", by=given.account, now=MARCH)
        item = QueueItem.objects.waiting().get()
        uphold_decision(item, make.REASON, version=1, by=tess, now=MARCH)
    assert counts()[0]["Decision stood"] == FEWEST
    assert "upheld" not in " ".join(deed for deed in DEEDS if "ppeal" in deed)
    page = client.get("/transparency/").content.decode()
    assert "Decision stood: " in page
    assert "Upheld: " not in page


def test_more_months_cost_no_more_queries(mia, client, monkeypatch):
    decided("published", 2, mia)
    with CaptureQueriesContext(connection) as few:
        months(APRIL)
    for month in (4, 5, 6):
        decided("published", 2, mia, on=MARCH.replace(month=month))
    with CaptureQueriesContext(connection) as many:
        months(APRIL.replace(month=7))
    assert len(months(APRIL.replace(month=7))) == 4
    assert len(few) == len(many) == 2


def test_appeals_that_wait_are_told_from_five_on(mia, client, now):
    for count in range(FEWEST):
        page = client.get("/transparency/").content.decode()
        assert "fewer than 5" in page, count
        given = sanction(make.account(), "warning", make.REASON, by=mia, now=now)
        appeal_sanction(given, "I wrote nothing of the kind, please look.", by=given.account, now=now)
        caches["local"].clear()
    assert "wait for a decision: 5." in client.get("/transparency/").content.decode()
