"""What a digest holds: everything once, in the window and under the tags, whoever wrote it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.digests.contents import THREADS, Window
from forum.digests.followed import Followed
from tests import make

START = make.NOW.replace(minute=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def window() -> Window:
    return Window(START, START + 5 * HOUR)


def test_what_was_published_in_the_window_is_in_it_and_nothing_else(tags, window):
    hours = [-1, 0, 4, 5]
    made = [make.thread("published", now=START + hour * HOUR + timedelta(minutes=59)) for hour in hours]
    for state in ("pending", "declined", "hidden", "withdrawn"):
        make.thread(state, now=START)
    contents = window.seen_by(None)
    assert {thread.pk for thread in contents.waiting} == {made[1].pk, made[2].pk}
    assert (contents.new, contents.still_waiting, contents.turned_out, contents.more) == (2, 2, 0, 0)


def test_a_tag_finds_what_is_below_it(tags, window):
    colorado = make.thread("published", now=START)
    make.thread("published", now=START, tags=["psychologist", "gb-sct", "gifts"])
    for names, found in [(["us"], 1), (["us-co"], 1), (["us-or"], 0), (["us", "gifts"], 2), ([], 0)]:
        contents = window.seen_by([tags[name] for name in names])
        assert (contents.new, bool(contents)) == (found, bool(found))
    of_two = window.seen_by([tags["us"], tags["gifts"], tags["us-or"]])
    assert sorted((tag.slug, count) for tag, count in of_two.by_tag) == [("gifts", 1), ("us", 1)]
    assert [thread.pk for thread in window.seen_by([tags["us"]]).waiting] == [colorado.pk]


def test_no_thread_is_in_two_lists(tags, mo, window):
    asked, answered, resolved = (make.thread("published", now=START) for _ in range(3))
    earlier = make.thread("published", now=START - 50 * HOUR)
    make.post(answered, author=mo, now=START)
    for thread in (resolved, earlier):
        make.post(thread, "update", outcomes=["repaired"], now=START + HOUR)
    contents = window.seen_by(None)
    assert [thread.pk for thread in contents.waiting] == [asked.pk]
    assert [thread.pk for thread in contents.answered] == [answered.pk]
    assert {thread.pk for thread in contents.resolved} == {resolved.pk, earlier.pk}
    assert (contents.new, contents.turned_out) == (2, 2)


def test_an_update_of_another_window_is_none_of_this_one(tags, alice, window):
    thread = make.thread("published", author=alice, now=START - 50 * HOUR)
    make.post(thread, "update", outcomes=["repaired"], now=START - HOUR)
    make.post(thread, "clarification", now=START + HOUR)
    assert not window.seen_by(None)


def test_ten_threads_have_room_and_the_others_are_counted(tags, alice, settings, window):
    settings.THREADS_A_DAY = 100
    for number in range(14):
        thread = make.thread("published", author=alice, now=START)
        if number < 4:
            make.post(thread, "update", outcomes=["repaired"], now=START)
    contents = window.seen_by(None)
    assert len(contents.waiting) == 7
    assert len(contents.resolved) == THREADS - 7
    assert (contents.new, contents.turned_out, contents.more) == (10, 4, 4)


def test_an_authors_own_thread_is_there_like_any_other(tags, alice, window):
    """An absence, or a mark, would say who wrote it (leaks 59 and 60)."""
    for anonymous in (False, True):
        make.thread("published", author=alice, anonymous=anonymous, now=START)
    assert window.seen_by([tags["us-co"]]).new == 2


def test_as_many_queries_however_much_there_is(tags, alice, settings, window):
    settings.THREADS_A_DAY = 100
    counts = []
    for more in (1, 12):
        for _ in range(more):
            make.post(
                make.thread("published", author=alice, now=START), "update", outcomes=["repaired"], now=START
            )
            make.thread("published", author=alice, now=START)
        fresh = Window(window.since, window.until)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            fresh.seen_by([tags["us-co"]])
            fresh.seen_by(None)
        counts.append(len(queries))
    assert counts == [4, 4]


def test_what_is_muted_is_in_no_digest(tags, window, mia):
    kept = make.thread("published", by=mia, now=START)
    muted = make.thread("published", by=mia, now=START)
    gifts = make.thread("published", by=mia, now=START, tags=["professional-counselor", "us-co", "gifts"])
    but = Followed(muted_tags=[tags["gifts"]], muted_threads={muted.pk})
    for wanted in (None, [tags["us"], tags["gifts"]]):
        contents = window.seen_by(wanted, but)
        assert [thread.pk for thread in contents.waiting] == [kept.pk]
        assert contents.new == 1
    assert contents.by_tag == [(tags["us"], 1)]
    assert window.seen_by(None).new == 3 == len({kept, muted, gifts})
