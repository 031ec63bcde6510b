"""Closing and hiding: who may, what readers and the author meet, and that all comes back as it was."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.access import NotAllowed
from forum.actions.follow import follow
from forum.actions.withdraw import withdraw
from forum.lifecycle import IllegalMove
from forum.models import Notice, Post, SearchEntry, Tag, Thread
from forum.notices import fanout
from moderation.actions.threads import close, hide, reopen, unhide
from moderation.models import AuditEvent
from tests import make, typed
from tests.forum import recount

WHY = f"{make.REASON} {typed.CANARY}"
PAST = {close: "closed", reopen: "reopened", hide: "hidden", unhide: "shown"}


def do(deed, thread: Thread, *, by, now) -> Thread:
    deed(thread, *([WHY] if deed in (close, hide) else []), by=by, now=now)
    return Thread.objects.get(pk=thread.pk)


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def thread(request, alice, mia, mo, now) -> Thread:
    made = make.thread("published", author=alice, anonymous=request.param, by=mia, now=now)
    make.post(made, author=mo, now=now, aspects=["legal"])
    make.post(made, "update", outcomes=["repaired"], by=mia, now=now)
    return Thread.objects.get(pk=made.pk)


@pytest.mark.parametrize(
    ("deeds", "states"),
    [
        ([close, reopen], ["closed", "published"]),
        ([hide, unhide], ["hidden", "published"]),
        ([close, hide, unhide, reopen], ["closed", "hidden", "closed", "published"]),
    ],
)
def test_each_deed_leaves_one_event_and_true_counts(thread, mia, now, deeds, states):
    before = {tag.slug: tag.thread_count for tag in Tag.objects.all()}
    entries = set(SearchEntry.objects.values_list("post", "title", "words"))
    hour = thread.hour
    for deed, state in zip(deeds, states, strict=True):
        thread = do(deed, thread, by=mia, now=now)
        assert thread.state == state
        event = AuditEvent.objects.last()
        assert (event.kind, event.by, event.about) == (f"thread.{PAST[deed]}", mia, str(thread))
        recount.check()
    assert (thread.closed_because, thread.hidden_because, thread.hour) == ("", "", hour)
    assert {tag.slug: tag.thread_count for tag in Tag.objects.all()} == before
    assert set(SearchEntry.objects.values_list("post", "title", "words")) == entries
    assert thread.marks.count() == 3


FROM = {close: ["published"], reopen: ["closed"], hide: ["published", "closed"], unhide: ["hidden"]}
STATES = ["pending", "returned", "declined", "published", "closed", "hidden", "withdrawn"]


@pytest.mark.parametrize(
    ("deed", "state"), [(deed, state) for deed in FROM for state in STATES if state not in FROM[deed]]
)
def test_a_deed_that_the_state_does_not_allow_leaves_all_as_it_was(alice, mia, now, deed, state):
    thread = make.thread(state, author=alice, by=mia, now=now)
    events = AuditEvent.objects.count()
    with pytest.raises(IllegalMove):
        do(deed, thread, by=mia, now=now)
    assert (Thread.objects.get().state, AuditEvent.objects.count()) == (state, events)


@pytest.mark.parametrize("who", ["carol", "vera", "admin", "alice"])
def test_only_moderators_close_and_hide(request, published_thread, now, who):
    for deed in PAST:
        with pytest.raises(NotAllowed):
            do(deed, published_thread, by=request.getfixturevalue(who), now=now)


def test_nobody_closes_or_hides_what_they_asked_under_their_name(mia, mo, now):
    own = make.thread("published", author=mia, by=mo, now=now)
    for deed in (close, hide):
        with pytest.raises(NotAllowed):
            do(deed, own, by=mia, now=now)


def test_an_anonymous_thread_of_a_moderators_own_is_like_any_other(mia, mo, now):
    own = make.thread("published", author=mia, anonymous=True, by=mo, now=now)
    assert do(hide, own, by=mia, now=now).state == "hidden"


def told() -> set[tuple[str, str]]:
    """Who was told of what in the inbox."""
    Notice.objects.all().delete()
    fanout.tell_all()
    return {
        (notice.account.display_name if notice.account else notice.persona.label, notice.event.happening)
        for notice in Notice.objects.select_related("account", "persona", "event")
    }


def test_author_writers_and_followers_hear_of_closing_and_the_author_alone_of_hiding(thread, carol, mia, now):
    follow(thread, by=carol)
    told()
    author = thread.author_label if thread.author else make.opener(thread).label
    for deed in (close, reopen):
        thread = do(deed, thread, by=mia, now=now)
        happening = PAST[deed]
        assert told() == {(author, happening), ("Mo", happening), ("Carol", happening)}
    for deed in (hide, unhide):
        thread = do(deed, thread, by=mia, now=now)
        assert told() == {(author, PAST[deed])}


def test_readers_see_why_a_thread_is_closed_and_find_no_form(client, thread, vera, mia, now):
    address = thread.get_absolute_url()
    client.get(address)  # which is kept for visitors
    thread = do(close, thread, by=mia, now=now)
    for browser in (client, make.signed_in(vera)):
        page = browser.get(address).content.decode()
        assert WHY in page
        assert 'name="body"' not in page
    assert thread.title in client.get("/").content.decode()


US = "/tags/jurisdiction/us/"
PUBLIC = ["/", "/search/?q=climbing", "/feeds/threads.atom", US, f"{US}feed.atom"]


def test_a_hidden_thread_is_gone_at_once_for_all_but_moderators(client, thread, carol, vera, mia, now):
    address = thread.get_absolute_url()
    browsers = [client, make.signed_in(carol), make.signed_in(vera)]
    for browser in browsers:
        assert all(thread.public_id in browser.get(each).content.decode() for each in PUBLIC)
    thread = do(hide, thread, by=mia, now=now)
    for browser in browsers:
        assert not any(thread.public_id in browser.get(each).content.decode() for each in PUBLIC)
        assert browser.get(address).status_code == 404
        assert browser.get(f"/threads/{thread.public_id}/since/0/").status_code == 404
    assert make.signed_in(mia).get(address).status_code == 200
    thread = do(unhide, thread, by=mia, now=now)
    for browser in browsers:
        assert all(thread.public_id in browser.get(each).content.decode() for each in PUBLIC)
        assert WHY not in browser.get(address).content.decode()


def test_its_author_reads_among_the_tools_why_it_is_hidden_and_meets_404_outside(alice, thread, mia, now):
    thread = do(hide, thread, by=mia, now=now)
    author = make.signed_in(alice)
    assert author.get(thread.get_absolute_url()).status_code == 404
    tools = tools_of(author, thread)
    page = author.get(tools).content.decode()
    assert WHY in page
    assert 'name="deed" value="update"' not in page
    fanout.tell_all()
    notice = Notice.objects.get(event__happening="hidden")
    opened = author.get(f"/inbox/{notice.pk}/")["Location"]
    assert opened == ("/my/threads/" if thread.author else "/my/anonymous/")
    assert author.post(f"{tools}withdraw/").status_code == 303
    thread.refresh_from_db()
    assert (thread.state, thread.hidden_because) == ("withdrawn", "")


def tools_of(author: Client, thread: Thread) -> str:
    if thread.author:
        return f"/my/threads/{thread.public_id}/"
    return re.search(r"/my/anonymous/[0-9a-f]{32}/", author.get("/my/anonymous/").content.decode())[0]


def test_the_reason_goes_with_a_thread_that_its_author_withdraws(thread, mia, now):
    thread = do(close, thread, by=mia, now=now)
    withdraw(thread, by=make.opener(thread), now=now)
    assert Thread.objects.get().closed_because == ""


def test_what_waits_is_published_once_its_thread_is_shown_again(thread, mia, mo, now):
    post = make.post(thread, "clarification", state="pending", now=now)
    thread = do(hide, thread, by=mia, now=now)
    with pytest.raises(IllegalMove):
        make.decide_on(post, "published", by=mo, now=now)
    do(unhide, thread, by=mia, now=now)
    make.decide_on(post, "published", by=mo, now=now)
    assert Post.objects.get(pk=post.pk).state == "published"
    recount.check()


def test_close_and_hide_through_the_pages(thread, mia):
    desk = make.signed_in(mia)
    page = f"/moderation/threads/{thread.public_id}/"
    assert page in desk.get(thread.get_absolute_url()).content.decode()
    short = desk.post(f"{page}close/", {"close-reason": "Hm"})
    assert short.status_code == 422
    assert ">Hm</textarea>" in short.content.decode().replace("\n", "")
    said = {"close": "Closed", "hide": "Hidden", "unhide": "Shown again", "reopen": "Opened again"}
    for deed, done in said.items():
        answer = desk.post(f"{page}{deed}/", {f"{deed}-reason": WHY})
        assert answer["Location"] == f"{page}#record"
        assert f"{done}: Mia" in desk.get(page).content.decode()
    assert desk.post(f"{page}reopen/").status_code == 409


def test_the_way_to_the_page_is_for_moderators_alone_and_the_same_whoever_asked(thread, mia, carol, alice):
    page = f"/moderation/threads/{thread.public_id}/"
    own = make.thread("published", author=mia)
    desk = make.signed_in(mia)
    assert f"/moderation/threads/{own.public_id}/" in desk.get(own.get_absolute_url()).content.decode()
    refused = desk.get(f"/moderation/threads/{own.public_id}/").content.decode()
    assert "a colleague decides about it" in refused
    for browser in (Client(), make.signed_in(carol), make.signed_in(alice)):
        assert page not in browser.get(thread.get_absolute_url()).content.decode()


@pytest.mark.parametrize("no_thread", ["%00", "x", "a" * 13])
@pytest.mark.parametrize("deed", ["", "redact/", "hide/", "merge/"])
def test_what_can_be_no_thread_is_an_unknown_address(client, mia, no_thread, deed):
    client.force_login(mia)
    address = f"/moderation/threads/{no_thread}/{deed}"
    assert client.get(address).status_code == client.post(address).status_code == 404
    with pytest.raises(Resolver404):
        resolve(unquote(address))


def record_of(address: str, viewer) -> str:
    page = make.browser(viewer).get(address).content.decode()
    return page.partition('id="record-head"')[2].partition("</section>")[0]


def test_what_was_done_with_its_texts_stands_in_its_record(mia, mo, vera, now):
    thread = make.thread("published", by=mia, now=now)
    reply = make.post(thread, "perspective", author=vera, by=mo, now=now)
    make.edit(reply, body=f"{make.REPLY} Or so.", now=now)
    record = record_of(f"/moderation/threads/{thread.public_id}/", mo)
    assert "Question published: Mia" in record
    assert "Perspective published: Mo" in record
    assert "submitted" not in record.lower()


def test_which_colleague_did_it_no_party_reads(mia, mo, now):
    thread = make.thread("published", author=mo, by=mia, now=now)
    make.post(thread, author=mo, now=now)
    address = f"/moderation/threads/{thread.public_id}/"
    assert "Question published: Mia" in record_of(address, make.moderator("Ned"))
    record = record_of(address, mo)
    assert "Question published: <" in record
    assert "Consultation published: Mo" in record


def test_a_moderator_who_asked_anonymously_reads_it_like_any_other(mia, mo, now):
    thread = make.thread("published", author=mo, anonymous=True, by=mia, now=now)
    address = f"/moderation/threads/{thread.public_id}/"
    assert record_of(address, mo) == record_of(address, make.moderator("Ned"))
    assert "Question published: Mia" in record_of(address, mo)
