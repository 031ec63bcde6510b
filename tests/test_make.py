import pytest

from forum.models import Kind
from tests import make


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize(
    "state", ["pending", "published", "returned", "declined", "closed", "hidden", "withdrawn"]
)
def test_a_thread_made_in_a_state_is_in_it(db, state, anonymous):
    thread = make.thread(state, anonymous=anonymous)
    assert thread.state == state
    assert (thread.author is None) == anonymous


@pytest.mark.parametrize("kind", Kind.values[1:])
def test_posts_of_every_later_kind_are_public_unless_asked_otherwise(published_thread, kind):
    assert make.post(published_thread, kind).state == "published"


def test_a_persona_clarifies_its_own_thread(anonymous_thread):
    assert make.post(anonymous_thread, "clarification").persona.is_op
