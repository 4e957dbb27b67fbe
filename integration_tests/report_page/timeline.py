"""Columns over time: one for each hour or day, also for those in which nothing happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from integration_tests.report_page.bars import Legend, Part, Rows, cells, legend, stacked

HEIGHT: Final = 200
LINE_HEIGHT: Final = 28
OTHERS: Final = "all others"
_STEPS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_COLOURS: Final = ("c1", "c2", "c3", "c4", "c5")
_LABEL: Final = 12
"""Percent of the width that the name of a day takes on a narrow screen."""
_TICKS: Final = 4


@dataclass(frozen=True)
class Column:
    """Sideways in percent, upwards in pixels."""

    start: date
    left: float
    width: float
    total: int
    parts: list[Part]


@dataclass(frozen=True)
class Day:
    date: date
    left: float
    is_second: bool
    """Whether there is no room for its name on a narrow screen."""


@dataclass(frozen=True)
class Tick:
    count: int
    top: float


@dataclass(frozen=True)
class Timeline:
    columns: list[Column]
    days: list[Day]
    ticks: list[Tick]
    legend: list[Legend]
    total: int


@dataclass(frozen=True)
class Line:
    name: str
    total: int
    busiest: Column
    columns: list[Column]


def timeline(rows: Rows, each: str, given: Mapping[str, str] | None = None) -> Timeline:
    """Of rows with the beginning of an `each`, a series and a count.

    Without `given` colours, the largest series stand below; beyond five, the rest is one.
    """
    found = cells(rows)
    totals = _totals(found)
    colours = given or _colours_of(totals)
    by_start: dict[date, Counter[str]] = {start: Counter() for start in _span((start for start, _, _ in found), each)}
    for start, name, count in found:
        by_start[start][name if name in colours else OTHERS] += count
    ticks = _ticks(max((counts.total() for counts in by_start.values()), default=1))
    scale = HEIGHT / ticks[-1]
    columns = _columns(by_start, colours, scale)
    return Timeline(
        columns,
        list(_days(columns)),
        [Tick(count, HEIGHT - count * scale) for count in ticks],
        legend(sum(by_start.values(), Counter()), colours),
        totals.total(),
    )


def lines(rows: Rows) -> list[Line]:
    """One drawing for each series, in the order of the rows, all over the same hours."""
    found = cells(rows)
    span = list(_span((start for start, _, _ in found), "hour"))
    drawn = []
    for name, total in _totals(found).items():
        by_start: dict[date, Counter[str]] = {start: Counter() for start in span}
        for start, owner, count in found:
            if owner == name:
                by_start[start][name] += count
        columns = _columns(by_start, {name: "c1"}, LINE_HEIGHT / max(counts.total() for counts in by_start.values()))
        drawn.append(Line(name, total, max(columns, key=lambda column: column.total), columns))
    return drawn


def _totals(found: Iterable[tuple[date, str, int]]) -> Counter[str]:
    totals = Counter[str]()
    for _, name, count in found:
        totals[name] += count
    return totals


def _colours_of(totals: Counter[str]) -> dict[str, str]:
    largest = [name for name, _ in totals.most_common(len(_COLOURS))]
    return {**dict(zip(largest, _COLOURS, strict=False)), OTHERS: "unknown"}


def _span(found: Iterable[date], each: str) -> Iterator[date]:
    there = list(found)
    start, last = min(there), max(there)
    while start <= last:
        yield start
        start += _STEPS[each]


def _columns(by_start: Mapping[date, Counter[str]], colours: Mapping[str, str], scale: float) -> list[Column]:
    width = 100 / len(by_start)
    return [
        Column(start, number * width, width, counts.total(), stacked(counts, colours, scale))
        for number, (start, counts) in enumerate(by_start.items())
    ]


def _days(columns: list[Column]) -> Iterator[Day]:
    """Yield the days for whose names there is room."""
    free, is_second = 0.0, False
    for column in columns:
        begins = not isinstance(column.start, datetime) or column.start.hour == 0
        if begins and free <= column.left <= 100 - _LABEL:
            yield Day(column.start, column.left, is_second)
            free, is_second = column.left + _LABEL, not is_second


def _ticks(largest: int) -> list[int]:
    """Round numbers from nothing to the first one that nothing exceeds."""
    steps = (factor * 10**power for power in range(12) for factor in (1, 2, 5))
    step = next(step for step in steps if step * _TICKS >= largest)
    return [step * number for number in range(-(-largest // step) + 1)]
