"""The Atom feeds: what they hold, and what they must not tell."""

from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.feeds import NEWEST
from tests import make

pytestmark = pytest.mark.embedded

ATOM = "{http://www.w3.org/2005/Atom}"
ALL = "/feeds/threads.atom"
COLORADO = "/tags/jurisdiction/us-co/feed.atom"
BOTH = pytest.mark.parametrize("address", [ALL, COLORADO, "/tags/jurisdiction/us/feed.atom"])


def read(client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def text(element: ElementTree.Element, name: str) -> str | None:
    return element.findtext(f"{ATOM}{name}")


def entries(client, address: str) -> list[ElementTree.Element]:
    return read(client, address).findall(f"{ATOM}entry")


@BOTH
def test_a_feed_carries_the_question_with_its_excerpt_and_address(client, published_thread, address):
    [entry] = entries(client, address)
    assert text(entry, "id") == f"urn:uuid:{published_thread.pk}"
    assert text(entry, "title") == published_thread.title
    assert text(entry, "summary") == published_thread.excerpt
    assert text(entry, "content") == make.question(published_thread).html
    link = entry.find(f"{ATOM}link").get("href")
    assert link == settings.SITE_URL + published_thread.get_absolute_url()


@BOTH
def test_a_feed_says_what_it_is_and_where(client, published_thread, address):
    response = client.get(address)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    links = {link.get("rel"): link.get("href") for link in read(client, address).findall(f"{ATOM}link")}
    assert links["self"] == settings.SITE_URL + address
    assert links["alternate"].startswith(settings.SITE_URL)


def test_every_address_in_a_feed_is_the_configured_one_whatever_host_was_asked(client, published_thread):
    assert b"localhost" not in client.get(ALL, headers={"host": "localhost"}).content


def test_markup_in_a_title_stays_text(client, tags):
    make.thread("published", title="Is <b>this</b> & that still within my scope?", body="1 < 2 & " * 20)
    [entry] = entries(client, ALL)
    assert text(entry, "title") == "Is <b>this</b> & that still within my scope?"
    assert text(entry, "summary").startswith("1 &lt; 2 &amp;")


@BOTH
def test_the_author_of_an_anonymous_question_is_nobody_and_of_a_named_one_its_byline(
    client, published_thread, anonymous_thread, address
):
    feed = read(client, address)
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Sounding Board"
    names = {
        text(entry, "id"): entry.findtext(f"{ATOM}author/{ATOM}name")
        for entry in feed.findall(f"{ATOM}entry")
    }
    assert names == {
        f"urn:uuid:{published_thread.pk}": "Alice",
        f"urn:uuid:{anonymous_thread.pk}": None,
    }


@BOTH
@pytest.mark.parametrize("filled", [True, False])
def test_no_time_in_a_feed_is_finer_than_the_hour(client, tags, now, address, filled):
    if filled:
        make.thread("published", now=now)
    feed = read(client, address)
    times = [each.text for each in feed.iter() if each.tag in (f"{ATOM}updated", f"{ATOM}published")]
    assert times
    assert all(time.endswith(":00:00+00:00") for time in times)


@pytest.mark.parametrize("state", ["pending", "returned", "declined", "hidden", "withdrawn"])
@BOTH
def test_what_nobody_may_read_is_in_no_feed(client, tags, address, state):
    make.thread(state)
    assert entries(client, address) == []


def test_the_feed_of_a_tag_has_no_threads_of_its_siblings(client, published_thread):
    make.thread("published", tags=("professional-counselor", "us-or"))
    assert [text(entry, "id") for entry in entries(client, COLORADO)] == [f"urn:uuid:{published_thread.pk}"]


@pytest.mark.parametrize("address", ["/tags/discipline/us-co/feed.atom", "/tags/topic/nowhere/feed.atom"])
def test_a_tag_that_is_not_there_has_no_feed(client, tags, address):
    assert client.get(address).status_code == 404


@BOTH
def test_more_threads_cost_no_more_queries_and_the_newest_are_kept(client, tags, address):
    moderator = make.moderator()
    counts = []
    for made in (2, NEWEST):
        for _ in range(made):
            make.thread("published", by=moderator)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = entries(client, address)
        counts.append((len(found), len(queries)))
    assert counts == [(2, counts[0][1]), (NEWEST, counts[0][1])]
