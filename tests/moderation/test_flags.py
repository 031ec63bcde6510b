"""Flags at the desk: one item for what members say of a text, upheld or dismissed."""

import pytest

from accounts.access import NotAllowed, Refused
from forum import lifecycle
from forum.actions.flag import flag
from forum.models import Flag, Notice, Post, Reason, Thread
from forum.notices import fanout
from forum.notices.inbox import Inbox
from forum.states import State
from moderation.actions.claim import claim
from moderation.actions.decide import TextChanged, decline, hold, publish, return_to_author
from moderation.actions.flags import Then, dismiss, uphold
from moderation.actions.redact import ask_to_redact, redact
from moderation.actions.threads import hide, unhide
from moderation.actions.undo import undo
from moderation.models import AuditEvent, QueueItem
from tests import make
from tests.forum import recount

WHY = "It names the gym and the day."


@pytest.fixture
def flags(published_thread, carol, now) -> QueueItem:
    """Carol says that somebody can be recognised in Alice's question, which is therefore hidden."""
    flag(make.question(published_thread), Reason.IDENTIFIES, "The gym!", at_once=True, account=carol, now=now)
    return QueueItem.objects.waiting().get()


@pytest.fixture
def about_reply(published_thread, mo, carol, now) -> QueueItem:
    """The same of Mo's reply."""
    reply = make.post(published_thread, author=mo, now=now)
    flag(reply, Reason.IDENTIFIES, "The gym!", at_once=True, account=carol, now=now)
    return QueueItem.objects.waiting().get()


def thread() -> Thread:
    return Thread.objects.get()


def decided(item: QueueItem, deed, *words, by, now) -> None:
    deed(item, *words, version=QueueItem.objects.get(pk=item.pk).version, by=by, now=now)
    fanout.tell_all()


def heard(account) -> list[str]:
    return [notice.event.happening for notice in Inbox(account).notices.order_by("pk")]


def test_dismissed_the_thread_is_shown_as_it_was(flags, mo, carol, client, now):
    decided(flags, dismiss, "The gym is a chain.", by=mo, now=now)
    assert client.get(thread().get_absolute_url()).status_code == 200
    assert heard(carol) == ["dismissed"]
    recount.check()


def test_upheld_the_thread_stays_hidden_with_the_reason_for_its_author(flags, mo, alice, carol, client, now):
    decided(flags, uphold, Then.HIDE, WHY, by=mo, now=now)
    assert (thread().state, thread().hidden_because) == (State.HIDDEN, WHY)
    assert heard(carol) == ["upheld"]
    client.force_login(alice)
    assert WHY in client.get(f"/my/threads/{thread().public_id}/").content.decode()
    recount.check()


def test_upheld_by_closing_the_thread_can_be_read_again(flags, mo, client, now):
    decided(flags, uphold, Then.CLOSE, WHY, by=mo, now=now)
    assert thread().state == State.CLOSED
    assert WHY in client.get(thread().get_absolute_url()).content.decode()
    recount.check()


def test_upheld_after_it_was_put_right_the_thread_is_shown(flags, mo, carol, now):
    decided(flags, uphold, Then.KEEP, WHY, by=mo, now=now)
    assert thread().state == State.PUBLISHED
    assert heard(carol) == ["upheld"]


def test_a_flag_that_hid_nothing_may_be_upheld_by_hiding(published_thread, mo, carol, now):
    flag(make.question(published_thread), Reason.UNKIND, account=carol, now=now)
    decided(QueueItem.objects.waiting().get(), uphold, Then.HIDE, WHY, by=mo, now=now)
    assert thread().hidden_because == WHY


@pytest.mark.parametrize(("deed", "words", "state"), [
    (dismiss, ["It is fine."], State.PUBLISHED),
    (uphold, [Then.KEEP, WHY], State.PUBLISHED),
    (uphold, [Then.CLOSE, WHY], State.PUBLISHED),
    (uphold, [Then.HIDE, WHY], State.HIDDEN),
])  # fmt: skip
def test_a_hidden_reply_follows_the_decision(about_reply, mia, now, deed, words, state):
    decided(about_reply, deed, *words, by=mia, now=now)
    reply = Post.objects.get(kind="consultation")
    assert (reply.state, reply.note) == (state, WHY if state == State.HIDDEN else "")
    assert thread().consultation_count == (state == State.PUBLISHED)
    recount.check()


def test_a_moderator_shows_a_hidden_reply_again(about_reply, mia, client, now):
    decided(about_reply, uphold, Then.HIDE, WHY, by=mia, now=now)
    client.force_login(mia)
    assert WHY in client.get(f"/moderation/threads/{thread().public_id}/").content.decode()
    address = f"/moderation/posts/{about_reply.post_id}/show/"
    assert client.post(address).status_code == 303
    assert Post.objects.get(pk=about_reply.post_id).state == State.PUBLISHED
    assert client.post(address).status_code == 409
    recount.check()


def test_what_a_moderator_hid_meanwhile_stays_hidden(flags, mo, now):
    unhide(thread(), by=mo, now=now)
    hide(thread(), "For another reason.", by=mo, now=now)
    decided(flags, dismiss, "It is fine.", by=mo, now=now)
    assert thread().hidden_because == "For another reason."


def test_who_flagged_hears_without_any_text_and_nobody_else_hears(flags, mo, alice, carol, dave, client, now):
    decided(flags, dismiss, "It is fine.", by=mo, now=now)
    assert set(heard(alice)) == {"published", "hidden", "shown"}
    assert heard(dave) == []
    client.force_login(carol)
    inbox = client.get("/inbox/").content.decode()
    assert "it stays" in inbox
    assert make.TITLE not in inbox
    assert client.get("/inbox/since/0/").json()["notices"][0]["title"] == ""
    notice = Notice.objects.exclude(flag=None).get()
    assert (notice.account, notice.persona) == (None, None)
    assert client.get(f"/inbox/{notice.pk}/").headers["Location"].startswith("/threads/")


def test_a_notice_of_what_stays_hidden_leads_back_to_the_inbox(flags, mo, carol, client, now):
    decided(flags, uphold, Then.HIDE, WHY, by=mo, now=now)
    client.force_login(carol)
    notice = Notice.objects.exclude(flag=None).get()
    assert client.get(f"/inbox/{notice.pk}/").headers["Location"] == "/inbox/"


def test_nobody_else_opens_that_notice(flags, mo, dave, client, now):
    decided(flags, uphold, Then.HIDE, WHY, by=mo, now=now)
    client.force_login(dave)
    assert client.get(f"/inbox/{Notice.objects.exclude(flag=None).get().pk}/").status_code == 404


def test_a_flag_that_comes_meanwhile_is_read_before_it_is_decided(flags, published_thread, mo, dave, now):
    read = flags.version
    unhide(thread(), by=mo, now=now)
    flag(make.question(published_thread), Reason.UNSAFE, account=dave, now=now)
    with pytest.raises(TextChanged):
        dismiss(flags, "It is fine.", version=read, by=mo, now=now)
    assert Flag.objects.open().count() == 2


def test_who_wrote_the_text_under_their_name_does_not_decide(about_reply, mo, now):
    with pytest.raises(NotAllowed):
        claim(about_reply, by=mo, now=now)
    with pytest.raises(NotAllowed):
        dismiss(about_reply, "Mine is fine.", version=about_reply.version, by=mo, now=now)


def test_a_moderator_who_flagged_it_is_met_like_any_other(published_thread, mo, mia, client, now):
    """Whoever were kept from it would be known to have flagged it (leak 13)."""
    flag(make.question(published_thread), Reason.UNKIND, account=mo, now=now)
    item = QueueItem.objects.waiting().get()
    pages = []
    for moderator in (mo, mia):
        client.force_login(moderator)
        page = client.get(item.get_absolute_url()).content.decode()
        pages.append(page[page.index("<main") : page.index("</main")].split("csrfmiddlewaretoken")[0])
    assert pages[0] == pages[1]
    decided(item, dismiss, "It is fine.", by=mo, now=now)


@pytest.mark.parametrize("deed", [publish, return_to_author, decline])
def test_decisions_about_texts_do_not_fit_flags(flags, mo, now, deed):
    words = [] if deed is publish else ["Not this way, please."]
    with pytest.raises(NotAllowed):
        deed(flags, *words, version=flags.version, by=mo, now=now)
    assert thread().state == State.HIDDEN


def test_decisions_about_flags_do_not_fit_texts(pending_item, mo, now):
    with pytest.raises(NotAllowed):
        dismiss(pending_item, "It is fine.", version=1, by=mo, now=now)


def test_a_hidden_reply_is_not_published_a_second_time(about_reply, now):
    from forum.publishing import make_public

    with pytest.raises(lifecycle.IllegalMove):
        make_public(about_reply.post, now=now)


def test_held_it_keeps_waiting_and_the_text_as_it_is(flags, mo, now):
    hold(flags, "Ask a lawyer.", version=flags.version, by=mo, now=now)
    assert QueueItem.objects.waiting().get().hold_reason == "Ask a lawyer."
    assert thread().state == State.HIDDEN


def test_everything_is_in_the_record_without_texts_and_without_who_flagged(flags, mo, now):
    decided(flags, dismiss, "The gym is a chain.", by=mo, now=now)
    events = AuditEvent.objects.order_by("seq").values_list("kind", "by__display_name")
    assert list(events)[-4:] == [
        ("post.flagged", None),
        ("thread.hidden-by-flags", None),
        ("flag.dismissed", "Mo"),
        ("thread.shown", "Mo"),
    ]


def test_the_words_of_a_flag_go_with_the_decision(flags, mo, now):
    decided(flags, dismiss, "It is fine.", by=mo, now=now)
    assert Flag.objects.get().words == ""


def test_the_item_shows_text_and_reasons_and_the_decision_is_made_there(flags, mo, client, now):
    client.force_login(mo)
    listed = client.get("/moderation/queue/?kind=flag&urgency=urgent").content.decode()
    assert flags.get_absolute_url() in listed
    client.post(f"{flags.get_absolute_url()}claim/")
    page = client.get(flags.get_absolute_url()).content.decode()
    main = page[page.index("<main") : page.index("</main")]
    for shown in ("Flagged by 1 member", "Somebody could be recognised", "The gym!", "climbing gym"):
        assert shown in main
    for hidden in ("Alice", "Carol"):
        assert hidden not in main
    address = f"{flags.get_absolute_url()}uphold/"
    typed = {"uphold-version": flags.version, "uphold-reason": WHY}
    short = client.post(address, typed)
    assert short.status_code == 422
    assert WHY in short.content.decode()
    assert client.post(address, {**typed, "uphold-then": "hide"}).status_code == 303
    assert thread().hidden_because == WHY
    assert client.post(address, {**typed, "uphold-then": "hide"}).status_code == 409


def test_a_stale_decision_comes_back_with_what_was_typed(flags, mo, client):
    client.force_login(mo)
    client.post(f"{flags.get_absolute_url()}claim/")
    stale = {"dismiss-version": 1, "dismiss-reason": "The gym is a chain."}
    answer = client.post(f"{flags.get_absolute_url()}dismiss/", stale)
    assert answer.status_code == 409
    assert "The gym is a chain." in answer.content.decode()
    assert Flag.objects.open().exists()


def test_a_decision_about_flags_is_not_undone_and_a_flagged_publication_neither(flags, mia, mo, now):
    published = QueueItem.objects.get(kind="question")
    unhide(thread(), by=mo, now=now)
    with pytest.raises(Refused):
        undo(published, by=mia, now=now)
    decided(flags, dismiss, "It is fine.", by=mo, now=now)
    with pytest.raises(NotAllowed):
        undo(flags, by=mo, now=now)
    assert thread().state == State.PUBLISHED


def test_removed_words_leave_what_members_wrote_about_the_text(flags, mia, mo, now):
    asked = ask_to_redact(thread(), "The gym", "It can be found.", hidden=False, by=mo, now=now)
    redact(asked, by=mia, now=now)
    assert "gym" not in Flag.objects.get().words


def test_what_flags_hid_is_shown_again_although_words_of_the_reason_were_removed(flags, mia, mo, now):
    asked = ask_to_redact(thread(), "Somebody", "It can be found.", hidden=False, by=mo, now=now)
    redact(asked, by=mia, now=now)
    decided(QueueItem.objects.waiting().get(), dismiss, "It is fine.", by=mo, now=now)
    assert (thread().state, thread().hidden_because) == (State.PUBLISHED, "")
