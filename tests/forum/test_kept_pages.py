"""Visitors' pages that are shown again: the same bytes, but never what is no longer so."""

from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.template.base import Template

from forum.actions.withdraw import withdraw
from forum.models import Thread
from tests import make

pytestmark = pytest.mark.embedded


@pytest.fixture(autouse=True)
def no_pages_kept():
    caches["local"].clear()


@pytest.fixture
def answered(published_thread, consultation) -> Thread:
    published_thread.refresh_from_db()
    return published_thread


@pytest.fixture(params=["/", "/?jurisdiction=us", "/tags/", "/tags/jurisdiction/us/", "thread"])
def address(request, answered) -> str:
    return answered.get_absolute_url() if request.param == "thread" else request.param


def templates_rendered(client, address: str) -> int:
    with patch.object(Template, "render", autospec=True, side_effect=Template.render) as render:
        assert client.get(address).status_code == 200
    return render.call_count


def test_a_visitor_gets_the_same_page_without_rendering_it_again(client, address):
    first = client.get(address)
    assert templates_rendered(client, address) == 0
    again = client.get(address)
    assert again.content == first.content
    assert again.headers.items() == first.headers.items()


def test_a_member_gets_a_page_of_their_own(client, address, carol):
    client.get(address)
    client.force_login(carol)
    assert b"Carol" in client.get(address).content
    client.logout()
    assert b"Carol" not in client.get(address).content


def test_a_new_reply_shows_at_once(client, answered, mia, now):
    client.get(answered.get_absolute_url())
    make.post(answered, author=mia, now=now, body="Ask your own supervisor before you answer her.")
    assert b"Ask your own supervisor" in client.get(answered.get_absolute_url()).content


def test_what_was_withdrawn_is_shown_to_no_visitor_again(client, address, answered, alice, now):
    assert client.get(address).status_code == 200
    withdraw(answered, by=alice, now=now)
    page = client.get(address, follow=True)
    assert make.TITLE.encode() not in page.content
    assert b"climbing gym" not in page.content


def test_only_whole_pages_are_kept(client, answered):
    """What is missing or has moved may be there the next moment."""
    for address, status in ((f"/threads/{answered.public_id}/", 301), ("/threads/23456789abcd/x/", 404)):
        assert client.get(address).status_code == client.get(address).status_code == status
    kept = [value for value in caches["local"]._cache.values() if b"<html" in value]
    assert not kept
