"""T-ROWID: the order in which rows were inserted says no more than their hours."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db import connection
from django.db.models import AutoField, DateTimeField
from django.db.models.expressions import RawSQL

from anonymity.hour import hour_of
from forum import lifecycle, rows
from forum.models import Persona, Post, Thread
from forum.states import State
from moderation import audit, intake
from moderation.actions.claim import CLAIM_LASTS, claim
from moderation.models import AuditEvent, QueueItem
from tests import make, tampering

HOUR = timedelta(hours=1)
PLACE = {"sqlite": RawSQL("rowid", ()), "postgresql": RawSQL("ctid", ())}


@pytest.fixture
def busy_evening(tags, alice, bob, settings):
    """Forty questions within five hours, at any minute, half of them anonymous."""
    settings.THREADS_A_DAY = 100
    dice = Random(7)
    for minute in sorted(dice.uniform(0, 300) for _ in range(40)):
        author = dice.choice([alice, bob])
        now = make.NOW + timedelta(minutes=minute)
        make.thread(author=author, anonymous=dice.random() < 0.5, now=now)


def in_order_of_insertion() -> list[Post]:
    if connection.vendor == "sqlite":  # the hidden number of a row without one of its own
        return list(Post.objects.order_by(RawSQL("forum_post.rowid", ())))
    abouts = AuditEvent.objects.order_by("seq").values_list("about", flat=True)
    posts = {str(post): post for post in Post.objects.all()}
    return [posts[about] for about in abouts if about in posts]


def no_later_than(time: datetime) -> datetime:
    """A full hour may stand for any instant in it; any other time stands for itself."""
    return time + HOUR if time == hour_of(time) else time


def test_neighbours_in_a_table_bracket_no_post_within_less_than_an_hour(busy_evening):
    posts = in_order_of_insertion()
    assert len(posts) == 40
    for place, post in enumerate(posts[1:-1], 1):
        if post.persona_id:
            after = max(each.hour for each in posts[:place])
            before = min(no_later_than(each.hour) for each in posts[place + 1 :])
            assert before - after >= HOUR


def test_the_record_tells_hours_in_order_and_nothing_finer(busy_evening):
    hours = list(AuditEvent.objects.order_by("seq").values_list("hour", flat=True))
    assert len(set(hours)) > 3
    assert all(later - earlier >= HOUR or later == earlier for earlier, later in pairwise(hours))


@pytest.fixture
def fortnight(tags, alice, mia) -> None:
    """Two thousand questions of two weeks, half of them a persona's, and some published on their evening."""
    dice = Random(11)
    for day in range(14):
        begin = (make.NOW + timedelta(days=day)).replace(hour=0, minute=0)
        made = [question(alice, begin + timedelta(hours=each)) for each in sorted(hours(dice, 143, 0, 21))]
        for model, batch in zip((Thread, Persona, Post, QueueItem), zip(*made, strict=True), strict=True):
            model._default_manager.bulk_create(row for row in batch if row)
        with audit.deed():
            for _, _, post, _ in made:
                audit.record("question.submitted", about=post, now=post.hour)
        published = dice.sample(made, 20)
        for (thread, _, post, _), late in zip(published, sorted(hours(dice, 20, 21, 24)), strict=True):
            now = begin + timedelta(hours=late)
            for row in (post, thread):
                lifecycle.move(row, State.PUBLISHED, hour=hour_of(now))
                rows.move_to_the_end(row)
            audit.record("question.published", about=post, by=mia, now=now)


def hours(dice: Random, number: int, start: float, end: float) -> list[float]:
    return [dice.uniform(start, end) for _ in range(number)]


def question(alice, now: datetime) -> tuple[Thread, Persona | None, Post, QueueItem]:
    anonymous = now.minute % 2 == 0
    hour = hour_of(now)
    signature = {} if anonymous else {"author": alice}
    thread = Thread(title=make.TITLE, slug="question", hour=hour, active_hour=hour, **signature)
    persona = Persona(thread=thread, ordinal=1, is_op=True) if anonymous else None
    text = {"body": make.BODY, "html": make.BODY, "renderer_version": 1}
    post = Post(
        thread=thread, kind="question", hour=hour, submitted_hour=hour, persona=persona, **text, **signature
    )
    return thread, persona, post, QueueItem(post=post, thread=thread, kind="question", hour=hour)


def narrowest_bracket() -> timedelta:
    """The shortest time in which the neighbours of some row, in some table, say that it was written.

    For every column whose times stand in the order of the rows.
    """
    found = []
    for model in rows.written_by_deeds():
        place = "pk" if isinstance(model._meta.pk, AutoField) else PLACE[connection.vendor]
        for column in (field for field in model._meta.fields if isinstance(field, DateTimeField)):
            known = model._base_manager.exclude(**{column.name: None})
            times = list(known.order_by(place).values_list(column.name, flat=True))
            if times == sorted(times):
                found += [
                    no_later_than(later) - before for before, later in zip(times, times[2:], strict=False)
                ]
    return min(found)


def test_no_row_of_two_thousand_is_bracketed_within_less_than_an_hour(fortnight):
    assert Post.objects.count() == 2002
    assert narrowest_bracket() >= HOUR
    for place, event in enumerate(AuditEvent.objects.order_by("seq")[:20]):
        instant = make.NOW + timedelta(days=-20, seconds=place * 9 + 1)
        with tampering.unguarded():
            AuditEvent.objects.filter(pk=event.pk).update(hour=instant)
    assert narrowest_bracket() < timedelta(minutes=1)  # an instant beside them would be found


def test_what_becomes_public_stands_at_the_end(tags, alice, bob):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL writes an updated row elsewhere anyway.")
    first = make.thread(author=alice, anonymous=True)
    make.thread(author=bob)
    make.decide_on(make.question(first), "published")
    assert [post.thread_id for post in in_order_of_insertion()][-1] == first.pk


def test_every_time_beside_a_persona_is_a_full_hour(busy_evening, mia):
    for item in QueueItem.objects.waiting().select_related("post")[:20]:
        make.decide_on(item.post, "published", by=mia, now=make.NOW + timedelta(hours=6, seconds=7))
    claimed = QueueItem.objects.waiting().first()
    claim(claimed, by=mia, now=make.NOW)
    intake.end_holds(make.NOW + CLAIM_LASTS - timedelta(seconds=1))
    assert QueueItem.objects.get(pk=claimed.pk).holder == mia
    intake.end_holds(make.NOW + CLAIM_LASTS)
    seen = set()
    for model in rows.written_by_deeds():
        for column in (field.name for field in model._meta.fields if isinstance(field, DateTimeField)):
            for time in model._base_manager.exclude(**{column: None}).values_list(column, flat=True):
                assert time == hour_of(time), (model, column)
                seen.add((model.__name__, column))
    assert {("Post", "submitted_hour"), ("Event", "hour"), ("Decision", "hour")} <= seen
