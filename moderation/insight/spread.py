"""Counted waits, in hours: the median and the wait that nine of ten do not exceed."""

from collections import Counter
from dataclasses import dataclass, field
from math import ceil


@dataclass
class Spread:
    """Of texts that came in together: how long each waited, and how many still wait."""

    waits: Counter[int] = field(default_factory=Counter)
    waiting: int = 0

    def add(self, hours: int | None, count: int) -> None:
        if hours is None:
            self.waiting += count
        else:
            self.waits[hours] += count

    @property
    def number(self) -> int:
        return self.waits.total() + self.waiting

    @property
    def median(self) -> int | None:
        return quantile(self.waits, 0.5)

    @property
    def ninth_tenth(self) -> int | None:
        return quantile(self.waits, 0.9)


def quantile(values: Counter[int], share: float) -> int | None:
    """The smallest value that `share` of all do not exceed; None where there are none."""
    left = ceil(values.total() * share)
    for value in sorted(values):
        left -= values[value]
        if left <= 0:
            return value
    return None
