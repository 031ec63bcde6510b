"""Publishing with changes: the author agrees first, and until then nothing is public and nothing lost."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.access import NotAllowed
from forum import search
from forum.actions.edit import NothingChanged
from forum.actions.proposal import accept, refuse
from forum.actions.revise import resubmit_question
from forum.actions.withdraw import withdraw
from forum.lifecycle import IllegalMove
from forum.models import Edit, Event, Kind, Notice, Post, Thread
from forum.notices import fanout
from forum.silence import Muted
from moderation.actions.decide import publish, return_to_author
from moderation.actions.silence import mute
from moderation.actions.undo import undo
from moderation.models import AuditEvent, Decision, QueueItem
from tests import make, typed
from tests.forum import recount
from tests.forum.test_withdraw import places_of
from tests.moderation.test_undo import state_of_the_board
from tests.races import at_once

PLAIN = make.BODY.replace("the climbing gym", "a place we both go to")


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def thread(request, alice, now) -> Thread:
    """Waiting for a moderator."""
    return make.thread(author=alice, anonymous=request.param, now=now)


def kinds() -> list[str]:
    events = AuditEvent.objects.exclude(kind__in=["question.submitted", "author.vouched-for"])
    return list(events.values_list("kind", flat=True))


def test_nothing_is_public_until_the_author_agrees(thread, mia, now):
    proposal = make.proposal(thread, title="May we be friends?", body=PLAIN, note="The gym.", by=mia, now=now)
    thread, question = Thread.objects.get(), make.question(thread)
    assert (thread.state, thread.title) == ("returned", make.TITLE)
    assert (question.state, question.body, question.note) == ("returned", make.BODY, "The gym.")
    assert Client().get(thread.get_absolute_url()).status_code == 404
    decision = Decision.objects.get()
    assert (decision.verdict, decision.by, decision.version) == ("propose", mia, 1)
    accept(question, version=proposal.version, by=make.opener(thread), now=now + timedelta(hours=3))
    thread, question = Thread.objects.get(), make.question(thread)
    assert (thread.state, thread.title) == ("published", "May we be friends?")
    assert thread.slug == "may-we-be-friends"
    assert (question.state, question.body, question.version) == ("published", PLAIN, 2)
    assert (question.note, question.edited_hour) == ("", None)
    assert "a place we both go to" in thread.excerpt
    assert kinds() == ["question.reworded", "question.rewording-accepted"]
    assert not Edit.objects.exists()
    assert "May we be friends?" in Client().get("/search/?q=place").content.decode()
    recount.check()


@pytest.mark.parametrize("kind", ["clarification", "update", "perspective"])
def test_any_later_text_is_published_with_changes_alike(alice, vera, mia, now, kind):
    thread = make.thread("published", author=alice, anonymous=True, by=mia, now=now)
    extra = {"outcomes": ["repaired"]} if kind == "update" else {}
    author = vera if kind == "perspective" else None
    post = make.post(thread, kind, author=author, state="pending", now=now, **extra)
    proposal = make.proposal(post, body=f"{make.REPLY} Kindly.", by=mia, now=now)
    accept(post, version=proposal.version, by=post.author or post.persona, now=now)
    post.refresh_from_db()
    assert (post.state, post.body, post.position) == ("published", f"{make.REPLY} Kindly.", 2)
    recount.check()


def test_refused_it_waits_again_in_its_authors_words_with_what_they_say(thread, mia, mo, now):
    proposal = make.proposal(thread, body=PLAIN, by=mia, now=now)
    question, by = make.question(thread), make.opener(thread)
    refuse(question, "The place matters — a lot.", version=proposal.version, by=by, now=now)
    question.refresh_from_db()
    assert (question.state, question.body, question.version) == ("pending", make.BODY, 1)
    item = make.item(thread)
    refused = item.edit
    assert (refused.state, refused.proposed) == ("declined", True)
    assert refused.note == f"The place matters {'—' if thread.author else '-'} a lot."
    again = make.proposal(thread, body=f"{PLAIN} Really.", by=mo, now=now)
    assert (again.note, again.state) == ("", "pending")
    with pytest.raises(IllegalMove):
        accept(question, version=proposal.version, by=by, now=now)
    accept(question, version=again.version, by=by, now=now)
    assert make.question(thread).body.endswith("Really.")
    assert kinds() == [
        "question.reworded",
        "question.rewording-refused",
        "question.reworded",
        "question.rewording-accepted",
    ]


def test_a_refused_proposal_goes_when_the_text_is_published(thread, mia, now):
    proposal = make.proposal(thread, body=f"{PLAIN} {typed.CANARY}", by=mia, now=now)
    refuse(make.question(thread), "", version=proposal.version, by=make.opener(thread), now=now)
    publish(make.item(thread), version=1, by=mia, now=now)
    assert make.question(thread).body == make.BODY
    assert places_of(typed.CANARY) == set()


def test_the_author_hears_of_it_as_of_a_return(thread, alice, mia, now):
    make.proposal(thread, body=PLAIN, by=mia, now=now)
    fanout.tell_all()
    notice = Notice.objects.get(event__happening="proposed")
    assert (notice.account, notice.persona) == (thread.author, make.question(thread).persona)
    browser = make.signed_in(alice)
    lists = "/my/threads/" if thread.author else "/my/anonymous/"
    assert browser.get(f"/inbox/{notice.pk}/")["Location"] == lists


def test_only_its_author_answers_and_only_while_they_may_write(thread, bob, mia, now):
    proposal = make.proposal(thread, body=PLAIN, by=mia, now=now)
    question, version = make.question(thread), proposal.version
    for by in (bob, mia):
        with pytest.raises(NotAllowed):
            accept(question, version=version, by=by, now=now)
        with pytest.raises(NotAllowed):
            refuse(question, "", version=version, by=by, now=now)
    if question.persona:
        mute(question.persona, by=mia, now=now)
        with pytest.raises(Muted):
            accept(question, version=version, by=question.persona, now=now)
    assert make.question(thread).state == "returned"


def test_words_that_stand_there_already_are_no_proposal(thread, mia, now):
    with pytest.raises(NothingChanged):
        make.proposal(thread, by=mia, now=now)
    assert make.question(thread).state == "pending"
    assert not Decision.objects.exists()


def test_undone_it_waits_as_it_did_unless_the_author_has_answered(thread, mia, now):
    before, item = state_of_the_board(), make.item(thread)
    make.proposal(thread, body=PLAIN, note="The gym.", by=mia, now=now)
    fanout.tell_all()
    undo(item, by=mia, now=now)
    assert state_of_the_board() == before
    assert not Edit.objects.exists()
    proposal = make.proposal(thread, body=PLAIN, by=mia, now=now)
    accept(make.question(thread), version=proposal.version, by=make.opener(thread), now=now)
    with pytest.raises(IllegalMove):
        undo(item, by=mia, now=now)


def test_words_that_were_taken_back_are_not_what_its_author_agrees_to(thread, mia, now):
    item, question = make.item(thread), make.question(thread)
    read = make.proposal(thread, body=PLAIN, by=mia, now=now)
    undo(item, by=mia, now=now)
    make.proposal(thread, body=f"{PLAIN} Others.", by=mia, now=now)
    with pytest.raises(IllegalMove):
        accept(question, version=read.version, by=make.opener(thread), now=now)
    assert make.question(thread).state == "returned"


def test_who_writes_their_text_anew_leaves_the_proposal_behind(alice, mia, now):
    thread = make.thread(author=alice, now=now)
    proposal = make.proposal(thread, body=PLAIN, by=mia, now=now)
    resubmit_question(make.question(thread), make.draft(), by=alice, now=now)
    assert not Edit.objects.exists()
    with pytest.raises(IllegalMove):
        accept(make.question(thread), version=proposal.version, by=alice, now=now)


@pytest.mark.django_db(transaction=True)
def test_withdrawn_meanwhile_its_words_are_in_no_table(alice, mia, now):
    thread = make.thread(author=alice, anonymous=True, body=f"{make.BODY} {typed.CANARY}", now=now)
    make.proposal(thread, body=f"{PLAIN} {typed.CANARY}", note=f"Who is {typed.CANARY}?", by=mia, now=now)
    withdraw(thread, by=make.opener(thread), now=now)
    search.purge()
    assert places_of(typed.CANARY) == set()


@pytest.mark.django_db(transaction=True)
def test_agreed_to_twice_at_once_it_is_published_once(alice, mia, now):
    thread = make.thread(author=alice, now=now)
    proposal = make.proposal(thread, body=PLAIN, by=mia, now=now)
    done = []

    def agree(number: int) -> None:
        try:
            accept(make.question(thread), version=proposal.version, by=alice, now=now)
            done.append(number)
        except IllegalMove:
            pass

    at_once(4, agree)
    assert len(done) == 1
    assert Event.objects.filter(happening="thread").count() == 1
    recount.check()


class TestPages:
    @pytest.fixture
    def tools(self, thread, alice) -> tuple[Client, str]:
        browser = make.signed_in(alice)
        if thread.author:
            return browser, f"/my/threads/{thread.public_id}/"
        return browser, browser.get("/my/anonymous/").context["mine"][0].url

    def proposed(self, thread: Thread, mia, **changes) -> None:
        desk, page = make.signed_in(mia), make.item(thread).get_absolute_url()
        desk.post(f"{page}claim/")
        form = {"propose-version": "1", "propose-title": make.TITLE, "propose-body": PLAIN}
        form |= {"propose-asking": "", "propose-note": "The gym is known.", **changes}
        assert desk.post(f"{page}propose/", form)["Location"] == "/moderation/queue/"
        assert "Undo it" in desk.get(page).content.decode()

    def test_it_is_proposed_read_and_agreed_to(self, thread, tools, mia):
        self.proposed(thread, mia)
        browser, page = tools
        shown = browser.get(page).content.decode()
        assert "The gym is known." in shown
        assert "<ins>" in shown
        assert "Send it again" not in shown
        form = {
            "deed": "accept",
            "post": str(make.question(thread).pk),
            "version": Edit.objects.get().version,
        }
        assert browser.post(page, {**form, "version": "7"}).status_code == 409
        assert browser.post(page, form)["Location"] == page
        assert make.question(thread).body == PLAIN

    def test_it_is_refused_with_words_that_moderators_read(self, thread, tools, mia):
        self.proposed(thread, mia)
        browser, page = tools
        form = {
            "deed": "refuse",
            "post": str(make.question(thread).pk),
            "version": Edit.objects.get().version,
        }
        too_long = browser.post(page, {**form, "words": "long " * 300})
        assert too_long.status_code == 422
        assert "long long long" in too_long.content.decode()
        assert browser.post(page, {**form, "words": "The place matters."})["Location"] == "/ask/sent/"
        read = make.signed_in(mia).get(make.item(thread).get_absolute_url()).content.decode()
        assert "Changes that the author did not agree to" in read
        assert "The place matters." in read
        assert "the climbing gym" in read

    def test_by_code_as_well(self, alice, mia):
        code = "ABCDEFGHIJKLMNOPQRSTUVWXYE"
        thread = make.thread(author=alice, code=code)
        proposal = make.proposal(thread, title="May we be friends by now?", body=PLAIN, by=mia)
        browser = Client()
        assert "with some changes" in browser.post("/return/", {"code": code}).content.decode()
        form = {"deed": "accept", "post": str(make.question(thread).pk), "version": proposal.version}
        form["code"] = code
        answer = browser.post("/return/", form)
        assert "<h1>May we be friends by now?</h1>" in answer.content.decode()
        assert make.question(thread).state == "published"

    @pytest.mark.parametrize(
        ("changes", "complaint"),
        [
            ({"propose-body": "Short."}, "at least 120 characters"),
            ({"propose-body": make.BODY}, "Nothing is changed so far"),
        ],
    )
    def test_what_is_wrong_with_it_is_said_and_nothing_typed_is_lost(
        self, pending_item, mia, changes, complaint
    ):
        desk, page = make.signed_in(mia), pending_item.get_absolute_url()
        desk.post(f"{page}claim/")
        form = {"propose-version": "1", "propose-title": make.TITLE, "propose-note": typed.CANARY}
        answer = desk.post(f"{page}propose/", {**form, **changes})
        assert answer.status_code == 422
        assert complaint in answer.content.decode()
        assert typed.CANARY in answer.content.decode()

    def test_after_the_hold_ran_out_the_moderators_words_are_kept(self, pending_item, mia, mo, now):
        desk, page = make.signed_in(mia), pending_item.get_absolute_url()
        make.signed_in(mo).post(f"{page}claim/")
        form = {"propose-version": "1", "propose-title": make.TITLE, "propose-body": typed.CANARY}
        answer = desk.post(f"{page}propose/", form)
        assert answer.status_code == 409
        assert typed.CANARY in answer.content.decode()


def test_a_returned_text_beside_a_proposal_has_its_own_form(alice, mia, now):
    thread = make.thread("published", author=alice, by=mia, now=now)
    for number in (1, 2):
        make.post(thread, "clarification", state="pending", body=f"{number}: {make.REPLY}", now=now)
    first, second = Post.objects.filter(kind=Kind.CLARIFICATION).order_by("body")
    make.proposal(first, body=f"{make.REPLY} Kindly.", by=mia, now=now)
    item = QueueItem.objects.waiting().get(post=second)
    return_to_author(item, "Please say when.", version=1, by=mia, now=now)
    shown = make.signed_in(alice).get(f"/my/threads/{thread.public_id}/").content.decode()
    assert "Please say when." in shown
    assert "with some changes" in shown
    assert f'name="post" value="{second.pk}"' in shown
