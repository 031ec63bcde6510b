"""Redacting: the words leave every store, by two moderators and never by one; nobody else's words go."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from accounts.access import NotAllowed, Refused
from accounts.actions.appoint import appoint, dismiss
from accounts.actions.employers import declare_employers
from forum.actions.edit import edit
from forum.actions.withdraw import withdraw
from forum.lifecycle import IllegalMove
from forum.models import Happening, Notice, Post, Thread, Wording
from forum.notices import fanout
from moderation.actions.claim import claim, hand_over
from moderation.actions.decide import TextChanged, hold, publish
from moderation.actions.redact import AlreadyAsked, Settled, ask_to_redact, redact, refuse_redaction
from moderation.actions.threads import close, reopen
from moderation.models import AuditEvent, Decision, QueueItem, Redaction
from moderation.rules import Party, SameEmployer
from tests import make
from tests.forum import recount
from tests.races import at_once

NAME = "Quokka Marsupial"
WHY = "It told who the client is, and that is nobody's to know here."
GONE = re.compile("quokka|marsupial", re.IGNORECASE)
PUBLIC = ["/", "/feeds/threads.atom", "/search/?q=climbing", "/search/?q=marsupial"]


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def thread(request, alice, vera, mia, mo, now) -> Thread:
    """The name stands in each field that a person writes in, also in what waits and what was declined."""
    made = make.thread(
        author=alice,
        anonymous=request.param,
        now=now,
        title=f"Dinner with {NAME}, who was my client",
        asking=f"May I dine with {NAME}?",
        body=f"{make.BODY}\n\n> {NAME.replace(' ', chr(10) + '> ')} said so, and **{NAME}** laughed.",
    )
    item = make.item(made)
    claim(item, by=mo, now=now)
    hand_over(item, mia, f"Is {NAME} a real name?", by=mo, now=now)
    hold(item, f"Waits for the one who knows {NAME}.", version=1, by=mia, now=now)
    publish(item, version=1, by=mia, now=now)
    thread = Thread.objects.get(pk=made.pk)
    tess = make.moderator("Tess")
    make.post(thread, author=tess, aspects=["legal"], now=now, red_flag=f"Ring {NAME}.", contingent_on=NAME)
    make.post(thread, "clarification", state="declined", by=mia, now=now, body=f"{make.REPLY} {NAME}")
    make.post(thread, "perspective", author=vera, state="pending", now=now, body=f"{make.REPLY} {NAME}")
    make.post(thread, "update", by=mia, now=now, outcomes=["repaired"])
    Post.objects.filter(kind="clarification").update(note=f"Leave out {NAME}.")
    Decision.objects.filter(item__post__kind="clarification").update(note=f"Leave out {NAME}.")
    close(thread, f"All is said of {NAME}.", by=mia, now=now)
    Thread.objects.filter(pk=thread.pk).update(hidden_because=f"{NAME} again")
    return Thread.objects.get(pk=made.pk)


def asked_of(thread: Thread, *, by, now, hidden: bool = False, words: str = NAME) -> Redaction:
    return ask_to_redact(thread, words, WHY, hidden=hidden, by=by, now=now)


def stored() -> dict[str, str]:
    """Every row of the main database that holds a part of the name, by table."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label == "anonymity":
            continue
        rows = str(list(model._default_manager.using("default").values()))
        if GONE.search(rows):
            found[model._meta.label] = rows
    return found


def test_the_words_leave_every_store(client, thread, alice, mia, mo, now):
    before = set(thread.posts.values_list("pk", "state", "hour", "position"))
    assert {"forum.Thread", "forum.Post", "forum.SearchEntry", "moderation.Decision"} <= set(stored())
    for address in (*PUBLIC, thread.get_absolute_url()):
        client.get(address)  # which keeps it for visitors
    asked = asked_of(thread, by=mia, now=now)
    assert "moderation.Redaction" in stored()
    redact(asked, by=mo, now=now + timedelta(hours=3))
    assert stored() == {}
    thread = Thread.objects.get()
    assert thread.title == "Dinner with [removed], who was my client"
    assert thread.slug == "dinner-with-removed-who-was-my-client"
    assert thread.asking == "May I dine with [removed]?"
    assert thread.excerpt.startswith("I finished with this client")
    assert (
        "[removed] said so, and <strong>[removed]</strong> laughed." in thread.posts.get(kind="question").html
    )
    assert set(thread.posts.values_list("pk", "state", "hour", "position")) == before
    for browser in (client, make.signed_in(mia), make.signed_in(alice)):
        for address in (*PUBLIC[:3], thread.get_absolute_url()):
            page = browser.get(address).content.decode()
            assert "[removed]" in page
            assert not GONE.search(page)
        assert thread.public_id not in browser.get(PUBLIC[3]).content.decode()
    event = AuditEvent.objects.last()
    assert (event.kind, event.by, event.about) == ("thread.redacted", mo, str(thread))
    recount.check()


def test_other_threads_keep_the_words(thread, mia, mo, now):
    other = make.thread("published", by=mo, title=f"Another of the name of {NAME}", now=now)
    redact(asked_of(thread, by=mia, now=now), by=mo, now=now)
    assert Thread.objects.get(pk=other.pk).title == other.title
    assert set(stored()) == {"forum.Thread", "forum.SearchEntry"}


class TestWhoseWordsTheyAre:
    @pytest.fixture
    def asked(self, published_thread, mia, mo, now) -> Redaction:
        make.post(published_thread, author=mo, body=f"{make.REPLY} {NAME}", now=now)
        return asked_of(published_thread, by=mia, now=now)

    def test_who_wrote_them_under_a_name_neither_agrees_nor_refuses(self, asked, mo, client, now):
        for deed in (redact, refuse_redaction):
            with pytest.raises(Party):
                deed(asked, by=mo, now=now)
        client.force_login(mo)
        page = client.get(f"/moderation/threads/{asked.thread.public_id}/").content.decode()
        assert "Words to remove, for a colleague" in page
        assert "Leave the words" not in page
        assert "Close the thread" in page
        redact(asked, by=make.moderator(), now=now)

    def test_nor_who_declares_the_same_employer(self, asked, mo, now):
        tess = make.moderator("Tess")
        for who in (mo, tess):
            declare_employers(["A clinic"], by=who, now=now)
        with pytest.raises(SameEmployer):
            refuse_redaction(asked, by=tess, now=now)

    def test_nor_whose_edit_that_waits_has_them(self, published_thread, vera, mia, mo, now):
        view = make.post(published_thread, "perspective", author=vera, by=mo, now=now)
        make.edit(view, body=f"{make.REPLY} {NAME}", now=now)
        appoint(vera, "moderator", now=now)
        with pytest.raises(Party):
            redact(asked_of(published_thread, by=mia, now=now), by=vera, now=now)

    def test_who_wrote_another_text_does(self, published_thread, consultation, mia, mo, now):
        refuse_redaction(asked_of(published_thread, by=mia, words="climbing", now=now), by=mo, now=now)

    def test_of_anonymous_ones_nobody_is_kept(self, published_thread, mia, now):
        tess, body = make.account("Tess", is_verified=True), f"{make.REPLY} {NAME}"
        make.post(published_thread, "perspective", author=tess, anonymous=True, by=mia, body=body, now=now)
        appoint(tess, "moderator", now=now)
        redact(asked_of(published_thread, by=mia, now=now), by=tess, now=now)

    def test_who_asked_takes_it_back_all_the_same(self, published_thread, alice, mia, client, now):
        asked = asked_of(published_thread, by=mia, words="climbing", now=now)
        for who in (alice, mia):
            declare_employers(["A clinic"], by=who, now=now)
        client.force_login(mia)
        page = client.get(f"/moderation/threads/{published_thread.public_id}/").content.decode()
        assert "Take it back" in page
        refuse_redaction(asked, by=mia, now=now)


def test_nothing_goes_before_a_second_moderator_has_agreed(thread, mia, mo, now):
    asked = asked_of(thread, by=mia, now=now)
    before = stored()
    with pytest.raises(NotAllowed):
        redact(asked, by=mia, now=now)
    assert stored() == before
    refuse_redaction(asked, by=mo, now=now)
    with pytest.raises(Settled):
        redact(asked, by=mo, now=now)
    assert Redaction.objects.get().words == ""
    [told] = Notice.objects.filter(event__happening=Happening.NOT_AGREED)
    assert told.account == mia
    told.event.delete()
    del before["moderation.Redaction"]
    assert stored() == before


def test_who_asked_can_take_it_back(thread, mia, mo, now):
    asked = asked_of(thread, by=mia, now=now)
    with pytest.raises(AlreadyAsked):
        asked_of(thread, by=mo, now=now)
    refuse_redaction(asked, by=mia, now=now)
    assert not Notice.objects.filter(event__happening=Happening.NOT_AGREED)
    redact(asked_of(thread, by=mo, now=now), by=mia, now=now)
    assert stored() == {}


@pytest.mark.parametrize("who", ["carol", "vera", "admin", "alice"])
def test_only_moderators_redact(request, published_thread, mia, now, who):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        asked_of(published_thread, by=person, now=now)
    asked = asked_of(published_thread, by=mia, now=now, words="climbing")
    for deed in (redact, refuse_redaction):
        with pytest.raises(NotAllowed):
            deed(asked, by=person, now=now)


def test_no_moderator_redacts_what_they_asked_under_their_name_and_nobody_knows_of_the_anonymous(
    mia, mo, now
):
    own = make.thread("published", author=mia, by=mo, now=now)
    with pytest.raises(NotAllowed):
        asked_of(own, by=mia, now=now)
    asked = asked_of(own, by=mo, now=now, words="climbing")
    with pytest.raises(NotAllowed):
        redact(asked, by=mia, now=now)
    hidden = make.thread("published", author=mia, anonymous=True, by=mo, now=now)
    redact(asked_of(hidden, by=mo, now=now, words="climbing"), by=mia, now=now)
    assert "climbing" not in hidden.posts.get().body


@pytest.mark.parametrize("state", ["pending", "returned", "declined", "withdrawn"])
def test_only_what_was_published_is_redacted(alice, mia, now, state):
    with pytest.raises(Refused):
        asked_of(make.thread(state, author=alice, by=mia, now=now), by=mia, now=now)


def test_a_thread_can_be_hidden_until_then_and_is_redacted_all_the_same(client, thread, mia, mo, now):
    asked = asked_of(thread, by=mia, now=now, hidden=True)
    assert client.get(thread.get_absolute_url()).status_code == 404
    assert Thread.objects.get().hidden_because == WHY
    redact(asked, by=mo, now=now)
    assert stored() == {}
    assert Thread.objects.get().state == "hidden"


def test_a_decision_about_the_text_as_it_was_is_refused(thread, mia, mo, now):
    waiting = QueueItem.objects.waiting().get()
    version = waiting.post.version
    reopen(thread, by=mia, now=now)
    redact(asked_of(thread, by=mia, now=now), by=mo, now=now)
    with pytest.raises(TextChanged):
        publish(waiting, version=version, by=mia, now=now)
    publish(waiting, version=version + 1, by=mia, now=now)
    assert stored() == {}


def test_an_authors_open_form_does_not_bring_a_title_back(alice, mia, mo, now):
    thread = make.thread("published", author=alice, by=mia, title=f"May {NAME} and I be friends?", now=now)
    question = Post.objects.select_related("thread").get()
    read = Wording.of(question)
    redact(asked_of(thread, by=mia, now=now), by=mo, now=now)
    with pytest.raises(IllegalMove):
        edit(question, replace(read, body=f"{make.BODY} Well."), seen="1.0", by=alice, now=now)
    assert stored() == {}


def test_who_is_no_moderator_any_more_is_not_one_of_the_two(client, thread, mia, mo, admin, now):
    asked = asked_of(thread, by=mia, now=now)
    dismiss(mia, by=admin, now=now)
    with pytest.raises(NotAllowed, match="no moderator any more"):
        redact(asked, by=mo, now=now)
    client.force_login(mo)
    page = client.get(f"/moderation/threads/{thread.public_id}/").content.decode()
    assert "They are no moderator any more" in page
    assert "Remove them for good" not in page
    refuse_redaction(asked, by=mo, now=now)
    assert asked_of(thread, by=mo, now=now)


def test_whoever_wrote_the_words_hears_of_it_and_reads_why(thread, alice, mia, mo, now):
    update = thread.posts.get(kind="update")
    redact(asked_of(thread, by=mia, now=now), by=mo, now=now)
    fanout.tell_all()
    told = Notice.objects.filter(event__happening="redacted")
    assert {notice.event.post.kind for notice in told} == {
        "question",
        "clarification",
        "perspective",
        "consultation",
    }
    assert update.pk not in {notice.event.post_id for notice in told}
    author = make.signed_in(alice)
    place = f"/my/threads/{thread.public_id}/"
    if not thread.author:
        place = re.search(r"/my/anonymous/[0-9a-f]{32}/", author.get("/my/anonymous/").content.decode())[0]
    page = author.get(place).content.decode()
    assert WHY.replace("'", "&#x27;") in page
    notice = told.get(event__post__kind="question")
    mine = "/my/threads/" if thread.author else "/my/anonymous/"
    assert author.get(f"/inbox/{notice.pk}/")["Location"] == mine


def test_withdrawing_drops_what_was_asked_and_every_reason(thread, mia, mo, now):
    redact(asked_of(thread, by=mia, now=now), by=mo, now=now)
    asked_of(thread, by=mia, now=now, words="climbing")
    withdraw(thread, by=make.opener(thread), now=now)
    assert list(Redaction.objects.values_list("state", "words", "reason")) == [("done", "", "")]


def test_of_what_was_withdrawn_meanwhile_no_words_are_asked_for(published_thread, alice, mia, now):
    withdraw(Thread.objects.get(), by=alice, now=now)
    with pytest.raises(Refused, match="published"):
        asked_of(published_thread, by=mia, now=now, words="climbing")
    assert not Redaction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_settle_at_once_one_does(published_thread, mia, mo, now):
    asked = asked_of(published_thread, by=mia, now=now, words="climbing")
    deeds = [(redact, mo), (refuse_redaction, make.moderator())]

    def settle(number: int) -> bool:
        deed, by = deeds[number]
        try:
            deed(Redaction.objects.get(pk=asked.pk), by=by, now=now)
        except Settled:
            return False
        return True

    assert sorted(at_once(2, settle)) == [False, True]
    removed = "climbing" not in Post.objects.get().body
    assert removed == (Redaction.objects.get().state == "done")


class TestPages:
    @pytest.fixture
    def desk(self, published_thread, mia, mo):
        self.page = f"/moderation/threads/{published_thread.public_id}/"
        return make.signed_in(mia), make.signed_in(mo)

    def ask(self, browser: Client, **changes):
        fields = {"words": "climbing gym", "reason": WHY, "hidden": "on"}
        return browser.post(f"{self.page}redact/", {**fields, **changes})

    def test_one_asks_and_another_agrees(self, desk, published_thread):
        mias, mos = desk
        assert make.BODY[:40] in mias.get(f"{self.page}redact/").content.decode()
        assert self.ask(mias)["Location"] == f"{self.page}#redaction"
        assert "1 thread with words to remove" in mos.get("/moderation/queue/").content.decode()
        assert f"{self.page}#redaction" in mos.get("/moderation/redactions/").content.decode()
        seen = mos.get(self.page).content.decode()
        assert "Mia asks to remove words" in seen
        assert "<q>climbing gym</q>" in seen
        assert "They stand in: Question." in seen
        own = mias.get(self.page).content.decode()
        agree = re.search(r"/moderation/redactions/[0-9a-f-]{36}/agree/", seen)[0]
        assert agree not in own
        assert mias.post(agree).status_code == 403
        # Still hidden, it is to be shown again by whoever agreed.
        assert mos.post(agree)["Location"] == f"{self.page}#show"
        assert 'id="show"' in mos.get(self.page).content.decode()
        assert "Words removed: Mo" in mias.get(self.page).content.decode()
        assert "climbing gym" not in Post.objects.get().body
        assert mos.post(agree).status_code == 409
        assert self.page not in mos.get("/moderation/redactions/").content.decode()
        assert "with words to remove" not in mos.get("/moderation/queue/").content.decode()

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            ("", "which words are to be removed"),
            ("so", "too short"),
            ("climbing gym\nhang-gliding", "“hang-gliding” is nowhere in this thread"),
            ("\n".join(["climbing"] * 21), "at most 20 passages"),
        ],
    )
    def test_what_can_not_be_removed_is_said_beside_the_field(self, desk, words, says):
        answer = self.ask(desk[0], words=words)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert says in page
        assert WHY.replace("'", "&#x27;") in page
        assert words in page
        assert not Redaction.objects.exists()

    def test_words_held_apart_by_formatting_are_refused(self, desk, published_thread):
        post = Post.objects.get()
        changed = post.body.replace("climbing gym", "**climb**ing gym") + " The climbing gym is closed."
        Post.objects.update(body=changed)
        page = self.ask(desk[0]).content.decode()
        assert "Signs of formatting stand between" in page

    def test_the_reason_does_not_repeat_the_words(self, desk):
        page = self.ask(desk[0], reason="The climbing gym is known to everybody.").content.decode()
        assert "The reason repeats words" in page
