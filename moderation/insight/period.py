"""The period that is looked at: whole days in UTC, by week or by month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

WEEK, MONTH = "week", "month"
A_DAY = timedelta(days=1)
USUAL = timedelta(weeks=13)
LONGEST = timedelta(days=2 * 366)  # as far back as the public numbers


@dataclass(frozen=True)
class Period:
    first: date
    last: date
    by: str = WEEK

    @classmethod
    def usual(cls, today: date) -> "Period":
        """The last thirteen weeks, this one included."""
        return cls(monday(today) - USUAL + timedelta(weeks=1), today)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first hour after it."""
        return datetime.combine(self.last + A_DAY, time(), UTC)

    def step_of(self, day: date) -> date:
        """The first day of the week or month that `day` is in."""
        return monday(day) if self.by == WEEK else day.replace(day=1)

    def steps(self) -> list[date]:
        """The first day of each week or month, those of which nothing is known included."""
        days = ((self.last - self.first) // A_DAY) + 1
        return sorted({self.step_of(self.first + A_DAY * number) for number in range(days)})


def monday(day: date) -> date:
    return day - A_DAY * day.weekday()
