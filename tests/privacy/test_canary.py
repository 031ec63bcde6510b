"""T-CANARY: where an anonymous text is kept, and that a word taken out of it is kept nowhere."""

import re

import pytest
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client

from forum import search
from forum.models import Thread
from moderation.actions.decide import publish
from tests import make, typed
from tests.forum.test_withdraw import places_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

WORDS = f"{make.BODY} Only I would call her {typed.CANARY}."
WAITING = {"forum_post", "forum_thread"}  # a thread keeps the beginning of its question for the lists
INDEX = {"forum_searchentry", "forum_searchindex", "forum_searchindex_data"}


@pytest.fixture(autouse=True)
def empty_index(db) -> None:
    """What tests before wrote and rolled back, SQLite may write once more with the next that is kept."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO forum_searchindex(forum_searchindex) VALUES ('delete-all')")


@pytest.fixture
def author(alice) -> Client:
    return make.signed_in(alice)


def test_a_text_that_was_refused_or_only_looked_at_is_kept_nowhere(tags, author):
    assert author.post("/ask/", typed.question(body=WORDS, title="?")).status_code == 422
    for identity in ("named", "anonymous"):
        form = typed.question(body=WORDS, identity=identity, preview="1")
        assert author.post("/ask/", form).status_code == 200
    assert author.post("/ask/similar/", {"title": f"May I hire {typed.CANARY}"}).status_code == 200
    assert Client().post("/ask/", typed.question(body=WORDS)).status_code == 401
    assert places_of(typed.CANARY) == set()
    assert not remembered()


def test_a_text_is_in_its_post_its_threads_excerpt_and_the_index_and_nowhere_else(tags, author, mia, client):
    author.post("/ask/", typed.question(body=f"I call her {typed.CANARY}. {make.BODY}"))
    assert places_of(typed.CANARY) == WAITING
    thread = Thread.objects.get()
    make.decide_on(make.question(thread), "published", by=mia)
    assert WAITING | {"forum_searchentry"} <= places_of(typed.CANARY) <= WAITING | INDEX
    author.get(thread.get_absolute_url())
    assert not remembered()
    assert not mail.outbox


def test_a_word_that_the_author_took_out_is_kept_nowhere(tags, author, mia):
    author.post("/ask/", typed.question(body=WORDS, asking=f"What of {typed.CANARY}?"))
    make.decide_on(make.question(Thread.objects.get()), "returned", by=mia)
    address = re.search(r"/my/anonymous/[0-9a-f]{32}/", author.get("/my/anonymous/").content.decode())[0]
    assert author.post(address, typed.anew(make.question(Thread.objects.get()))).status_code == 303
    search.purge()
    assert places_of(typed.CANARY) == set()
    assert not remembered()


def test_an_edit_is_in_one_table_and_a_word_that_it_takes_out_is_kept_nowhere(
    tags, alice, author, mia, client
):
    """While it waits, and when it was published: no reader's page, feed or search has both (leak 27)."""
    thread = make.thread("published", author=alice, anonymous=True, by=mia)
    address = re.search(r"/my/anonymous/[0-9a-f]{32}/", author.get("/my/anonymous/").content.decode())[0]
    form = {"deed": "edit", "post": make.question(thread).pk, "title": make.TITLE, "asking": ""}
    assert author.post(address, {**form, "seen": "1.0", "body": WORDS}).status_code == 303
    assert places_of(typed.CANARY) == {"forum_edit"}
    for page in (thread.get_absolute_url(), "/", "/feeds/threads.atom", f"/search/?q={typed.CANARY}"):
        assert "call her" not in client.get(page).content.decode()
    assert not remembered()
    waiting = make.item(thread)
    publish(waiting, version=waiting.version, by=mia, now=make.NOW)
    assert author.post(address, {**form, "seen": "2.0", "body": make.BODY}).status_code == 303
    waiting = make.item(thread)
    publish(waiting, version=waiting.version, by=mia, now=make.NOW)
    search.purge()
    assert places_of(typed.CANARY) == set()


def remembered() -> bool:
    """Whether a cache of this process holds the word. Visitors' pages are kept there, and none came by."""
    held = [value for cache in caches.all() for value in getattr(cache, "_cache", {}).values()]
    return any(typed.CANARY.encode() in bytes(value) for value in held)
