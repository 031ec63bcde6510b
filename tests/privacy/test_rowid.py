"""T-ROWID: the order in which rows were inserted says no more than their hours."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL

from anonymity.hour import hour_of
from forum.models import Post
from moderation.models import AuditEvent
from tests import make

HOUR = timedelta(hours=1)


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
