"""The words of the live socket: nothing but three constants leaves, and few requests are understood."""

import pytest

from anonymity import bus
from forum.live import frames
from forum.live.pace import MESSAGES, WITHIN, Allowance

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (bus.NOTICE, '{"t":"n"}'),
        (bus.QUEUE, '{"t":"q"}'),
        (bus.thread_frame("abcdefghjkmn"), '{"t":"p","thread":"abcdefghjkmn"}'),
    ],
)
def test_what_the_bus_sends_becomes_one_text_for_everybody(frame, text):
    assert frames.wire(frame) == text
    assert frames.wire(dict(reversed(frame.items()))) == text


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"t": "x"},
        {"t": "n", "text": "Your question was published"},
        {"t": "n", "is_mine": "true"},
        {"t": "q", "item": "7"},
        {"t": "p"},
        {"t": "p", "thread": 7},
        {"t": "p", "thread": "A former client asks"},
        {"t": "p", "thread": 'a","author":"b'},
        {"t": "p", "thread": "abcdefghjkmn", "author": "7"},
    ],
)
def test_a_frame_with_anything_more_in_it_is_never_sent(frame):
    with pytest.raises(ValueError):
        frames.wire(frame)


def test_the_three_requests_are_understood():
    assert frames.parse('{"t":"ping"}') == {"t": "ping"}
    for deed in ("watch", "unwatch"):
        assert frames.parse(f'{{"thread":"x","t":"{deed}"}}') == {"t": deed, "thread": "x"}


def test_a_request_of_just_over_a_kibibyte_is_not_read():
    shortest = '{"t":"ping"}'
    assert frames.parse(shortest + " " * (frames.LONGEST - len(shortest)))
    assert frames.parse(shortest + " " * (frames.LONGEST - len(shortest) + 1)) is None


def test_an_allowance_is_a_burst_and_then_a_steady_rate():
    allowance = Allowance(now=100.0)
    assert [allowance.take(now=100.0) for _ in range(MESSAGES + 1)] == [True] * MESSAGES + [False]
    one_later = 100.0 + WITHIN / MESSAGES
    assert [allowance.take(now=one_later), allowance.take(now=one_later)] == [True, False]


def test_an_allowance_never_grows_beyond_one_burst():
    allowance = Allowance(now=0.0)
    assert sum(allowance.take(now=1e6) for _ in range(3 * MESSAGES)) == MESSAGES
