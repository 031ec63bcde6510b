"""The page of a thread: what a reader sees, in which order, and what the open page fetches."""

import re

import pytest

from forum.actions.withdraw import withdraw
from tests import make

pytestmark = pytest.mark.embedded

PLACE = re.compile(r'id="post-([0-9a-f-]{36})"')


@pytest.mark.parametrize("slug", ["", "another-slug/", "withdrawn/"])
def test_any_spelling_leads_to_the_one_address(client, published_thread, slug):
    answer = client.get(f"/threads/{published_thread.public_id}/{slug}")
    assert (answer.status_code, answer["Location"]) == (301, published_thread.get_absolute_url())


def test_posts_stand_in_the_order_of_their_publication(client, published_thread, mo, mia, vera):
    late = make.post(published_thread, "perspective", author=vera, state="pending")
    shown = [
        make.question(published_thread),
        make.post(published_thread, author=mo),
        make.post(published_thread, "update", outcomes=["repaired"], by=mo),
    ]
    make.decide_on(late, "published", by=mia)
    page = client.get(published_thread.get_absolute_url()).content.decode()
    assert PLACE.findall(page) == [str(post.pk) for post in [*shown, late]]
    for words in ("How it turned out", "Repaired", "Vera", "checked by a moderator", make.BODY[:60]):
        assert words in page


@pytest.mark.parametrize("who", [None, "carol", "vera", "mo"])
def test_each_role_finds_the_forms_it_may_send(client, request, published_thread, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    page = client.get(published_thread.get_absolute_url()).content.decode()
    assert ("/act/consult/" in page) == (who == "mo")
    assert ("/act/perspective/" in page) == (who == "vera")
    assert ("/act/follow/" in page) == (who is not None)


@pytest.mark.parametrize("state", ["pending", "returned", "declined"])
@pytest.mark.parametrize("kind", ["clarification", "perspective", "update"])
def test_what_was_not_published_is_on_no_page_of_a_published_thread(
    client, published_thread, vera, mo, kind, state
):
    extra = {"author": vera} if kind == "perspective" else {}
    make.post(published_thread, kind, state=state, body="Words that wait for a moderator.", **extra)
    for account in (None, vera, mo):
        if account:
            client.force_login(account)
        for address in (
            published_thread.get_absolute_url(),
            f"/threads/{published_thread.public_id}/since/0/",
        ):
            assert "Words that wait" not in client.get(address).content.decode()


def test_the_open_page_fetches_what_came_after_its_last_post(client, published_thread, mo):
    address = f"/threads/{published_thread.public_id}/since/"
    assert client.get(f"{address}1/").status_code == 204
    posts = [make.post(published_thread, author=mo) for _ in range(2)]
    answer = client.get(f"{address}1/")
    assert (answer["X-Last-Position"], answer["X-New-Posts"]) == ("3", "2")
    assert PLACE.findall(answer.content.decode()) == [str(post.pk) for post in posts]
    assert "<html" not in answer.content.decode()
    assert PLACE.findall(client.get(f"{address}2/").content.decode()) == [str(posts[1].pk)]
    assert client.get(f"{address}999999999999999/").status_code == 204


def test_a_long_thread_is_read_in_pages(client, published_thread, mo):
    posts = [make.post(published_thread, author=mo) for _ in range(52)]
    first = client.get(published_thread.get_absolute_url()).content.decode()
    assert len(PLACE.findall(first)) == 50
    assert "data-last" not in first
    more = re.search(r'rel="next" href="(\?from=\d+)"', first)[1]
    second = client.get(published_thread.get_absolute_url() + more).content.decode()
    assert PLACE.findall(second) == [str(post.pk) for post in posts[-3:]]
    assert "Back to the question" in second
    assert 'data-last="53"' in second


@pytest.mark.parametrize("start", ["x", "-5", "0", "²", "9" * 30, "\0", ""])
def test_a_damaged_place_in_a_thread_is_no_fault(client, published_thread, start):
    page = client.get(published_thread.get_absolute_url(), {"from": start})
    assert page.status_code == 200
    assert published_thread.title in page.content.decode()


def test_a_closed_thread_is_read_and_takes_no_post(client, alice, mo):
    thread = make.thread("closed", author=alice)
    client.force_login(mo)
    page = client.get(thread.get_absolute_url()).content.decode()
    assert "This thread is closed" in page
    assert "/act/consult/" not in page


def test_titles_and_names_are_shown_as_typed_and_never_as_markup(client, mo):
    mallory = make.account("Mallory <b>")
    title = "<script>alert(1)</script> & “friends” {{ user }}"
    thread = make.thread("published", author=mallory, by=mo, title=title)
    for address in ("/", thread.get_absolute_url(), "/feeds/threads.atom"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "Mallory <b>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “friends” {{ user }}" in page


def test_times_are_shown_to_the_day(client, published_thread):
    page = client.get(published_thread.get_absolute_url()).content.decode()
    assert "4 March 2026" in page
    assert 'datetime="2026-03-04"' in page
    assert "10:" not in page


def test_a_visitor_sees_each_change_at_once(client, published_thread, mo):
    """Visitors' pages are kept while nothing changes."""
    address = published_thread.get_absolute_url()
    assert make.REPLY not in client.get(address).content.decode()
    make.post(published_thread, author=mo)
    assert make.REPLY in client.get(address).content.decode()
    withdraw(published_thread, by=published_thread.author, now=make.NOW)
    assert client.get(address, follow=True).status_code == 410


def test_the_page_of_a_tag_lists_what_is_at_or_below_it(client, published_thread, tags):
    for address in (
        "/tags/jurisdiction/us/",
        "/tags/jurisdiction/us-co/",
        "/tags/topic/friendship-after-termination/",
    ):
        assert published_thread.get_absolute_url() in client.get(address).content.decode()
    assert published_thread.get_absolute_url() not in client.get("/tags/jurisdiction/us-or/").content.decode()
    assert client.get("/tags/topic/us/").status_code == 404
    assert client.get("/tags/jurisdiction/no-such/").status_code == 404
    assert "Colorado" in client.get("/tags/jurisdiction/us/").content.decode()
