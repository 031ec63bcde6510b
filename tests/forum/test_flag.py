"""Flags: what a member may report, what it hides, and what comes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.access import TooMany
from anonymity import vault
from anonymity.models import Link
from forum.actions.flag import ENOUGH, MISTAKEN, REMEMBERED, Meanwhile, flag, forget_flags, place_of
from forum.actions.renew import renew_key
from forum.actions.withdraw import withdraw
from forum.models import Flag, Kind, Notice, Post, Reason, SearchEntry, Thread
from forum.notices import fanout
from forum.notices.inbox import Inbox
from forum.states import State
from moderation.models import AuditEvent, QueueItem
from tests import make
from tests.forum import recount

WORDS = "It says where she climbs."


def flagged(post: Post, by, now, reason=Reason.UNSAFE, **more) -> None:
    flag(post, reason, WORDS, account=by, now=now, **more)


def state_of(thing: Post | Thread) -> str:
    return type(thing).objects.get(pk=thing.pk).state


def waiting_flags() -> list[QueueItem]:
    return list(QueueItem.objects.waiting().filter(kind="flag"))


def test_a_privacy_flag_hides_the_whole_thread_of_a_question_at_once(published_thread, carol, client, now):
    flagged(make.question(published_thread), carol, now, Reason.IDENTIFIES, at_once=True)
    assert client.get(published_thread.get_absolute_url()).status_code == 404
    assert make.TITLE not in client.get("/").content.decode()
    assert make.TITLE not in client.get("/feeds/threads.atom").content.decode()
    assert not SearchEntry.objects.exists()
    assert [item.urgent for item in waiting_flags()] == [True]
    recount.check()


def test_a_privacy_flag_of_a_reply_hides_that_reply_alone(published_thread, mo, carol, client, now):
    reply = make.post(published_thread, author=mo, aspects=["legal"], now=now)
    kept = make.post(published_thread, author=mo, aspects=["ethical"], body="Ask what she wants.", now=now)
    flagged(reply, carol, now, Reason.IDENTIFIES, at_once=True)
    page = client.get(published_thread.get_absolute_url()).content.decode()
    assert make.REPLY not in page
    assert kept.body in page
    assert Thread.objects.get().consultation_count == 1
    assert client.get("/?aspect=legal").content.decode().count(make.TITLE) == 0
    recount.check()


def test_a_careful_privacy_flag_is_urgent_and_hides_nothing(published_thread, carol, now):
    flagged(make.question(published_thread), carol, now, Reason.IDENTIFIES)
    assert state_of(published_thread) == State.PUBLISHED
    assert [item.urgent for item in waiting_flags()] == [True]


def test_other_reasons_hide_when_enough_members_gave_them(published_thread, now):
    question = make.question(published_thread)
    for number, member in enumerate([make.account() for _ in range(ENOUGH)], start=1):
        flagged(question, member, now)
        assert (state_of(published_thread) == State.HIDDEN) == (number == ENOUGH)
    assert len(waiting_flags()) == 1
    assert not waiting_flags()[0].urgent


def test_one_member_counts_once_and_may_say_it_anew(published_thread, carol, now):
    question = make.question(published_thread)
    for reason in (Reason.SPAM, Reason.UNKIND, Reason.UNSAFE, Reason.UNSAFE):
        flagged(question, carol, now, reason)
    one = Flag.objects.get()
    assert (one.reason, one.version) == (Reason.UNSAFE, 3)  # the fourth was the third once more
    assert state_of(published_thread) == State.PUBLISHED


def test_there_is_a_limit_for_a_day(published_thread, carol, now, settings):
    settings.FLAGS_A_DAY = 1
    flagged(make.question(published_thread), carol, now)
    with pytest.raises(TooMany):
        flagged(make.question(published_thread), carol, now, Reason.SPAM)
    flagged(make.question(published_thread), carol, now + timedelta(days=1), Reason.SPAM)
    assert Flag.objects.get().reason == Reason.SPAM


def test_what_is_not_public_can_not_be_flagged(pending_thread, carol, now):
    with pytest.raises(Meanwhile):
        flagged(make.question(pending_thread), carol, now)
    assert not Flag.objects.exists()


def test_an_author_whose_anonymous_posting_is_paused_may_flag(published_thread, bob, now):
    asked = make.thread("published", author=bob, anonymous=True, now=now)
    vault.suspend(make.opener(asked).pk, (now + timedelta(days=7)).date(), now)
    flagged(make.question(published_thread), bob, now)
    assert Flag.objects.exists()


def dismissed_flags(member, number: int, mo, now) -> None:
    from moderation.actions.flags import dismiss

    for _ in range(number):
        question = make.question(make.thread("published", now=now))
        flagged(question, member, now)
        item = QueueItem.objects.waiting().get(post=question)
        dismiss(item, "It is fine.", version=item.version, by=mo, now=now)


def rows() -> list[tuple]:
    """What the flag of the one flagged thread has left, and its record and place in the queue."""
    item = waiting_flags()[0]
    return [
        Flag.objects.open().values_list("reason", "words", "version").get(),
        item.post.thread.state,
        (item.kind, item.urgent, item.hour, item.hold_reason),
        list(AuditEvent.objects.order_by("-seq").values_list("kind", "by", "hour")[:1]),
    ]


@pytest.mark.django_db(transaction=True)
def test_who_was_mistaken_too_often_leaves_the_rows_of_who_asked_for_a_look_only(tags, mo, carol, dave, now):
    """So that nobody learns from a flag that hid nothing whether moderators dismissed flags of theirs."""
    dismissed_flags(carol, MISTAKEN, mo, now)
    question = make.question(make.thread("published", now=now))
    left = []
    for member, at_once in [(carol, True), (dave, False)]:
        flagged(question, member, now, Reason.IDENTIFIES, at_once=at_once)
        left.append(rows())
        Flag.objects.open().delete()
        QueueItem.objects.waiting().delete()
    assert left[0] == left[1]
    flagged(question, dave, now, Reason.IDENTIFIES, at_once=True)
    assert state_of(question.thread) == State.HIDDEN


def test_trust_comes_back_with_time(published_thread, mo, carol, now):
    dismissed_flags(carol, MISTAKEN, mo, now)
    later = now + REMEMBERED + timedelta(days=1)
    flagged(make.question(published_thread), carol, later, Reason.IDENTIFIES, at_once=True)
    assert state_of(published_thread) == State.HIDDEN


def test_a_new_flag_is_possible_after_a_decision(published_thread, mo, carol, now):
    from moderation.actions.flags import dismiss

    question = make.question(published_thread)
    flagged(question, carol, now)
    item = waiting_flags()[0]
    dismiss(item, "It is fine.", version=item.version, by=mo, now=now)
    flagged(question, carol, now)
    assert Flag.objects.count() == 2
    assert len(waiting_flags()) == 1


def test_withdrawing_settles_flags_and_takes_their_words(published_thread, alice, carol, now):
    flagged(make.question(published_thread), carol, now)
    withdraw(Thread.objects.get(), by=alice, now=now)
    assert not waiting_flags()
    fanout.tell_all()
    assert [notice.event.happening for notice in Inbox(carol).notices] == ["takenback"]
    assert Flag.objects.get().words == ""


def test_the_author_of_what_is_hidden_is_told_and_nobody_else(published_thread, alice, carol, client, now):
    fanout.tell_all()
    before = Notice.objects.count()
    flagged(make.question(published_thread), carol, now, Reason.IDENTIFIES, at_once=True)
    fanout.tell_all()
    told = Notice.objects.order_by("pk")[before:]
    assert [(notice.account, notice.event.happening) for notice in told] == [(alice, "hidden")]
    client.force_login(alice)
    page = client.get(f"/my/threads/{published_thread.public_id}/").content.decode()
    assert "hidden until a moderator has looked" in page


def test_flags_are_forgotten_with_their_notices_and_links(published_thread, mo, carol, now, settings):
    dismissed_flags(carol, 1, mo, now)
    fanout.tell_all()
    forget_flags(now + REMEMBERED)
    assert Flag.objects.exists()
    forget_flags(now + REMEMBERED + timedelta(hours=1))
    assert not Flag.objects.exists()
    assert not Notice.objects.exclude(flag=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_renewed_key_keeps_whose_a_flag_is_and_one_flag_a_member(tags, mo, carol, now):
    question = make.question(make.thread("published", now=now))
    flagged(question, carol, now)
    sealed = bytes(Link.objects.get(persona=Flag.objects.get().pk.bytes).seal)
    renew_key(now=timezone.now())
    assert vault.verify().sound
    assert bytes(Link.objects.get(persona=Flag.objects.get().pk.bytes).seal) != sealed
    assert vault.attach(carol, place_of(question)) == Flag.objects.get().pk
    flagged(question, carol, now, Reason.SPAM)
    assert Flag.objects.get().reason == Reason.SPAM


def test_the_page_says_the_same_to_who_flagged_and_who_did_not(published_thread, client, carol, dave, now):
    question = make.question(published_thread)
    flagged(question, carol, now)
    pages = []
    for member in (carol, dave):
        client.force_login(member)
        page = client.get(f"/posts/{question.pk}/flag/").content.decode()
        pages.append(page[page.index("<main") : page.index("</main")].split("csrfmiddlewaretoken")[0])
    assert pages[0] == pages[1]


def test_a_member_flags_by_the_link_on_the_thread(carols, published_thread):
    question = make.question(published_thread)
    address = f"/posts/{question.pk}/flag/"
    assert f'href="{address}"' in carols.get(published_thread.get_absolute_url()).content.decode()
    nothing = carols.post(address, {"words": "Look at the second line."})
    assert nothing.status_code == 422
    assert "Look at the second line." in nothing.content.decode()
    assert carols.post(address, {"what": "other"}).status_code == 422
    sent = carols.post(address, {"what": "could-identify", "words": WORDS})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/posts/flagged/")
    assert carols.get("/posts/flagged/").status_code == 200
    assert Flag.objects.get().reason == Reason.IDENTIFIES
    assert carols.post(address, {"what": "identifies"}).status_code == 303
    assert state_of(published_thread) == State.HIDDEN


def test_visitors_are_shown_no_link(client, published_thread):
    assert "/flag/" not in client.get(published_thread.get_absolute_url()).content.decode()


def test_what_a_persona_wrote_can_be_flagged_by_its_own_author(anonymous_thread, bob, now):
    flagged(make.question(anonymous_thread), bob, now, Reason.IDENTIFIES, at_once=True)
    assert state_of(anonymous_thread) == State.HIDDEN
    assert anonymous_thread.posts.get(kind=Kind.QUESTION).flags.count() == 1
