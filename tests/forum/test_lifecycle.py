"""The life of threads and posts: every step of the table is taken, every other one is refused."""

import pytest

from forum.lifecycle import IllegalMove, move
from forum.models import Post, Thread
from forum.states import TRANSITIONS, State
from tests import make

STEPS = [(start, end) for start in State for end in State]


@pytest.mark.parametrize(("start", "end"), STEPS)
def test_a_step_is_taken_when_the_table_has_it_and_refused_with_a_sentence_otherwise(
    pending_thread, start, end
):
    for thing in (pending_thread, make.question(pending_thread)):
        type(thing).objects.filter(pk=thing.pk).update(state=start)
        if end in TRANSITIONS[start]:
            move(thing, end)
            assert thing.state == end
        else:
            sentence = f"is {start.label.lower()}, so it can't become {end.label.lower()}."
            with pytest.raises(IllegalMove, match=sentence):
                move(thing, end)
            assert thing.state == start
        assert type(thing).objects.get(pk=thing.pk).state == thing.state


def test_a_refused_step_changes_nothing_else(pending_thread):
    with pytest.raises(IllegalMove):
        move(pending_thread, State.CLOSED, title="Changed")
    assert Thread.objects.get().title == make.TITLE


def test_a_step_from_a_state_that_has_passed_meanwhile_is_refused(pending_thread):
    post, seen_earlier = make.question(pending_thread), make.question(pending_thread)
    move(post, State.PUBLISHED, position=1)
    with pytest.raises(IllegalMove):
        move(seen_earlier, State.RETURNED, note="Too late.")
    assert (Post.objects.get().state, Post.objects.get().note) == ("published", "")


def test_every_state_is_in_the_table():
    assert set(TRANSITIONS) == set(State)
