"""The page of the record: what it shows to whom, filters and pages."""

import re

import pytest
from django.test import Client

from accounts.actions.appoint import appoint
from forum.actions.proposal import accept, refuse
from forum.actions.withdraw import withdraw
from moderation import audit
from moderation.models import AuditEvent
from moderation.views.log import PAGE
from tests import make
from tests.pages import masked

LOG = "/moderation/log/"


@pytest.fixture
def mos(mo) -> Client:
    client = Client()
    client.force_login(mo)
    return client


def numbers(client: Client, **query) -> list[int]:
    return [int(seq) for seq in re.findall(r"<td>(\d+)</td>", client.get(LOG, query).content.decode())]


def test_it_shows_what_was_done_by_whom_and_in_which_hour(mos, published_thread, mia):
    event = AuditEvent.objects.get(kind="question.published")
    page = mos.get(LOG).content.decode()
    assert "Question published" in page
    assert "Mia" in page
    assert "4 Mar 2026, 10:00 UTC" in page
    assert f"<td>{event.seq}</td>" in page
    assert make.TITLE not in page


def test_it_shows_nothing_that_authors_did(mos, anonymous_thread, published_thread, now):
    withdraw(anonymous_thread, by=make.opener(anonymous_thread), now=now)
    page = masked(mos.get(LOG)).decode()  # the secret of a form may spell a name
    assert "submitted" not in page
    assert "withdrawn" not in page
    assert "Bob" not in page
    assert len(numbers(mos)) == 2  # both were published by Mia


def test_it_offers_no_kind_of_which_it_shows_nothing(mos, alice, published_thread, mia, now):
    waiting = make.thread(author=alice, anonymous=True, now=now)
    for answer in (refuse, accept):
        proposal = make.proposal(waiting, body=f"{make.BODY} Twice.", by=mia, now=now)
        words = {"words": "It was once."} if answer is refuse else {}
        answer(proposal.post, version=proposal.version, by=make.opener(waiting), now=now, **words)
    for words in ("Once.", "Twice."):
        make.edit(make.question(published_thread), body=f"{make.BODY} {words}", now=now)
    assert AuditEvent.objects.filter(kind__in=["edit.changed", "question.rewording-refused"]).count() == 2
    offered = mos.get(LOG).context["form"].fields["kind"].choices
    assert {kind for kind, _ in offered if kind} == {"question.published", "question.reworded"}


def test_the_appointed_is_named(mos, carol, now):
    appoint(carol, "moderator", now=now)
    page = mos.get(LOG).content.decode()
    assert re.search(r"Account appointed moderator</b>: Carol", page)


def test_filters(mos, mia, mo, now):
    for kind, by in (("thing.done", mia), ("thing.undone", mia), ("thing.done", mo)):
        audit.record(kind, about="thing", by=by, now=now)
    assert numbers(mos) == [3, 2, 1]
    assert numbers(mos, kind="thing.done") == [3, 1]
    assert numbers(mos, by=mia.pk) == [2, 1]
    assert numbers(mos, by=mia.pk, kind="thing.undone") == [2]
    assert numbers(mos, by="", kind="", after="3") == [2, 1]


@pytest.mark.parametrize("query", [{"kind": "no.such"}, {"by": "0"}, {"by": "x"}, {"kind": "\x00"}])
def test_an_unknown_filter_says_so_beside_the_field(mos, published_thread, query):
    page = mos.get(LOG, query).content.decode()
    assert "in the record." in page
    assert numbers(mos, **query) == []


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30, "²"])
def test_a_cursor_that_is_none_starts_anew(mos, mia, now, after):
    audit.record("thing.done", about="thing", by=mia, now=now)
    assert numbers(mos, after=after) == [1]


def test_pages_cost_the_same_and_lose_nothing(mos, mia, now, django_assert_max_num_queries):
    with audit.deed():
        for number in range(2 * PAGE + 1):
            audit.record("thing.done", about=f"thing {number}", by=mia, now=now)
    assert numbers(mos) == list(range(101, 51, -1))
    assert numbers(mos, after="52") == list(range(51, 1, -1))
    with django_assert_max_num_queries(10):
        assert numbers(mos, after="2") == [1]
    with django_assert_max_num_queries(10):
        assert 'rel="next" href="?after=52"' in mos.get(LOG).content.decode()


def test_administrators_who_are_no_moderators_read_no_break_glass(mos, mia, admin, now):
    audit.record("unmask.approved", about="persona", by=mia, now=now)
    audit.record("thing.done", about="thing", by=mia, now=now)
    client = Client()
    client.force_login(admin)
    assert "nmask" in mos.get(LOG).content.decode()
    assert "nmask" not in client.get(LOG).content.decode()
    assert numbers(client) == [2]


def test_the_desk_leads_to_it(mos, db):
    assert f'href="{LOG}"' in mos.get("/moderation/queue/").content.decode()
