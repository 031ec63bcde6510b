"""Deciding: once, about the text as it was read, and never about one's own."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from accounts.access import NotAllowed
from forum.actions.revise import resubmit_question
from forum.actions.withdraw import withdraw
from forum.lifecycle import IllegalMove
from forum.models import Event, Post, Thread
from moderation.actions.claim import CLAIM_LASTS, AlreadyClaimed, claim
from moderation.actions.decide import TextChanged, decline, hold, publish, return_to_author
from moderation.actions.undo import KEPT_WITH_NOTES, forget_notes
from moderation.models import AuditEvent, Decision, QueueItem
from tests import make
from tests.forum import recount
from tests.races import at_once

NOTE = "Please leave out the name of the gym."
WHY = "Waiting for a second opinion."
DEEDS = ["publish", "return", "decline"]
STATES = {"publish": "published", "return": "returned", "decline": "declined"}


def decide(deed: str, item: QueueItem, *, version: int = 1, by, now) -> None:
    if deed == "publish":
        publish(item, version=version, by=by, now=now)
    else:
        {"return": return_to_author, "decline": decline}[deed](item, NOTE, version=version, by=by, now=now)


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("deed", DEEDS)
def test_a_decision_settles_question_and_thread(alice, mia, now, deed, anonymous):
    thread = make.thread(author=alice, anonymous=anonymous, now=now)
    decide(deed, make.item(thread), by=mia, now=now)
    thread, post = Thread.objects.get(), Post.objects.get()
    assert (thread.state, post.state) == (STATES[deed], STATES[deed])
    assert post.note == ("" if deed == "publish" else NOTE)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.by, decision.version) == (deed, mia, 1)
    assert decision.hour == now.replace(minute=0)
    event = AuditEvent.objects.get(kind=f"question.{STATES[deed]}")
    assert (event.by, event.about) == (mia, f"post {post.pk}")
    assert not QueueItem.objects.waiting().exists()


@pytest.mark.parametrize("second", DEEDS)
@pytest.mark.parametrize("first", DEEDS)
def test_the_second_decision_is_refused(pending_item, mia, mo, now, first, second):
    decide(first, pending_item, by=mia, now=now)
    with pytest.raises(AlreadyClaimed):
        decide(second, pending_item, by=mo, now=now)
    assert Post.objects.get().state == STATES[first]
    assert Decision.objects.get().by == mia


@pytest.mark.parametrize("deed", DEEDS)
def test_a_decision_about_an_older_text_is_refused(alice, mia, mo, now, deed):
    thread = make.thread("returned", author=alice, by=mia, now=now)
    resubmit_question(make.question(thread), make.draft(title="Other words than before"), by=alice, now=now)
    with pytest.raises(TextChanged):
        decide(deed, make.item(thread), version=1, by=mo, now=now)
    assert make.item(thread).holder is None
    assert make.question(thread).state == "pending"
    decide(deed, make.item(thread), version=2, by=mo, now=now)
    assert make.question(thread).state == STATES[deed]


@pytest.mark.parametrize("deed", DEEDS)
def test_what_a_colleague_reads_is_theirs_to_decide_until_the_claim_ends(pending_item, mia, mo, now, deed):
    claim(pending_item, by=mia, now=now)
    with pytest.raises(AlreadyClaimed):
        decide(deed, pending_item, by=mo, now=now)
    assert not Decision.objects.exists()
    decide(deed, pending_item, by=mo, now=now + CLAIM_LASTS + timedelta(seconds=1))
    assert Decision.objects.get().by == mo


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_decides_about_their_own_text(mia, mo, now, deed):
    item = make.item(make.thread(author=mia))
    with pytest.raises(NotAllowed):
        decide(deed, item, by=mia, now=now)
    assert not Decision.objects.exists()
    decide(deed, item, by=mo, now=now)


@pytest.mark.parametrize("deed", DEEDS)
def test_an_anonymous_text_of_a_moderators_own_is_decided_like_any_other(mia, now, deed):
    decide(deed, make.item(make.thread(author=mia, anonymous=True)), by=mia, now=now)
    assert Post.objects.get().state == STATES[deed]


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("who", ["carol", "alice", "vera", "admin"])
def test_only_moderators_decide(pending_item, request, now, deed, who):
    with pytest.raises(NotAllowed):
        decide(deed, pending_item, by=request.getfixturevalue(who), now=now)
    assert Post.objects.get().state == "pending"


@pytest.mark.parametrize("deed", DEEDS)
def test_a_decision_that_fails_half_way_leaves_nothing(pending_item, mia, now, deed):
    Post.objects.update(state="withdrawn")
    with pytest.raises(IllegalMove):
        decide(deed, pending_item, by=mia, now=now)
    pending_item.refresh_from_db()
    assert not pending_item.decided
    assert not Decision.objects.exists()
    assert not Event.objects.exists()
    assert AuditEvent.objects.get().kind == "question.submitted"


@pytest.mark.parametrize("kind", ["clarification", "perspective", "update"])
@pytest.mark.parametrize("state", ["published", "returned", "declined"])
def test_a_decision_about_a_later_text_leaves_the_thread_open(published_thread, mia, kind, state):
    post = make.post(published_thread, kind, state=state, by=mia)
    published_thread.refresh_from_db()
    assert (post.state, published_thread.state) == (state, "published")
    assert published_thread.reply_count == (state == "published")


@pytest.mark.django_db(transaction=True)
def test_deciding_and_withdrawing_at_once_never_wait_for_each_other(alice, mia, now):
    """Both lock the thread first: in two orders PostgreSQL would end one of them as a deadlock."""

    def publishes(item: QueueItem) -> None:
        with suppress(AlreadyClaimed, IllegalMove, QueueItem.DoesNotExist):
            publish(item, version=1, by=mia, now=now)

    for _ in range(12):
        now += timedelta(days=1)  # each day has its share of questions
        thread = make.thread(author=alice, now=now)
        deeds = partial(publishes, make.item(thread)), partial(withdraw, thread, by=alice, now=now)
        at_once(2, lambda number, deeds=deeds: deeds[number]())
        assert Thread.objects.get(pk=thread.pk).state == "withdrawn"
    recount.check()


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_held_stays_in_the_queue_until_any_moderator_decides(alice, mia, mo, now, deed, anonymous):
    thread = make.thread(author=alice, anonymous=anonymous, now=now)
    item = make.item(thread)
    claim(item, by=mia, now=now)
    hold(item, WHY, version=1, by=mia, now=now)
    thread, post = Thread.objects.get(), Post.objects.get()
    assert (thread.state, post.state, post.note) == ("held", "held", "")
    assert (item.decided, item.holder, item.held_until, item.hold_reason) == (False, None, None, WHY)
    event = AuditEvent.objects.get(kind="question.held")
    assert (event.by, event.about) == (mia, f"post {post.pk}")
    assert not Event.objects.exists()
    decide(deed, item, by=mo, now=now)
    assert WHY not in make.browser(mo).get(item.get_absolute_url()).content.decode()
    forget_notes(now + KEPT_WITH_NOTES)
    item.refresh_from_db()
    assert (item.decided, item.hold_reason) == (True, "")
    assert (Thread.objects.get().state, Post.objects.get().state) == (STATES[deed], STATES[deed])


def test_holding_on_gives_a_new_reason(pending_item, mia, mo, now):
    hold(pending_item, WHY, version=1, by=mia, now=now)
    hold(pending_item, "Waiting for the insurer.", version=1, by=mo, now=now)
    pending_item.refresh_from_db()
    assert pending_item.hold_reason == "Waiting for the insurer."
    assert AuditEvent.objects.filter(kind="question.held").count() == 2


def test_a_later_text_is_held_while_its_thread_stays_open(published_thread, mia, now):
    post = make.post(published_thread, "clarification", state="pending")
    hold(make.item(post), WHY, version=1, by=mia, now=now)
    assert Post.objects.get(pk=post.pk).state == "held"
    assert Thread.objects.get().state == "published"


def test_holding_is_refused_like_deciding(alice, pending_item, mia, mo, carol, now):
    own = make.item(make.thread(author=mia))
    for item, by in [(own, mia), (pending_item, carol)]:
        with pytest.raises(NotAllowed):
            hold(item, WHY, version=1, by=by, now=now)
    claim(pending_item, by=mo, now=now)
    with pytest.raises(AlreadyClaimed):
        hold(pending_item, WHY, version=1, by=mia, now=now)
    with pytest.raises(TextChanged):
        hold(pending_item, WHY, version=2, by=mo, now=now)
    decline(pending_item, NOTE, version=1, by=mo, now=now)
    with pytest.raises(AlreadyClaimed):
        hold(pending_item, WHY, version=1, by=mo, now=now)
    assert not QueueItem.objects.exclude(hold_reason="").exists()
    assert not AuditEvent.objects.filter(kind="question.held").exists()


def test_why_it_was_held_goes_with_what_its_author_withdraws(pending_item, pending_thread, alice, mia, now):
    hold(pending_item, WHY, version=1, by=mia, now=now)
    pending_thread.refresh_from_db()
    withdraw(pending_thread, by=alice, now=now)
    assert not QueueItem.objects.exists()
