"""A plot of waits over time, as numbers for an SVG: a wide pale column up to the wait that nine of ten do not
exceed, a narrow dark one in it up to the median."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from moderation.insight.period import WEEK
from moderation.insight.tables import Table

LEFT, RIGHT, TOP, BOTTOM = 44, 556, 14, 190  # of a picture that is 560 by 220
MOST_LABELS = 6
NICE = [1, 2, 4, 8, 12, 24, 48, 72, 96, 168, 336, 720, 1440, 2880, 8760]


@dataclass(frozen=True)
class Column:
    x: str
    width: str
    median_x: str
    median_width: str
    median_y: str
    median_height: str
    ninth_y: str
    ninth_height: str


@dataclass(frozen=True)
class Plot:
    title: str
    words: str  # what the picture shows, for whoever does not see it
    columns: list[Column]
    lines: list[tuple[str, str]]  # height and label of each line across
    labels: list[tuple[str, str]]  # place and words under the columns


def plot(table: Table, by: str) -> Plot | None:
    """Of a table of steps; None when nothing in it waited so far."""
    waits = [(step, median, ninth) for step, _, _, median, ninth in table.rows]
    known = [wait for wait in waits if wait[1] is not None]
    if not known:
        return None
    highest = max(ninth for _, _, ninth in known)
    top = next((each for each in NICE if each >= highest), highest)
    place = (RIGHT - LEFT) / len(waits)
    columns = [column(LEFT + place * number, place, *wait[1:], top) for number, wait in enumerate(waits)]
    return Plot(
        title=f"{table.title}, by {by}",
        words=in_words(known, by),
        columns=[each for each in columns if each],
        lines=[(text(height(value, top)), f"{value} h") for value in lines(top)],
        labels=[
            (text(LEFT + place * (number + 0.5)), name_of(waits[number][0], by))
            for number in range(0, len(waits), -(-len(waits) // MOST_LABELS))
        ],
    )


def column(x: float, place: float, median: int | None, ninth: int | None, top: int) -> Column | None:
    if median is None or ninth is None:
        return None
    width = min(place * 0.7, 36)
    x += (place - width) / 2
    return Column(
        text(x),
        text(width),
        text(x + width / 4),
        text(width / 2),
        *(each for hours in (median, ninth) for each in bar(hours, top)),
    )


def bar(hours: int, top: int) -> tuple[str, str]:
    """Where it begins and how high it is; of less than an hour something shows, too."""
    high = max(BOTTOM - height(hours, top), 2)
    return text(BOTTOM - high), text(high)


def height(hours: float, top: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * hours / top


def lines(top: int) -> Iterable[int]:
    return sorted({0, top // 2, top})


def in_words(known: list[tuple[date, Any, Any]], by: str) -> str:
    medians, ninths = [wait[1] for wait in known], [wait[2] for wait in known]
    slowest = max(known, key=lambda wait: wait[2])
    name = f"the week of {name_of(slowest[0], by)}" if by == WEEK else name_of(slowest[0], by)
    return (
        f"The median lies between {min(medians)} and {max(medians)} hours. Nine of ten are within "
        f"{min(ninths)} to {max(ninths)} hours; longest in {name}. The table has all numbers."
    )


def name_of(step: date, by: str) -> str:
    return f"{step.day} {step:%b}" if by == WEEK else f"{step:%b %Y}"


def text(number: float) -> str:
    """As SVG writes it, whatever the language of the page."""
    return f"{round(number, 1):g}"
