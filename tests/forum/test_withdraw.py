"""Withdrawing: the author's words leave every table, and a stub stays."""

from functools import partial

import pytest
from django.apps import apps
from django.db import connections

from accounts.access import NotAllowed
from forum import search
from forum.actions.proposal import refuse
from forum.actions.revise import resubmit
from forum.actions.withdraw import GONE, STUB, withdraw
from forum.lifecycle import IllegalMove
from forum.models import Event, Follow, Post, Tag, Thread
from moderation.actions.decide import return_to_author
from moderation.models import QueueItem
from tests import make, typed
from tests.forum import recount

WORDS = f"{make.BODY} Only I would call her {typed.CANARY}."


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def thread(request, alice, mia, now) -> Thread:
    """Alice's thread, with her canary in all that she may write, and a reply."""
    made = make.thread(
        "published",
        author=alice,
        anonymous=request.param,
        by=mia,
        now=now,
        title=f"May I hire {typed.CANARY} as a gardener?",
        body=WORDS,
        asking=f"What of {typed.CANARY}?",
    )
    make.post(made, author=mia, now=now, aspects=["legal"])
    make.post(made, "clarification", body=WORDS, by=mia, now=now)
    make.post(made, "clarification", body=WORDS, state="pending", now=now)
    make.post(made, "update", body=WORDS, outcomes=["repaired"], by=mia, now=now)
    return Thread.objects.get(pk=made.pk)


def places_of(word: str) -> set[str]:
    """Every table of either database, indexes' own included, with a row that holds `word`."""
    found = set()
    for alias in connections:
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                if any(word in readable(value) for row in cursor.fetchall() for value in row):
                    found.add(table)
    return found


def readable(value: object) -> str:
    raw = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
    return raw.decode("latin-1").lower()


@pytest.mark.django_db(transaction=True)  # the index is cleared outside of transactions
def test_the_words_are_in_no_table_afterwards(thread, now):
    before = places_of(typed.CANARY)
    assert {"forum_post", "forum_thread", "forum_searchentry"} <= before
    withdraw(thread, by=make.opener(thread), now=now)
    search.purge()
    assert places_of(typed.CANARY) == set()


@pytest.mark.django_db(transaction=True)
def test_neither_a_moderators_own_reply_nor_a_note_keeps_the_words(mia, mo, now):
    note = f"Please leave out {typed.CANARY}."
    thread = make.thread("published", author=mia, by=mo, now=now)
    make.post(thread, author=mia, body=WORDS, red_flag=note, contingent_on=typed.CANARY, now=now)
    post = make.post(thread, "clarification", body=WORDS, state="pending", now=now)
    return_to_author(make.item(post), note, version=1, by=mo, now=now)
    assert "moderation_decision" in places_of(typed.CANARY)
    withdraw(thread, by=mia, now=now)
    search.purge()
    assert places_of(typed.CANARY) == set()


def test_a_stub_stays(thread, now, client, carol):
    address = thread.get_absolute_url()
    withdraw(thread, by=make.opener(thread), now=now)
    thread = Thread.objects.get()
    assert (thread.state, thread.title, thread.slug, thread.asking, thread.excerpt) == (
        "withdrawn",
        STUB,
        "withdrawn",
        "",
        "",
    )
    for account in (None, carol):
        if account:
            client.force_login(account)
        answer = client.get(address, follow=True)
        assert answer.status_code == 410
        assert "Withdrawn by its author" in answer.content.decode()
        assert make.REPLY not in answer.content.decode()


def test_lists_counts_search_and_feeds_forget_it(thread, now, client):
    withdraw(thread, by=make.opener(thread), now=now)
    recount.check()
    assert not Tag.objects.filter(thread_count__gt=0).exists()
    for address in ["/", "/tags/jurisdiction/us/", f"/search/?q={typed.CANARY}", "/feeds/threads.atom"]:
        assert thread.public_id not in client.get(address).content.decode()


def test_what_waited_in_the_queue_waits_no_longer(thread, now):
    assert QueueItem.objects.waiting().count() == 1
    withdraw(thread, by=make.opener(thread), now=now)
    assert not QueueItem.objects.waiting().exists()


def test_the_words_of_others_stay_theirs_and_out_of_sight(thread, now, client):
    reply = Post.objects.get(kind="consultation")
    withdraw(thread, by=make.opener(thread), now=now)
    assert Post.objects.get(pk=reply.pk).body == make.REPLY
    assert client.get(f"/threads/{thread.public_id}/since/0/").status_code == 204
    assert not Post.objects.published().exists()


@pytest.mark.parametrize("state", ["pending", "returned", "declined", "closed", "hidden"])
@pytest.mark.parametrize("anonymous", [False, True])
def test_a_thread_is_withdrawn_from_any_state(alice, mia, now, state, anonymous):
    thread = make.thread(state, author=alice, anonymous=anonymous, by=mia, now=now, body=WORDS)
    withdraw(thread, by=make.opener(thread), now=now)
    assert Thread.objects.get().state == "withdrawn"
    assert not Post.objects.exclude(body="", html="", note="").exists()
    assert not Tag.objects.exclude(thread_count=0).exists()


def test_a_thread_is_withdrawn_once(thread, now):
    withdraw(thread, by=make.opener(thread), now=now)
    with pytest.raises(IllegalMove, match="is withdrawn"):
        withdraw(Thread.objects.get(), by=make.opener(thread), now=now)
    recount.check()


def test_only_who_asked_withdraws(thread, alice, carol, mia, bob, now):
    other = make.thread("published", author=bob, anonymous=True, by=mia)
    others = [carol, mia, make.opener(other)] + ([alice] if thread.author is None else [])
    for by in others:
        with pytest.raises(NotAllowed):
            withdraw(thread, by=by, now=now)
    assert Thread.objects.get(pk=thread.pk).title != STUB


def test_a_withdrawn_thread_can_not_be_followed(thread, carol, now, client):
    withdraw(thread, by=make.opener(thread), now=now)
    client.force_login(carol)
    assert client.post(f"/threads/{thread.public_id}/act/follow/").status_code == 404
    assert not Follow.objects.exists()


def test_every_text_field_of_a_post_is_overwritten(thread, now):
    """A field added to posts must be thought of here."""
    withdraw(thread, by=make.opener(thread), now=now)
    texts = {field.name for field in apps.get_model("forum.Post")._meta.fields if field.empty_strings_allowed}
    assert texts - {"kind", "state"} >= {"body", "html", "note", "red_flag", "contingent_on"}
    for post in Post.objects.filter(state="withdrawn"):
        for name in texts - {"kind", "state", "id"}:
            assert not getattr(post, name), name


@pytest.mark.parametrize("proposed", [False, True])
def test_what_others_were_to_change_waits_for_nothing_any_more(thread, vera, mia, now, proposed):
    view = make.post(thread, "perspective", author=vera, state="pending", now=now)
    if proposed:
        proposal = make.proposal(view, body=f"{make.REPLY} {typed.CANARY}", by=mia, now=now)
        deed = partial(refuse, view, "No.", version=proposal.version, by=vera, now=now)
    else:
        return_to_author(make.item(view), f"Who is {typed.CANARY}?", version=1, by=mia, now=now)
        deed = partial(resubmit, view, make.text(f"Again: {make.REPLY}"), by=vera, now=now)
    withdraw(thread, by=make.opener(thread), now=now)
    view.refresh_from_db()
    assert (view.state, view.body, view.note) == ("declined", make.REPLY, GONE)
    assert Event.objects.filter(happening="declined", post=view).exists()
    with pytest.raises(IllegalMove):
        deed()
    assert not QueueItem.objects.waiting().exists()
    page = make.signed_in(vera).get(f"/my/threads/{thread.public_id}/").content.decode()
    assert typed.CANARY not in page
    assert "Send it again" not in page
    assert "Publish it with these changes" not in page
