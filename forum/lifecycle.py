"""The one way to change a state: a step that the table lacks is refused."""

from collections.abc import Container
from typing import Any

from accounts.access import Refused
from forum.models import Edit, Post, Thread
from forum.states import TRANSITIONS, State

NOUNS = {Thread: "thread", Post: "text", Edit: "edit"}


class IllegalMove(Refused):
    """The thread, post or edit is not in a state from which this step exists."""


def move(
    thing: Thread | Post | Edit, to: State, *, out_of: Container[State] = tuple(State), **also: Any
) -> None:
    """Bring `thing` to the state `to`, setting the fields `also` with it.

    IllegalMove from a state that has no such step, or is not in `out_of`. The UPDATE's own condition decides,
    so of two at once one is refused.
    """
    sources = [state for state, targets in TRANSITIONS.items() if to in targets and state in out_of]
    if not type(thing)._default_manager.filter(pk=thing.pk, state__in=sources).update(state=to, **also):
        thing.refresh_from_db(fields=["state"])
        noun = NOUNS[type(thing)]
        raise IllegalMove(
            f"This {noun} is {State(thing.state).label.lower()}, so it can't become {to.label.lower()}. "
            "Reload the page to see how it stands now."
        )
    for name, value in {"state": to, **also}.items():
        setattr(thing, name, value)
