"""T-HDR over every address of the site: no cache keeps a page made for somebody, and none tells two apart."""

import re
from itertools import chain

import pytest
from django.test import Client
from django.urls import get_resolver

from forum.notices import fanout
from tests import make, typed
from tests.privacy.two_worlds.crawl import addresses

pytestmark = pytest.mark.embedded

LINK = re.compile(r'<a [^>]*href="https?://[^>]*>')
UGC = {"noopener", "noreferrer", "nofollow", "ugc"}
OFF = "Leave it: https://elsewhere.example/page and [this](https://elsewhere.example/too)."


@pytest.fixture
def site(anonymous_thread, pending_thread, alice, carol, mo):
    """A thread with an outbound link, one that waits, notices of both and somebody's own page."""
    make.post(anonymous_thread, author=mo, body=f"{make.REPLY} {OFF}")
    fanout.tell_all()
    return list(chain.from_iterable(addresses(get_resolver())))


@pytest.mark.parametrize("who", [None, "bob", "mo", "admin"])
def test_no_answer_can_be_kept_or_told_apart(site, request, who):
    """Bob is the author of the anonymous thread: rows 40, 41, 44, 76 and 77."""
    client = Client()
    if who:
        client.force_login(request.getfixturevalue(who))
    for address in site:
        answer = client.get(address)
        headers = answer.headers
        assert answer.status_code < 500, address
        assert "ETag" not in headers, address
        assert "Last-Modified" not in headers or address.endswith(".atom"), address
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy.split("; "), address
        assert "unsafe" not in policy, address
        assert "http" not in policy, address
        assert headers["Referrer-Policy"] == "same-origin", address
        if client.session.get("_auth_user_id"):
            assert headers["Cache-Control"] == "private, no-store", address
        elif who is None and answer.get("Content-Type", "").startswith("text/html"):
            assert "public" not in headers.get("Cache-Control", ""), address


def test_a_link_that_leads_off_the_site_tells_nothing_of_where_it_stood(site, anonymous_thread, client):
    page = client.get(anonymous_thread.get_absolute_url()).content.decode()
    links = [link for link in LINK.findall(page) if "elsewhere.example" in link]
    assert links
    for link in links:
        assert set(re.search(r'rel="([^"]*)"', link)[1].split()) >= UGC


def test_what_was_posted_is_answered_by_a_constant_address(client, bob, tags):
    """Nothing of the thread in the address bar, the history or a proxy's log."""
    client.force_login(bob)
    answer = client.post("/ask/", typed.question())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ask/sent/")
    assert "Set-Cookie" not in answer.headers
