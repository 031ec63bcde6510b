"""Editing: the old words stay up until a moderator agrees, and no reader ever meets both."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.access import NotAllowed, TooMany
from accounts.models import Account
from forum import search
from forum.actions.edit import IN_AN_HOUR, NothingChanged, edit, edit_consultation, take_back_edit
from forum.actions.leave import leave
from forum.actions.withdraw import withdraw
from forum.lifecycle import IllegalMove
from forum.models import Edit, Event, Post, Thread, ThreadMark, Wording
from forum.notices import fanout
from forum.silence import Muted, NamePaused
from moderation.actions.decide import decline, publish, return_to_author
from moderation.actions.merge import merge
from moderation.actions.sanction import sanction
from moderation.actions.silence import mute
from moderation.actions.threads import close, hide
from moderation.models import AuditEvent, QueueItem
from tests import make, typed
from tests.forum import recount
from tests.forum.test_withdraw import places_of
from tests.pages import masked

BETTER = f"{make.BODY} She has never been my client since."
REPLY = f"{make.REPLY} And write it down."


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def thread(request, alice, mia, now) -> Thread:
    return make.thread("published", author=alice, anonymous=request.param, by=mia, now=now)


def read(thread: Thread) -> str:
    return Client().get(Thread.objects.get(pk=thread.pk).get_absolute_url()).content.decode()


def agree(item: QueueItem, mia, now) -> None:
    publish(item, version=item.version, by=mia, now=now)


def test_the_old_text_stays_up_until_a_moderator_agrees(thread, mia, now):
    question = make.question(thread)
    before = masked(Client().get(thread.get_absolute_url()))
    item = make.edit(question, title="May we be friends by now?", body=BETTER, now=now)
    assert masked(Client().get(thread.get_absolute_url())) == before
    question.refresh_from_db()
    assert (question.body, question.state, question.version) == (make.BODY, "published", 1)
    assert (item.kind, item.decided, item.urgent) == ("edit", False, False)
    assert AuditEvent.objects.last().kind == "edit.submitted"
    assert AuditEvent.objects.last().by is None


def test_publishing_it_puts_the_new_words_everywhere(thread, mia, now):
    later = now + timedelta(days=2)
    old = thread.get_absolute_url()
    item = make.edit(
        make.question(thread), title="May we be gardeners together?", body=f"A {BETTER}", now=now
    )
    agree(item, mia, later)
    thread, question = Thread.objects.get(), make.question(thread)
    assert (thread.title, thread.slug) == ("May we be gardeners together?", "may-we-be-gardeners-together")
    assert thread.excerpt.startswith("A I finished")
    assert (question.body, question.version) == (f"A {BETTER}", 2)
    assert BETTER in question.html
    assert question.edited_hour == later.replace(minute=0)
    assert (thread.hour, question.hour, question.position) == (question.hour, question.hour, 1)
    page = read(thread)
    assert f'edited <time datetime="{later.date()}">' in page
    assert make.TITLE not in page
    assert Client().get(old)["Location"] == thread.get_absolute_url()
    assert "gardeners" in Client().get("/search/?q=gardeners").content.decode()
    assert thread.title not in Client().get("/search/?q=former").content.decode()
    feed = Client().get("/feeds/threads.atom").content.decode()
    assert "never been my client since" in feed
    assert f"<updated>{later:%Y-%m-%dT%H}:00:00+00:00</updated>" in feed
    assert not Edit.objects.exists()
    recount.check()


@pytest.mark.parametrize("kind", ["clarification", "update", "perspective"])
@pytest.mark.parametrize("state", ["published", "closed"])
def test_any_other_text_of_an_author_is_edited_alike(thread, vera, mia, now, kind, state):
    extra = {"outcomes": ["repaired"]} if kind == "update" else {}
    post = make.post(thread, kind, by=mia, author=vera if kind == "perspective" else None, now=now, **extra)
    if state == "closed":
        close(thread, make.REASON, by=mia, now=now)
    item = make.edit(post, body=REPLY, now=now)
    assert REPLY not in read(thread)
    agree(item, mia, now)
    post.refresh_from_db()
    assert (post.body, post.outcomes) == (REPLY, extra.get("outcomes", []))
    assert REPLY in read(thread)
    recount.check()


@pytest.mark.django_db(transaction=True)  # the index is cleared outside of transactions
def test_of_the_words_that_were_replaced_nothing_is_kept(alice, mia, now):
    words = {"body": f"{make.BODY} I call her {typed.CANARY}.", "asking": f"What of {typed.CANARY}?"}
    thread = make.thread("published", author=alice, anonymous=True, by=mia, now=now, **words)
    agree(make.edit(make.question(thread), body=BETTER, asking="What now?", now=now), mia, now)
    search.purge()
    assert places_of(typed.CANARY) == set()


def test_of_an_edit_that_is_taken_back_nothing_is_kept(thread, mia, now):
    question = make.question(thread)
    item = make.edit(question, body=f"{BETTER} {typed.CANARY}", now=now)
    return_to_author(item, f"Who is {typed.CANARY}?", version=item.version, by=mia, now=now)
    assert places_of(typed.CANARY) == {"forum_edit", "moderation_decision"}
    take_back_edit(question, by=make.opener(thread), now=now)
    assert places_of(typed.CANARY) == set()
    assert AuditEvent.objects.last().kind == "edit.withdrawn"
    with pytest.raises(IllegalMove):
        take_back_edit(question, by=make.opener(thread), now=now)


def test_a_second_edit_takes_the_place_of_the_first_and_no_moderator_decides_about_what_they_did_not_read(
    thread, mia, now
):
    item = make.edit(make.question(thread), body=BETTER, now=now)
    read_version = item.version
    assert make.edit(make.question(thread), body=f"{BETTER} Twice.", now=now) == item
    with pytest.raises(Exception, match="changed this text meanwhile"):
        publish(item, version=read_version, by=mia, now=now)
    item.refresh_from_db()
    agree(item, mia, now)
    assert make.question(thread).body.endswith("Twice.")
    assert list(AuditEvent.objects.filter(kind__startswith="edit.").values_list("kind", flat=True)) == [
        "edit.submitted",
        "edit.changed",
        "edit.published",
    ]


@pytest.mark.parametrize("deed", [return_to_author, decline])
def test_one_that_was_not_published_can_be_changed_and_sent_again(thread, mia, now, deed):
    item = make.edit(make.question(thread), body=BETTER, now=now)
    deed(item, "Please leave out the year.", version=item.version, by=mia, now=now)
    kept = Edit.objects.get()
    assert kept.state == ("returned" if deed is return_to_author else "declined")
    assert (kept.note, kept.body) == ("Please leave out the year.", BETTER)
    assert make.question(thread).body == make.BODY
    again = make.edit(make.question(thread), body=f"{BETTER} Not this year.", now=now)
    assert again != item
    kept.refresh_from_db()
    assert (kept.state, kept.note) == ("pending", "")
    assert list(Event.objects.filter(happening__startswith="edit").values_list("happening", flat=True)) == [
        "editback" if deed is return_to_author else "editno"
    ]


def test_in_a_thread_that_was_merged_it_is_still_not_found(thread, mia, now):
    item = make.edit(make.question(thread), body=f"{BETTER} {typed.CANARY}", now=now)
    merge(thread, make.thread("published", by=mia, now=now), by=mia, now=now)
    agree(item, mia, now)
    assert typed.CANARY in read(thread)
    assert thread.public_id not in Client().get(f"/search/?q={typed.CANARY}").content.decode()


def test_the_author_alone_hears_what_became_of_it(thread, alice, vera, mia, now):
    make.post(thread, "perspective", author=vera, by=mia, now=now)
    fanout.tell_all()
    agree(make.edit(make.question(thread), body=BETTER, now=now), mia, now)
    fanout.tell_all()
    told = Event.objects.get(happening="edited").notices.get()
    assert (told.account, told.persona) == (thread.author, make.question(thread).persona)


def test_nobody_else_edits_a_text(thread, alice, bob, mia, now):
    other = make.thread("published", author=bob, anonymous=True, by=mia, now=now)
    others = [bob, mia, make.opener(other), *([alice] if thread.author is None else [])]
    for by in others:
        with pytest.raises(NotAllowed):
            edit(make.question(thread), Wording(BETTER, make.TITLE), seen="1.0", by=by, now=now)
        with pytest.raises(NotAllowed):
            take_back_edit(make.question(thread), by=by, now=now)
    assert not Edit.objects.exists()


def test_only_what_is_public_is_edited_and_only_by_who_may_write(thread, mia, now):
    question, by = make.question(thread), make.opener(thread)
    if thread.author is None:
        mute(by, by=mia, now=now)
        refusal = Muted
    else:
        sanction(by, "pause", make.REASON, hours=72, by=mia, now=now)
        refusal = NamePaused
    with pytest.raises(refusal):
        make.edit(question, body=BETTER, now=now)


def test_what_is_hidden_is_not_edited_and_an_edit_that_waits_is_not_published(thread, mia, now):
    item = make.edit(make.question(thread), body=BETTER, now=now)
    hide(thread, make.REASON, by=mia, now=now)
    with pytest.raises(IllegalMove):
        make.edit(make.question(thread), body=f"{BETTER} Again.", now=now)
    with pytest.raises(IllegalMove, match="hidden or withdrawn meanwhile"):
        agree(item, mia, now)
    assert make.question(thread).body == make.BODY
    decline(item, "It is hidden.", version=item.version, by=mia, now=now)
    recount.check()


def test_words_that_stand_there_already_and_an_old_page_are_refused(thread, now):
    question = make.question(thread)
    with pytest.raises(NothingChanged):
        make.edit(question, body=make.BODY, now=now)
    with pytest.raises(IllegalMove, match="changed meanwhile"):
        edit(question, Wording(BETTER, make.TITLE), seen="7.0", by=make.opener(thread), now=now)


def test_a_text_is_edited_so_often_an_hour_taking_back_included(thread, now):
    question, by = make.question(thread), make.opener(thread)
    for number in range(IN_AN_HOUR // 2):
        make.edit(question, body=f"{BETTER} {number}", now=now)
        make.edit(question, body=f"{BETTER} {number}!", now=now)
        take_back_edit(question, by=by, now=now)
    with pytest.raises(TooMany):
        make.edit(question, body=BETTER, now=now)
    make.edit(question, body=BETTER, now=now + timedelta(hours=1))


def test_a_personas_dashes_and_quotes_are_made_plain(anonymous_thread, mia, now):
    agree(make.edit(make.question(anonymous_thread), body=f"{make.BODY} “Yes” — no…", now=now), mia, now)
    assert make.question(anonymous_thread).body.endswith('"Yes" - no...')


def test_withdrawing_the_thread_takes_its_edits_along(thread, vera, mia, now):
    view = make.post(thread, "perspective", author=vera, by=mia, now=now)
    make.edit(view, body=REPLY, now=now)
    item = make.edit(make.question(thread), body=f"{BETTER} {typed.CANARY}", now=now)
    return_to_author(item, f"Who is {typed.CANARY}?", version=item.version, by=mia, now=now)
    make.edit(make.question(thread), body=f"{BETTER} {typed.CANARY}!", now=now)
    withdraw(thread, by=make.opener(thread), now=now)
    assert places_of(typed.CANARY) == set()
    assert not QueueItem.objects.waiting().exists()
    theirs = Edit.objects.get()
    assert (theirs.post, theirs.state, theirs.body) == (view, "declined", REPLY)
    assert Event.objects.filter(happening="editno", post=view).exists()


def test_leaving_the_board_takes_back_edits_under_the_name_and_no_others(alice, mia, now):
    named = make.thread("published", author=alice, by=mia, now=now)
    persona = make.thread("published", author=alice, anonymous=True, by=mia, now=now)
    for thread in (named, persona):
        make.edit(make.question(thread), body=f"{BETTER} {typed.CANARY}", now=now)
    leave(alice, keep_name=True, now=now)
    assert [edit.post.thread for edit in Edit.objects.all()] == [persona]
    assert [item.thread for item in QueueItem.objects.waiting()] == [persona]
    assert make.question(named).body == make.BODY


class TestConsultations:
    def test_its_author_changes_it_at_once(self, consultation, mo, now):
        later = now + timedelta(days=1)
        also = {"aspects": ["legal"], "contingent_on": "Colorado law", "red_flag": ""}
        edit_consultation(consultation, Wording(REPLY), also, seen="1.0", by=mo, now=later)
        consultation.refresh_from_db()
        assert (consultation.body, consultation.aspects, consultation.version) == (REPLY, ["legal"], 2)
        assert consultation.edited_hour == later.replace(minute=0)
        event = AuditEvent.objects.last()
        assert (event.kind, event.by, event.about) == ("consultation.edited", mo, str(consultation))
        assert not QueueItem.objects.waiting().exists()
        assert ThreadMark.objects.get().value == "legal"
        assert "Colorado law" in read(consultation.thread)
        recount.check()

    def test_nobody_else_does_and_not_in_vain(self, consultation, alice, mia, mo, now):
        also = {"aspects": [], "contingent_on": "", "red_flag": ""}
        for by in (alice, mia):
            with pytest.raises(NotAllowed):
                edit_consultation(consultation, Wording(REPLY), also, seen="1.0", by=by, now=now)
        with pytest.raises(NothingChanged):
            edit_consultation(consultation, Wording(make.REPLY), also, seen="1.0", by=mo, now=now)
        with pytest.raises(IllegalMove):
            edit_consultation(consultation, Wording(REPLY), also, seen="7.0", by=mo, now=now)
        Account.objects.filter(pk=mo.pk).update(is_moderator=False)
        former = Account.objects.get(pk=mo.pk)
        with pytest.raises(NotAllowed):
            edit_consultation(consultation, Wording(REPLY), also, seen="1.0", by=former, now=now)

    def test_it_is_changed_among_ones_own_tools(self, consultation, mo):
        browser, page = make.signed_in(mo), f"/my/threads/{consultation.thread.public_id}/"
        assert "Publish the changes" in browser.get(page).content.decode()
        form = {"deed": "edit", "post": str(consultation.pk), "seen": "1.0", "body": REPLY}
        assert browser.post(page, form).status_code == 422  # no kind of help was chosen
        assert browser.post(page, {**form, "aspects": ["legal"]})["Location"] == page
        assert REPLY in read(consultation.thread)


class TestPages:
    @pytest.fixture
    def tools(self, thread, alice) -> tuple[Client, str]:
        browser = make.signed_in(alice)
        if thread.author:
            return browser, f"/my/threads/{thread.public_id}/"
        listed = browser.get("/my/anonymous/").context["mine"]
        return browser, listed[0].url

    def form(self, post: Post, **changes) -> dict:
        words = {"title": make.TITLE, "body": BETTER, "asking": ""}
        return {"deed": "edit", "post": str(post.pk), "seen": "1.0", **words, **changes}

    def test_it_is_sent_changed_and_taken_back_where_the_authors_tools_are(self, thread, tools):
        (browser, page), question = tools, make.question(thread)
        assert "Edit this question" in browser.get(page).content.decode()
        assert browser.post(page, self.form(question))["Location"] == "/ask/sent/"
        shown = browser.get(page).content.decode()
        assert "<ins>" in shown
        assert "waiting for a moderator" in shown
        sent = Edit.objects.get()
        assert browser.post(page, self.form(question)).status_code == 303  # pressed twice
        assert Edit.objects.get().version == sent.version
        changed = self.form(question, seen=f"1.{sent.version}", body=f"{BETTER} Twice.")
        assert browser.post(page, changed).status_code == 303
        assert Edit.objects.get().body.endswith("Twice.")
        back = {"deed": "drop-edit", "post": str(question.pk)}
        assert browser.post(page, back)["Location"] == page
        assert not Edit.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "complaint"),
        [
            ({"body": "Short."}, "at least 120 characters"),
            ({"title": ""}, "Please write your question in one line."),
            ({"body": make.BODY}, "These are the words that stand there already"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
        self, thread, tools, changes, complaint
    ):
        (browser, page), question = tools, make.question(thread)
        answer = browser.post(page, self.form(question, **changes))
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert complaint in shown
        assert 'aria-invalid="true"' in shown
        assert changes.get("body", BETTER) + "</textarea>" in shown

    def test_an_old_form_keeps_what_was_typed(self, thread, tools):
        (browser, page), question = tools, make.question(thread)
        answer = browser.post(page, self.form(question, seen="9.9", asking=typed.CANARY))
        assert answer.status_code == 409
        assert typed.CANARY in answer.content.decode()

    def test_of_a_text_of_others_and_of_no_text_there_is_no_page(self, thread, tools, vera, mia):
        view = make.post(thread, "perspective", author=vera, by=mia)
        browser, page = tools
        for post in (str(view.pk), "nothing", ""):
            form = {**self.form(view), "post": post}
            assert browser.post(page, form).status_code == 404

    def test_it_works_by_code_where_a_thread_has_no_link(self, alice, mia):
        code = "ABCDEFGHIJKLMNOPQRSTUVWXYE"
        thread = make.thread("published", author=alice, code=code, by=mia)
        browser, question = Client(), make.question(thread)
        page = browser.post("/return/", {"code": code}).content.decode()
        assert "Edit this question" in page
        answer = browser.post("/return/", {**self.form(question), "code": code})
        assert answer.status_code == 200
        assert "A moderator reads it before" in answer.content.decode()
        assert Edit.objects.get().body == BETTER
        back = {"deed": "drop-edit", "post": str(question.pk), "code": code}
        assert browser.post("/return/", back).status_code == 200
        assert not Edit.objects.exists()
