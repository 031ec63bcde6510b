"""Deeds that meet half done: one of them may be refused, none fails, and neither undoes the other's words."""

from functools import partial

import pytest

from accounts.access import Refused
from forum.actions.appeal import appeal
from forum.actions.ask import ask
from forum.actions.flag import flag
from forum.actions.revise import resubmit, resubmit_question
from forum.actions.withdraw import withdraw
from forum.models import Post, Reason, Thread
from moderation import intake
from moderation.actions.claim import step_back
from moderation.actions.flags import dismiss
from moderation.actions.redact import ask_to_redact, redact
from moderation.actions.sanction import sanction
from moderation.actions.suggest import suggest_what_waits
from moderation.actions.undo import undo
from moderation.models import Appeal, QueueItem
from tests import make
from tests.races import Crossing

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "It asks how to say no to her, and nothing about the law. Please look again."
HEAD_IS_HELD = "moderation.models.audit.AuditHeads.held"
HEAD_IS_MOVED = "moderation.models.audit.AuditHeads.move"


@pytest.fixture
def crossing(monkeypatch, tags) -> Crossing:
    return Crossing(monkeypatch)


def assert_none_failed(outcomes: list) -> None:
    assert all(outcome is None or isinstance(outcome, Refused) for outcome in outcomes), outcomes
    assert None in outcomes


def test_who_is_warned_while_asking_loses_nothing(crossing, vera, mia, now):
    assert crossing.of(
        lambda: ask(make.draft(), by=vera, now=now),
        "moderation.intake.enqueue",
        lambda: sanction(vera, "warning", make.REASON, by=mia, now=now),
        HEAD_IS_MOVED,
    ) == [None, None]


def test_undoing_what_is_appealed(crossing, alice, mia, now):
    question = make.question(make.thread("declined", author=alice, by=mia, now=now))
    [decided] = intake.decided_about([question])
    item = QueueItem.objects.get()
    outcomes = crossing.of(
        lambda: undo(item, by=mia, now=now),
        "forum.lifecycle.move",
        lambda: appeal(decided, WORDS, by=alice, now=now),
        HEAD_IS_MOVED,
    )
    assert_none_failed(outcomes)
    assert outcomes.count(None) == 1
    assert Appeal.objects.exists() == (outcomes[1] is None)


def test_appealing_about_what_is_flagged(crossing, alice, bob, mia, mo, now):
    thread = make.thread("published", author=alice, by=mia, now=now)
    redact(ask_to_redact(thread, "climbing", make.REASON, hidden=False, by=mia, now=now), by=mo, now=now)
    question = make.question(thread)
    flag(question, Reason.IDENTIFIES, "Her gym.", account=bob, now=now)
    item = QueueItem.objects.get(kind="flag")
    [decided] = intake.decided_about([question])
    assert crossing.of(
        lambda: dismiss(item, "It can stay as it is.", version=item.version, by=mia, now=now),
        "moderation.actions.decide._take",
        lambda: appeal(decided, WORDS, by=alice, now=now),
        HEAD_IS_MOVED,
    ) == [None, None]


@pytest.mark.parametrize("stopped_at", [HEAD_IS_HELD, "moderation.intake._require_decided"])
def test_withdrawing_what_is_appealed_leaves_no_word_of_it(crossing, alice, mia, now, stopped_at):
    thread = make.thread("declined", author=alice, by=mia, now=now)
    [decided] = intake.decided_about([make.question(thread)])
    assert_none_failed(
        crossing.of(
            lambda: appeal(decided, WORDS, by=alice, now=now),
            stopped_at,
            lambda: withdraw(Thread.objects.get(pk=thread.pk), by=alice, now=now),
        )
    )
    assert not QueueItem.objects.waiting().exists()
    assert not Appeal.objects.exclude(words="").exists()


def test_withdrawing_what_is_suggested_at_this_moment(crossing, alice, mia, mo, now):
    thread = make.thread(author=alice, now=now)
    assert crossing.of(
        lambda: suggest_what_waits(now),
        "moderation.actions.suggest._earlier",
        lambda: withdraw(thread, by=alice, now=now),
    ) == [None, None]


def test_withdrawing_what_a_moderator_steps_back_from(crossing, alice, mia, mo, now):
    thread = make.thread(author=alice, now=now)
    item = make.item(thread)
    assert_none_failed(
        crossing.of(
            lambda: step_back(item, by=mia, now=now),
            HEAD_IS_MOVED,
            lambda: withdraw(thread, by=alice, now=now),
        )
    )


def test_words_sent_while_others_are_removed_are_not_overwritten(
    crossing, published_thread, alice, mia, mo, now
):
    body = "She came to the climbing gym again, and I said nothing of dinner at all."
    returned = make.post(published_thread, "clarification", state="returned", by=mia, now=now, body=body)
    asked = ask_to_redact(published_thread, "climbing", make.REASON, hidden=False, by=mia, now=now)
    anew = "We met at the climbing wall once more, and this is what I said to her there."
    outcomes = crossing.of(
        lambda: redact(asked, by=mo, now=now),
        "moderation.actions.redact._without",
        lambda: resubmit(returned, make.text(anew), by=alice, now=now),
    )
    assert_none_failed(outcomes)
    returned.refresh_from_db()
    assert returned.body.startswith("She came" if outcomes[1] else "We met")


STOPS = pytest.mark.parametrize("stopped_at", ["forum.lifecycle.move", "moderation.intake.enqueue"])


@STOPS
def test_sending_a_question_again_while_returning_it_is_undone(crossing, alice, mia, now, stopped_at):
    thread = make.thread("returned", author=alice, by=mia, now=now)
    item = QueueItem.objects.get()
    assert_none_failed(
        crossing.of(
            lambda: resubmit_question(make.question(thread), make.draft(), by=alice, now=now),
            stopped_at,
            lambda: undo(item, by=mia, now=now),
        )
    )
    assert QueueItem.objects.waiting().count() == 1


@STOPS
@pytest.mark.parametrize("kind", ["question", "clarification"])
def test_withdrawing_what_is_sent_again_leaves_nothing_to_decide(crossing, alice, mia, now, stopped_at, kind):
    if kind == "question":
        thread = make.thread("returned", author=alice, by=mia, now=now)
        deed = partial(resubmit_question, make.question(thread), make.draft(), by=alice, now=now)
    else:
        thread = make.thread("published", author=alice, by=mia, now=now)
        returned = make.post(thread, "clarification", state="returned", by=mia, now=now)
        deed = partial(resubmit, returned, make.text(WORDS), by=alice, now=now)
    assert_none_failed(
        crossing.of(deed, stopped_at, lambda: withdraw(Thread.objects.get(), by=alice, now=now))
    )
    assert not QueueItem.objects.waiting().exists()
    assert not Post.objects.exclude(state="withdrawn", body="").exists()
