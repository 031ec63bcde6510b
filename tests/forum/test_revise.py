"""Revising: only a returned text, only by its author, and as a new version."""

import pytest

from accounts.access import NotAllowed
from forum.actions.proposal import accept
from forum.actions.revise import resubmit, resubmit_question
from forum.forms import BODY_MAX
from forum.lifecycle import IllegalMove
from forum.models import Thread
from forum.text.normalise import clean_text
from moderation.models import QueueItem
from tests import make, typed

BETTER = "I finished with this client about a year ago, and it went well. " * 4


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_returned_question_is_sent_again_with_other_words_and_tags(alice, mia, now, anonymous):
    thread = make.thread("returned", author=alice, anonymous=anonymous, by=mia, now=now)
    post = make.question(thread)
    assert (post.note, post.version) == ("Please leave out the name of the gym.", 1)
    draft = make.draft(title="May we be friends, a year later?", body=BETTER, tags=["psychologist", "gb"])
    resubmit_question(post, draft, by=make.opener(thread), now=now)
    thread, post = Thread.objects.get(), make.question(thread)
    assert (thread.state, post.state, post.version) == ("pending", "pending", 2)
    assert (thread.title, thread.slug) == (draft.title, "may-we-be-friends-a-year-later")
    assert post.body == BETTER.strip()
    assert BETTER[:40] in post.html
    assert set(thread.thread_tags.values_list("tag__slug", flat=True)) == {"psychologist", "gb"}
    assert QueueItem.objects.waiting().get().post == post
    assert (thread.author is None) == anonymous


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("kind", ["clarification", "update"])
def test_another_returned_text_is_sent_again(alice, mia, now, kind, anonymous):
    thread = make.thread("published", author=alice, anonymous=anonymous, by=mia, now=now)
    post = make.post(thread, kind, state="returned", by=mia, now=now)
    extra = {"outcomes": ["referred-out"]} if kind == "update" else {}
    resubmit(post, make.text(BETTER, **extra), by=make.opener(thread), now=now)
    post.refresh_from_db()
    assert (post.state, post.version, post.body) == ("pending", 2, BETTER.strip())
    assert post.outcomes == extra.get("outcomes", [])


@pytest.mark.parametrize("state", ["pending", "published", "declined", "withdrawn"])
def test_a_text_that_was_not_returned_stays_as_it_is(alice, mia, now, state):
    thread = make.thread(state, author=alice, by=mia, now=now)
    post = make.question(thread)
    with pytest.raises(IllegalMove):
        resubmit_question(post, make.draft(body=BETTER), by=alice, now=now)
    assert Thread.objects.get().title == thread.title
    assert make.question(thread).body == post.body


@pytest.mark.parametrize("who", ["alice", "mia", "persona"])
def test_nobody_else_changes_an_anonymous_text(alice, mia, anonymous_thread, now, who, request):
    """Not even its author by name: the name has no path to it."""
    thread = make.thread("returned", author=alice, anonymous=True, by=mia, now=now)
    by = make.opener(anonymous_thread) if who == "persona" else request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        resubmit_question(make.question(thread), make.draft(body=BETTER), by=by, now=now)
    assert make.question(thread).body == make.BODY


def test_a_text_returned_twice_is_sent_twice(alice, mia, now):
    thread = make.thread("returned", author=alice, by=mia, now=now)
    for version in (2, 3):
        resubmit_question(make.question(thread), make.draft(), by=alice, now=now)
        assert make.question(thread).version == version
        make.decide_on(make.question(thread), "returned", by=mia, now=now)
    assert QueueItem.objects.count() == 3


def test_a_returned_question_is_changed_on_its_own_page(client, alice, mia):
    thread = make.thread("returned", author=alice, by=mia)
    client.force_login(alice)
    address = f"/my/threads/{thread.public_id}/"
    page = client.get(address).content.decode()
    assert "Please leave out the name of the gym." in page
    assert f"{make.BODY}</textarea>" in page
    assert 'value="us-co" checked' in page
    returned = make.question(thread)
    too_short = client.post(address, typed.anew(returned, body="Short."))
    assert too_short.status_code == 422
    assert client.post(address, typed.anew(returned, body=BETTER)).status_code == 303
    assert make.question(thread).body == BETTER.strip()
    pressed_twice = client.post(address, typed.anew(returned, body=BETTER))
    assert pressed_twice.status_code == 303
    assert QueueItem.objects.waiting().count() == 1


def test_a_form_changes_the_text_it_showed_and_no_other(client, alice, mia, now):
    thread = make.thread("published", author=alice, by=mia, now=now)
    first, second = (
        make.post(thread, "clarification", state="returned", by=mia, now=now, body=f"{number}: {make.REPLY}")
        for number in (1, 2)
    )
    client.force_login(alice)
    address = f"/my/threads/{thread.public_id}/"
    form = {"deed": "revise", "post": str(first.pk), "version": "1"}
    for _ in range(2):
        assert client.post(address, typed.reply(body=BETTER, **form)).status_code == 303
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.body, first.state) == (BETTER.strip(), "pending")
    assert (second.body, second.state) == (f"2: {make.REPLY}", "returned")
    stale = client.post(address, typed.reply(body=f"{BETTER} {typed.CANARY}", **{**form, "version": "7"}))
    assert stale.status_code == 409
    assert typed.CANARY in stale.content.decode()


LONGEST = "… and then – I think … " * 340  # 7,820 as typed, and more than 8,000 as a persona's are spelt


@pytest.fixture
def longest(alice, now) -> Thread:
    thread = make.thread(author=alice, anonymous=True, body=LONGEST, now=now)
    assert len(clean_text(LONGEST)) < BODY_MAX < len(make.question(thread).body)
    return thread


def test_what_was_made_longer_by_spelling_it_out_is_not_too_long_to_be_sent_again(longest, alice, mia):
    make.decide_on(make.question(longest), "returned", by=mia)
    browser, question = make.signed_in(alice), make.question(longest)
    page = browser.get("/my/anonymous/").context["mine"][0].url
    form = browser.get(page).context["revise_form"]
    assert not form.is_bound
    fields = typed.question(
        body=form.initial["body"], deed="revise", post=question.pk, version=question.version
    )
    assert browser.post(page, fields)["Location"] == "/ask/sent/"
    assert make.question(longest).body == question.body
    again = {**fields, "version": question.version + 1}
    make.decide_on(make.question(longest), "returned", by=mia)
    too_long = browser.post(page, {**again, "body": f"{question.body} more"})
    assert too_long.status_code == 422
    assert f"at most {len(question.body)} characters" in too_long.content.decode()


def test_nor_to_be_published_with_changes_or_edited(longest, alice, mia, now):
    desk, item = make.signed_in(mia), make.item(longest)
    desk.post(f"{item.get_absolute_url()}claim/")
    changed = make.question(longest).body.replace("I think", "we think", 1)[:-1]
    form = {"propose-version": 1, "propose-title": make.TITLE, "propose-body": changed}
    assert desk.post(f"{item.get_absolute_url()}propose/", form)["Location"] == "/moderation/queue/"
    question = make.question(longest)
    accept(question, version=question.edit.version, by=question.persona, now=now)
    browser, question = make.signed_in(alice), make.question(longest)
    page = browser.get("/my/anonymous/").context["mine"][0].url
    fields = {"deed": "edit", "post": question.pk, "seen": f"{question.version}.0"}
    fields |= {"title": make.TITLE, "body": question.body.replace("we think", "I hold", 1)}
    assert browser.post(page, fields)["Location"] == "/ask/sent/"
