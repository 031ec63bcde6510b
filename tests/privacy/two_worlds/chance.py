"""Time and chance that depend on the step of the script alone, never on who takes it."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from unittest import mock
from uuid import UUID

from tests import make

A_STEP_LASTS = timedelta(minutes=7)


class Chance:
    """The clock and the dice of one world. `begin` sets both; two worlds at the same step agree in them.

    Values are drawn anew for each request, so that a request which draws more in one world than in the other
    changes no id but its own.
    """

    def __init__(self) -> None:
        self.step = 0
        self.label = ""
        self.requests = 0
        self.dice = random.Random()

    def begin(self, label: str) -> None:
        self.step += 1
        self.label, self.requests = label, 0
        self.throw(label)

    def next_request(self) -> None:
        self.requests += 1
        self.throw(f"{self.label}, request {self.requests}")

    def throw(self, seed: str) -> None:
        self.dice.seed(f"{self.step}: {seed}")
        random.seed(f"{self.step}: {seed}")

    def now(self) -> datetime:
        return make.NOW + self.step * A_STEP_LASTS

    def time(self) -> float:
        return self.now().timestamp()

    def urandom(self, size: int) -> bytes:
        return self.dice.randbytes(size)

    @contextmanager
    def rules(self) -> Iterator[None]:
        """Until the end of the block every clock and every random value of this process is ours.

        uuid4, secrets and Django's get_random_string all draw from these two functions.
        """
        state = random.getstate()
        with ExitStack() as stack:
            for name, ours in [
                ("os.urandom", self.urandom),
                ("random._urandom", self.urandom),
                ("time.time", self.time),
                ("django.utils.timezone.now", self.now),
            ]:
                stack.enter_context(mock.patch(name, ours))
            yield
        random.setstate(state)


def form_id(label: str) -> UUID:
    """The id that the form of that step carries, in every world the same."""
    return UUID(bytes=random.Random(f"form {label}").randbytes(16), version=4)
