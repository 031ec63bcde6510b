"""Visitors' pages that are shown again: the same bytes, but never what is no longer so."""

from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.template.base import Template

from accounts.models import Account
from forum import lifecycle
from forum.models import Persona, Standing, Tag, Thread
from forum.states import State
from tests import make


@pytest.fixture(autouse=True)
def no_pages_kept():
    caches["pages"].clear()


@pytest.fixture
def answered(published_thread, consultation) -> Thread:
    published_thread.refresh_from_db()
    return published_thread


@pytest.fixture(params=["/", "/?jurisdiction=us", "thread"])
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


def rename(model, words: str, **where):
    def change(thread):
        field = {"Tag": "name", "Account": "display_name", "Thread": "title"}[model.__name__]
        model.objects.filter(**where).update(**{field: words})

    return change


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        (rename(Thread, "Another title"), "Another title"),
        (rename(Account, "Alicia", display_name="Alice"), "Alicia"),
        (rename(Tag, "The Centennial State", slug="us-co"), "The Centennial State"),
        (lambda thread: Thread.objects.update(hour=make.NOW.replace(year=2020, minute=0)), "March 2020"),
    ],
    ids=["title", "name", "tag", "day"],
)
def test_what_changes_on_lists_and_thread_shows_at_once(client, address, answered, change, shows):
    assert shows not in client.get(address).content.decode()
    change(answered)
    assert shows in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        (lambda thread: thread.posts.update(html="<p>Changed words</p>"), "Changed words"),
        (lambda thread: thread.posts.update(red_flag="Call somebody today"), "Call somebody today"),
        (lambda thread: thread.posts.update(contingent_on="The next edition"), "The next edition"),
        (lambda thread: Standing.objects.update(credential="RSW-X"), "RSW-X"),
        (lambda thread: Tag.objects.filter(slug="gb-sct").update(name="Alba"), "Alba"),
        (lambda thread: make.post(thread, body=make.REPLY.replace("Decline", "Say no")), "Say no"),
        (lambda thread: lifecycle.move(thread, State.CLOSED), "closed"),
    ],
    ids=["text", "red flag", "dependence", "credential", "place", "new reply", "closed"],
)
def test_what_changes_in_a_thread_shows_at_once(client, answered, change, shows):
    address = answered.get_absolute_url()
    assert shows not in client.get(address).content.decode()
    change(answered)
    assert shows in client.get(address).content.decode()


def test_what_is_hidden_or_withdrawn_is_shown_to_no_visitor_again(client, address, answered):
    assert answered.title in client.get(address).content.decode()
    lifecycle.move(answered, State.HIDDEN)
    assert answered.title not in client.get(address).content.decode()


def test_a_new_thread_is_on_the_lists_at_once(client, answered, bob):
    client.get("/")
    made = make.thread("published", author=bob, title="A thread that came just now, after the first")
    assert made.title in client.get("/").content.decode()


def test_a_changed_persona_shows_at_once(client, answered, vera):
    post = make.post(answered, "perspective", author=vera, anonymous=True)
    address = answered.get_absolute_url()
    assert post.byline in client.get(address).content.decode()
    Persona.objects.filter(pk=post.persona_id).update(ordinal=9)
    assert "Anonymous colleague 9" in client.get(address).content.decode()
