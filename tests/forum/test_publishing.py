"""Publishing: places, counts, marks and events are what the posts say, after any sequence of deeds."""

import random
from contextlib import suppress
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from forum.actions.reply import consult
from forum.actions.withdraw import withdraw
from forum.lifecycle import IllegalMove
from forum.models import Event, Kind, Post, Tag, Thread
from forum.publishing import make_public
from forum.states import State
from moderation.actions.threads import close, hide, reopen, unhide
from tests import make
from tests.forum import recount


def test_a_published_question_is_listed_with_its_hour_and_place(pending_thread, mia, now):
    make.decide_on(make.question(pending_thread), "published", by=mia, now=now + timedelta(hours=5))
    thread, post = Thread.objects.get(), Post.objects.get()
    hour = now.replace(minute=0) + timedelta(hours=5)
    assert (thread.hour, thread.active_hour, post.hour, post.position) == (hour, hour, hour, 1)
    assert list(Thread.objects.listed()) == [thread]
    recount.check()


@pytest.mark.parametrize(
    ("kind", "happenings"),
    [
        ("question", {"thread", "published"}),
        ("consultation", {"reply"}),
        ("perspective", {"reply", "published"}),
        ("clarification", {"reply", "published"}),
        ("update", {"update", "published"}),
    ],
)
def test_each_kind_of_post_leaves_the_events_that_concern_somebody(published_thread, kind, happenings):
    post = make.question(published_thread) if kind == "question" else make.post(published_thread, kind)
    assert set(post.events.values_list("happening", flat=True)) == happenings
    assert not Event.objects.filter(told=True).exists()


@pytest.mark.parametrize("state", ["returned", "declined"])
def test_what_is_turned_away_leaves_an_event_for_its_author_only(alice, mia, state):
    make.thread(state, author=alice, by=mia)
    assert [event.happening for event in Event.objects.all()] == [state]


def test_a_post_is_published_once(published_thread, consultation, now):
    with pytest.raises(IllegalMove):
        make_public(consultation, now=now)
    recount.check()


def test_a_post_that_fails_to_be_published_moves_no_count(published_thread, alice, now):
    post = make.post(published_thread, "update", state="pending")
    Post.objects.filter(pk=post.pk).update(state=State.RETURNED)
    with pytest.raises(IllegalMove):
        make_public(post, now=now)
    published_thread.refresh_from_db()
    assert (published_thread.reply_count, published_thread.last_position) == (0, 1)


def test_a_reply_moves_the_thread_up_among_the_active(published_thread, mo, now):
    later = now + timedelta(days=2)
    consult(published_thread, make.text(aspects=[]), by=mo, now=later)
    published_thread.refresh_from_db()
    assert published_thread.active_hour == later.replace(minute=0)
    assert published_thread.hour == now.replace(minute=0)


def test_marks_tell_the_aspects_and_outcomes_of_a_thread(published_thread, mo):
    make.post(published_thread, author=mo, aspects=["legal", "risk"])
    make.post(published_thread, author=mo, aspects=["risk"])
    make.post(published_thread, "update", outcomes=["referred-out"])
    assert {(mark.kind, mark.value) for mark in published_thread.marks.all()} == {
        ("aspect", "legal"),
        ("aspect", "risk"),
        ("outcome", "referred-out"),
        ("outcome", "any"),
    }


def test_an_ancestor_counts_a_thread_once(tags, mia):
    make.thread("published", by=mia, tags=["professional-counselor", "us-co", "us-or", "us"])
    counts = dict(Tag.objects.of("jurisdiction").values_list("slug", "thread_count"))
    assert counts == {"us": 1, "us-co": 1, "us-or": 1, "gb": 0, "gb-sct": 0, "xx": 0}


@pytest.mark.parametrize("seed", range(6))
def test_after_any_deeds_all_counts_are_those_of_a_recount(db, seed):
    chance = random.Random(seed)
    cast = Deeds(chance)
    for step in range(25):
        cast.step(make.NOW + timedelta(hours=step))
    recount.check()


class Deeds:
    """Deeds as members and moderators do them, one after another, chosen by chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.mo, self.vera = make.moderator("Mo"), make.account("Vera", is_verified=True)
        self.asked: list[UUID] = []  # ids are drawn by chance; the order in which they came is not

    def step(self, now) -> None:
        open_threads = self.threads(state=State.PUBLISHED)
        waiting = Post.objects.filter(state=State.PENDING, queue_items__decided=False)
        waiting = list(waiting.order_by("submitted_hour"))
        deed = self.chance.choice(["ask", "reply", "reply", "decide", "decide", "withdraw", "moderate"])
        if deed == "ask" or not open_threads + waiting:
            self.ask(now)
        elif deed == "decide" and waiting:
            state = self.chance.choice(["published", "published", "returned", "declined"])
            with suppress(IllegalMove):  # its thread may be hidden
                make.decide_on(self.chance.choice(waiting), state, by=self.mo, now=now)
        elif deed == "moderate":
            self.moderate(now)
        elif deed == "withdraw" and open_threads and self.chance.random() < 0.5:
            thread = self.chance.choice(open_threads)
            withdraw(thread, by=make.opener(thread), now=now)
        elif open_threads:
            self.reply(self.chance.choice(open_threads), now)

    def moderate(self, now) -> None:
        thread = self.chance.choice(self.threads())
        with_reason = [partial(deed, reason=make.REASON) for deed in (close, hide)]
        deed = self.chance.choice([*with_reason, reopen, unhide])
        with suppress(IllegalMove):
            deed(thread, by=self.mo, now=now)

    def ask(self, now) -> None:
        jurisdictions = self.chance.sample(["us", "us-co", "us-or", "gb-sct", "xx"], 2)
        tags = ["psychologist", "gifts", *jurisdictions]
        self.asked.append(make.thread(anonymous=self.chance.random() < 0.5, tags=tags, now=now).pk)

    def threads(self, **which) -> list[Thread]:
        return sorted(Thread.objects.filter(**which), key=lambda thread: self.asked.index(thread.pk))

    def reply(self, thread: Thread, now) -> None:
        kind = Kind(self.chance.choice(Kind.values[1:]))
        author = {Kind.CONSULTATION: self.mo, Kind.PERSPECTIVE: self.vera}.get(kind)
        extra = {"aspects": self.chance.sample(["legal", "risk"], 1)} if kind == Kind.CONSULTATION else {}
        if kind == Kind.UPDATE:
            extra = {"outcomes": self.chance.sample(["repaired", "continued-with-safeguards"], 1)}
        make.post(thread, kind, author=author, state="pending", now=now, **extra)
