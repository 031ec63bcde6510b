"""Undoing: all is as before the decision, for whoever decided, unless something came of it meanwhile."""

from datetime import timedelta

import pytest

from accounts.access import NotAllowed, Refused
from forum.actions.proposal import refuse
from forum.actions.revise import resubmit_question
from forum.actions.withdraw import withdraw
from forum.lifecycle import IllegalMove
from forum.models import Event, Notice, Post, Standing, Tag, Thread
from forum.notices import fanout
from moderation.actions.claim import claim, hand_over
from moderation.actions.decide import decline, hold, publish, return_to_author
from moderation.actions.undo import KEPT_WITH_NOTES, forget_notes, undo
from moderation.models import AuditEvent, Decision, QueueItem
from tests import make, typed
from tests.forum import recount
from tests.races import at_once

VERDICTS = ["publish", "return", "decline"]


def decide(verdict: str, item: QueueItem, *, by, now, version: int = 1) -> None:
    if verdict == "publish":
        publish(item, version=version, by=by, now=now)
    else:
        deed = {"return": return_to_author, "decline": decline}[verdict]
        deed(item, "Please leave out the gym.", version=version, by=by, now=now)
    fanout.tell_all()


def state_of_the_board() -> dict:
    counts = ("reply_count", "update_count", "last_position")
    return {
        "threads": list(Thread.objects.values("pk", "state", *counts).order_by("pk")),
        "posts": list(Post.objects.values("pk", "state", "hour", "position", "note").order_by("pk")),
        "items": list(QueueItem.objects.values("pk", "decided", "hour", "urgent").order_by("pk")),
        "tags": list(Tag.objects.values("slug", "thread_count").order_by("pk")),
        "told": (Event.objects.count(), Notice.objects.count(), Decision.objects.count()),
        "standings": Standing.objects.count(),
    }


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("anonymous", [False, True])
def test_a_question_waits_again_as_it_did(alice, mia, now, verdict, anonymous):
    thread = make.thread(author=alice, anonymous=anonymous, now=now)
    before, item = state_of_the_board(), make.item(thread)
    decide(verdict, item, by=mia, now=now + timedelta(hours=2))
    undo(item, by=mia, now=now + timedelta(hours=2, minutes=5))
    assert state_of_the_board() == before
    assert QueueItem.objects.get().holder == mia
    assert AuditEvent.objects.last().kind.startswith("question.not-")
    recount.check()
    decide("publish", QueueItem.objects.get(), by=mia, now=now + timedelta(hours=3))
    recount.check()
    assert Notice.objects.filter(event__happening="published").count() == 1


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("kind", ["update", "perspective", "clarification"])
def test_a_later_text_waits_again_and_leaves_no_count_behind(alice, vera, mia, mo, now, verdict, kind):
    thread = make.thread("published", author=alice, by=mo, now=now)
    make.post(thread, author=mo, aspects=["legal"], now=now)
    author = {"author": vera} if kind == "perspective" else {}
    extra = {"outcomes": ["repaired"]} if kind == "update" else {}
    post = make.post(thread, kind, state="pending", now=now, **author, **extra)
    fanout.tell_all()
    before, item = state_of_the_board(), make.item(post)
    decide(verdict, item, by=mia, now=now + timedelta(days=1))
    undo(item, by=mia, now=now + timedelta(days=1))
    assert state_of_the_board() == before
    recount.check()


def test_only_whoever_decided_undoes_it_and_only_once(pending_item, mia, mo, now):
    decide("decline", pending_item, by=mia, now=now)
    with pytest.raises(NotAllowed):
        undo(pending_item, by=mo, now=now)
    undo(pending_item, by=mia, now=now)
    with pytest.raises(Refused):
        undo(pending_item, by=mia, now=now)


def test_what_was_published_after_it_keeps_it(pending_item, mia, mo, now):
    decide("publish", pending_item, by=mia, now=now)
    make.post(Thread.objects.get(), author=mo, now=now)
    with pytest.raises(IllegalMove, match="published after"):
        undo(pending_item, by=mia, now=now)
    assert Thread.objects.get().state == "published"
    assert Decision.objects.filter(item=pending_item).exists()


def test_what_its_author_did_meanwhile_stands(pending_item, alice, mia, now):
    decide("return", pending_item, by=mia, now=now)
    post = Post.objects.get()
    resubmit_question(post, make.draft(), by=post.author, now=now)
    with pytest.raises(IllegalMove):
        undo(pending_item, by=mia, now=now)
    again = QueueItem.objects.waiting().get()
    decide("decline", again, by=mia, now=now, version=2)
    withdraw(Thread.objects.get(), by=post.author, now=now)
    with pytest.raises(IllegalMove):
        undo(again, by=mia, now=now)


def test_what_a_colleague_decided_about_its_next_version_stands(pending_item, alice, mia, mo, now):
    decide("return", pending_item, by=mia, now=now)
    resubmit_question(Post.objects.get(), make.draft(), by=alice, now=now)
    decide("return", QueueItem.objects.waiting().get(), by=mo, now=now, version=2)
    before = state_of_the_board()
    with pytest.raises(Refused, match="decided about this again"):
        undo(pending_item, by=mia, now=now)
    assert state_of_the_board() == before


@pytest.mark.parametrize("verdict", ["propose", "return"])
def test_so_does_what_one_decided_after_its_author_refused_changes(
    pending_item, alice, mia, mo, now, verdict
):
    proposal = make.proposal(pending_item.post, body=f"{make.BODY} Twice.", by=mia, now=now)
    refuse(Post.objects.get(), "It was once.", version=proposal.version, by=alice, now=now)
    if verdict == "propose":
        make.proposal(pending_item.post, body=f"{make.BODY} Thrice.", by=mo, now=now)
    else:
        decide("return", QueueItem.objects.waiting().get(), by=mo, now=now)
    before = state_of_the_board()
    with pytest.raises(Refused, match="decided about this again"):
        undo(pending_item, by=mia, now=now)
    assert state_of_the_board() == before


@pytest.mark.parametrize("verdict", VERDICTS)
def test_what_colleagues_noted_beside_it_is_there_again(pending_item, mia, mo, now, verdict):
    hold(pending_item, "Waits for the insurer.", version=1, by=mo, now=now)
    claim(pending_item, by=mo, now=now)
    hand_over(pending_item, mia, "Please look at the last sentence.", by=mo, now=now)
    decide(verdict, pending_item, by=mia, now=now)
    forget_notes(now)
    undo(pending_item, by=mia, now=now)
    assert {Thread.objects.get().state, Post.objects.get().state} == {"held"}
    page = make.browser(mia).get(pending_item.get_absolute_url()).content.decode()
    assert "Waits for the insurer." in page
    assert "Please look at the last sentence." in page


def test_so_is_what_its_author_said_about_the_changes_proposed(pending_thread, alice, mia, mo, now):
    proposal = make.proposal(pending_thread, by=mo, body=f"{make.BODY} Elsewhere.", now=now)
    refuse(make.question(pending_thread), "The place matters.", version=proposal.version, by=alice, now=now)
    item = make.item(pending_thread)
    mias, address = make.browser(mia), item.get_absolute_url()
    assert mias.get(address).content.decode().count("The place matters.") == 1
    decide("publish", item, by=mia, now=now)
    assert "The place matters." not in mias.get(address).content.decode()
    undo(item, by=mia, now=now)
    assert mias.get(address).content.decode().count("The place matters.") == 1


NOTES = {"hold_reason": "Waits for the insurer.", "handover_note": "Please look.", "answer": "It matters."}


def notes() -> dict[str, str]:
    return QueueItem.objects.values(*NOTES).get()


def test_they_go_once_it_can_t_be_undone_any_more(pending_item, mia, now):
    QueueItem.objects.update(**NOTES)
    forget_notes(now + timedelta(days=9))
    assert notes() == NOTES
    decide("decline", pending_item, by=mia, now=now)
    forget_notes(now + timedelta(minutes=10))
    assert notes() == NOTES
    forget_notes(now + KEPT_WITH_NOTES)
    assert not any(notes().values())


def test_they_go_at_once_with_what_its_author_withdraws(pending_item, pending_thread, alice, mia, now):
    QueueItem.objects.update(**NOTES)
    decide("publish", pending_item, by=mia, now=now)
    withdraw(Thread.objects.get(), by=alice, now=now)
    assert not any(notes().values())


@pytest.mark.parametrize("state", ["pending", "returned", "declined"])
def test_a_question_under_which_somebody_wrote_stays_public(pending_item, vera, mia, mo, now, state):
    decide("publish", pending_item, by=mia, now=now)
    view = make.post(Thread.objects.get(), "perspective", author=vera, state=state, by=mo, now=now)
    with pytest.raises(IllegalMove, match="written in this thread"):
        undo(pending_item, by=mia, now=now)
    assert Thread.objects.get().state == "published"
    if state == "pending":
        publish(make.item(view), version=1, by=mo, now=now)
    recount.check()


@pytest.mark.django_db(transaction=True)
def test_of_undoing_and_withdrawing_at_once_neither_is_half_done(pending_item, alice, mia, now):
    decide("return", pending_item, by=mia, now=now)

    def deed(number: int) -> None:
        try:
            if number:
                withdraw(Thread.objects.get(), by=alice, now=now)
            else:
                undo(QueueItem.objects.get(), by=mia, now=now)
        except (Refused, QueueItem.DoesNotExist):
            pass

    at_once(2, deed)
    assert Thread.objects.get().state == Post.objects.get().state == "withdrawn"
    assert not QueueItem.objects.waiting().exists()


class TestPages:
    def test_it_is_offered_where_it_was_decided_and_undoes(self, pending_item, mia, mo):
        mias, mos = make.signed_in(mia), make.signed_in(mo)
        page = pending_item.get_absolute_url()
        mias.post(f"{page}claim/")
        mias.post(f"{page}decline/", {"decline-version": "1", "decline-points": "legal"})
        assert f"{page}#decision" in mias.get("/moderation/queue/").content.decode()
        assert "Undo it" in mias.get(page).content.decode()
        assert "Undo it" not in mos.get(page).content.decode()
        assert mos.post(f"{page}undo/").status_code == 409
        assert mias.post(f"{page}undo/")["Location"] == f"{page}#decision"
        assert "You hold this" in mias.get(page).content.decode()
        assert "You have just decided" not in mias.get("/moderation/queue/").content.decode()
        assert mias.post(f"{page}undo/").status_code == 409

    def test_after_ten_minutes_it_is_over(self, pending_item, mia, monkeypatch):
        desk, page = make.signed_in(mia), pending_item.get_absolute_url()
        desk.post(f"{page}claim/")
        desk.post(f"{page}publish/", {"version": "1"})
        cookie = desk.cookies["undo"]
        assert (cookie["max-age"], cookie["path"], cookie["httponly"]) == (600, "/moderation/", True)
        monkeypatch.setattr("django.core.signing.time.time", lambda: make.NOW.timestamp() + 10**9)
        assert "Undo it" not in desk.get(page).content.decode()
        assert desk.post(f"{page}undo/").status_code == 409
        assert Post.objects.get().state == "published"

    def test_the_cookie_of_another_is_no_key(self, pending_item, mia, mo):
        mias, mos = make.signed_in(mia), make.signed_in(mo)
        page = pending_item.get_absolute_url()
        mias.post(f"{page}claim/")
        mias.post(f"{page}return/", {"return-version": "1", "return-note": typed.CANARY + " is a name"})
        mos.cookies["undo"] = mias.cookies["undo"].value
        assert mos.post(f"{page}undo/").status_code == 409
        assert Post.objects.get().state == "returned"
