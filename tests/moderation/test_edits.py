"""Edits at the desk: read as a difference, decided like any other text, by who is not party to the thread."""

from datetime import timedelta

import pytest

from accounts.access import NotAllowed, Refused
from forum.actions.edit import take_back_edit
from forum.lifecycle import IllegalMove
from forum.models import Edit, Event, Post, Wording
from forum.notices import fanout
from moderation.actions.claim import claim
from moderation.actions.decide import TextChanged, decline, hold, publish, return_to_author
from moderation.actions.page import page_about_what_waits
from moderation.actions.propose import propose
from moderation.actions.redact import ask_to_redact, redact
from moderation.actions.undo import undo
from moderation.models import AuditEvent, Decision, QueueItem
from moderation.rules import Party
from tests import make, typed
from tests.forum import recount

BETTER = f"{make.BODY} She has never been my client since."


@pytest.fixture
def item(anonymous_thread, now) -> QueueItem:
    return make.edit(make.question(anonymous_thread), title="May we be friends by now?", body=BETTER, now=now)


def test_a_claim_keeps_colleagues_out_and_who_is_party_decides_nothing(published_thread, item, mia, mo, now):
    claim(item, by=mia, now=now)
    with pytest.raises(Refused, match="Mia is reading"):
        publish(item, version=item.version, by=mo, now=now)
    own = make.thread("published", author=mo, by=mia, now=now)
    with pytest.raises(Party):
        claim(make.edit(make.question(own), body=BETTER, now=now), by=mo, now=now)


def test_held_it_stays_in_the_queue_and_goes_on_being_held_when_its_author_changes_it(item, mia, now):
    hold(item, "Waiting for a second opinion.", version=item.version, by=mia, now=now)
    assert Edit.objects.get().state == "held"
    assert Post.objects.get().state == "published"
    again = make.edit(Post.objects.get(), body=f"{BETTER} Twice.", now=now)
    assert (again, Edit.objects.get().state) == (item, "held")
    publish(again, version=again.version, by=mia, now=now)
    assert Post.objects.get().body.endswith("Twice.")
    assert [event.kind for event in AuditEvent.objects.filter(by=mia, kind__startswith="edit.")] == [
        "edit.held",
        "edit.published",
    ]


def test_one_that_waits_long_is_told_to_a_second_moderator(item, mia, now):
    page_about_what_waits(now + timedelta(days=2))
    told = Event.objects.get(happening="waiting")
    assert told.post == item.post
    inbox = make.signed_in(told.notices.get().account)
    notice = told.notices.get()
    assert inbox.get(f"/inbox/{notice.pk}/")["Location"] == item.get_absolute_url()


@pytest.mark.parametrize("deed", [return_to_author, decline])
def test_undoing_puts_it_back_as_it_was_unless_its_author_was_quicker(item, mia, now, deed):
    deed(item, "Please leave out the year.", version=item.version, by=mia, now=now)
    fanout.tell_all()
    undo(item, by=mia, now=now)
    edit = Edit.objects.get()
    assert (edit.state, edit.note, edit.body) == ("pending", "", BETTER)
    assert not Event.objects.filter(happening__startswith="edit").exists()
    item.refresh_from_db()
    assert (item.decided, item.holder) == (False, mia)
    deed(item, "Please leave out the year.", version=item.version, by=mia, now=now)
    take_back_edit(item.post, by=item.post.persona, now=now)
    with pytest.raises(Refused, match="taken the edit back"):
        undo(item, by=mia, now=now)
    make.edit(item.post, body=BETTER, now=now)
    with pytest.raises(IllegalMove):
        undo(item, by=mia, now=now)


def test_words_that_are_removed_since_the_decision_keep_it(anonymous_thread, mia, mo, now):
    item = make.edit(make.question(anonymous_thread), body=f"{BETTER} She is {typed.CANARY}.", now=now)
    return_to_author(item, "Please leave out the year.", version=item.version, by=mia, now=now)
    redact(
        ask_to_redact(anonymous_thread, typed.CANARY, make.REASON, hidden=False, by=mia, now=now),
        by=mo,
        now=now,
    )
    with pytest.raises(Refused, match="changed after the decision"):
        undo(item, by=mia, now=now)


def test_what_a_colleague_decided_about_the_next_words_stands(item, mia, mo, now):
    return_to_author(item, "Please leave out the gym.", version=item.version, by=mia, now=now)
    again = make.edit(Post.objects.get(), body=f"{BETTER} Twice.", now=now)
    return_to_author(again, "Leave out the town, too.", version=again.version, by=mo, now=now)
    with pytest.raises(Refused, match="decided about this again"):
        undo(item, by=mia, now=now)
    assert Edit.objects.get().note == "Leave out the town, too."


def test_published_it_can_not_be_undone_and_neither_can_the_text_itself_any_more(alice, mia, now):
    thread = make.thread(author=alice, now=now)
    first = make.item(thread)
    publish(first, version=1, by=mia, now=now)
    item = make.edit(make.question(thread), body=BETTER, now=now)
    with pytest.raises(Refused, match="edited this meanwhile"):
        undo(first, by=mia, now=now)
    publish(item, version=item.version, by=mia, now=now)
    with pytest.raises(NotAllowed, match="kept nowhere"):
        undo(item, by=mia, now=now)
    with pytest.raises(Refused, match="edited this meanwhile"):
        undo(first, by=mia, now=now)
    assert Decision.objects.count() == 2
    recount.check()


def test_it_is_not_published_with_a_moderators_changes(item, mia, now):
    with pytest.raises(NotAllowed):
        propose(item, Edit.objects.get().wording, "", version=item.version, by=mia, now=now)


def test_words_that_are_removed_leave_what_waits_as_well(anonymous_thread, alice, mia, mo, now):
    item = make.edit(make.question(anonymous_thread), body=f"{BETTER} She is {typed.CANARY}.", now=now)
    read = item.version
    asked = ask_to_redact(anonymous_thread, typed.CANARY, make.REASON, hidden=False, by=mia, now=now)
    redact(asked, by=mo, now=now)
    assert Edit.objects.get().body.endswith("She is [removed].")
    assert Event.objects.filter(happening="redacted", post=item.post).count() == 1
    with pytest.raises(TextChanged):
        publish(item, version=read, by=mia, now=now)
    item.refresh_from_db()
    publish(item, version=item.version, by=mia, now=now)
    assert Post.objects.get().body.endswith("She is [removed].")


def test_where_two_have_to_agree_an_edit_takes_two_and_nothing_is_proposed(alice, mia, mo, now, settings):
    settings.TWO_MODERATORS_TOPICS = ["friendship-after-termination"]
    thread = make.thread(author=alice, now=now)
    waiting = make.item(thread)
    with pytest.raises(NotAllowed, match="Two moderators"):
        propose(waiting, Wording(BETTER, make.TITLE), "", version=1, by=mia, now=now)
    for by in (mia, mo):
        publish(waiting, version=1, by=by, now=now)
    item = make.edit(make.question(thread), body=BETTER, now=now)
    publish(item, version=item.version, by=mia, now=now)
    assert make.question(thread).body == make.BODY
    changed = make.edit(make.question(thread), body=f"{BETTER} Twice.", now=now)
    publish(changed, version=changed.version, by=mo, now=now)  # the first to agree to these words
    assert make.question(thread).body == make.BODY
    publish(changed, version=changed.version, by=mia, now=now)
    assert make.question(thread).body.endswith("Twice.")


class TestPages:
    def test_the_list_counts_it_as_a_kind_of_its_own(self, item, pending_item, mia):
        desk = make.signed_in(mia)
        listed = desk.get("/moderation/queue/?kind=edit").content.decode()
        assert item.get_absolute_url() in listed
        assert pending_item.get_absolute_url() not in listed

    def test_its_page_shows_the_difference_to_eyes_and_ears(self, item, mia):
        desk, page = make.signed_in(mia), item.get_absolute_url()
        shown = desk.get(page).content.decode()
        assert '<ins><span class="unseen"> [added: </span> She has never been my client since.' in shown
        assert "<del>" in shown
        assert "What is asked" not in shown
        desk.post(f"{page}claim/")
        assert "Publish it with changes" not in desk.get(page).content.decode()
        answer = desk.post(f"{page}publish/", {"version": item.version})
        assert answer["Location"].endswith("/may-we-be-friends-by-now/")
        assert "undo" not in desk.cookies
        assert "Undo it" not in desk.get(page).content.decode()

    @pytest.mark.parametrize("deed", ["return", "decline"])
    def test_what_came_back_is_read_by_its_author_alone(self, item, bob, mia, deed):
        desk, page = make.signed_in(mia), item.get_absolute_url()
        desk.post(f"{page}claim/")
        note = {f"{deed}-version": item.version, f"{deed}-note": "Please leave out the year."}
        assert desk.post(f"{page}{deed}/", note)["Location"] == "/moderation/queue/"
        assert "Undo it" in desk.get(page).content.decode()
        bobs = make.signed_in(bob)
        tools = bobs.get("/my/anonymous/").context["mine"][0].url
        shown = bobs.get(tools).content.decode()
        assert "Please leave out the year." in shown
        assert f"{BETTER}</textarea>" in shown
        public = bobs.get(item.thread.get_absolute_url()).content.decode()
        assert "Please leave out" not in public
        assert "has never been my client since" not in public
