"""Columns over time: one for each hour, also for those in which nothing happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from integration_tests.report_page.bars import Legend, Part, Rows, cells, legend, stacked

HEIGHT: Final = 200
LINE_HEIGHT: Final = 28
OTHERS: Final = "all others"
_HOUR: Final = timedelta(hours=1)
_COLOURS: Final = ("c1", "c2", "c3", "c4", "c5")
_LABEL: Final = 12
"""Percent of the width that the name of a day takes on a narrow screen."""
_TICKS: Final = 4


@dataclass(frozen=True)
class Column:
    """Sideways in percent, upwards in pixels."""

    hour: datetime
    left: float
    width: float
    total: int
    parts: list[Part]


@dataclass(frozen=True)
class Day:
    date: datetime
    left: float
    named: bool
    """Whether there is room for it."""


@dataclass(frozen=True)
class Tick:
    count: int
    top: float


@dataclass(frozen=True)
class Hours:
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


def hours(rows: Rows) -> Hours:
    """Of rows with an hour, a series and a count. The largest series stand below; beyond five, the rest is one."""
    found = cells(rows)
    totals = _totals(found)
    largest = [name for name, _ in totals.most_common(len(_COLOURS))]
    colours = {**dict(zip(largest, _COLOURS, strict=False)), OTHERS: "unknown"}
    by_hour: dict[datetime, Counter[str]] = {hour: Counter() for hour in _span(hour for hour, _, _ in found)}
    for hour, name, count in found:
        by_hour[hour][name if name in colours else OTHERS] += count
    ticks = _ticks(max((counts.total() for counts in by_hour.values()), default=1))
    scale = HEIGHT / ticks[-1]
    columns = _columns(by_hour, colours, scale)
    return Hours(
        columns,
        list(_days(columns)),
        [Tick(count, HEIGHT - count * scale) for count in ticks],
        legend(sum(by_hour.values(), Counter()), colours),
        totals.total(),
    )


def lines(rows: Rows) -> list[Line]:
    """One drawing for each series, in the order of the rows, all over the same hours."""
    found = cells(rows)
    span = list(_span(hour for hour, _, _ in found))
    drawn = []
    for name, total in _totals(found).items():
        by_hour: dict[datetime, Counter[str]] = {hour: Counter() for hour in span}
        for hour, owner, count in found:
            if owner == name:
                by_hour[hour][name] += count
        columns = _columns(by_hour, {name: "c1"}, LINE_HEIGHT / max(counts.total() for counts in by_hour.values()))
        drawn.append(Line(name, total, max(columns, key=lambda column: column.total), columns))
    return drawn


def _totals(found: Iterable[tuple[datetime, str, int]]) -> Counter[str]:
    totals = Counter[str]()
    for _, name, count in found:
        totals[name] += count
    return totals


def _span(found: Iterable[datetime]) -> Iterator[datetime]:
    there = list(found)
    hour, last = min(there), max(there)
    while hour <= last:
        yield hour
        hour += _HOUR


def _columns(by_hour: dict[datetime, Counter[str]], colours: dict[str, str], scale: float) -> list[Column]:
    width = 100 / len(by_hour)
    return [
        Column(hour, number * width, width, counts.total(), stacked(counts, colours, scale))
        for number, (hour, counts) in enumerate(by_hour.items())
    ]


def _days(columns: list[Column]) -> Iterator[Day]:
    for column in columns:
        if column.hour.hour == 0:
            yield Day(column.hour, column.left, named=column.left <= 100 - _LABEL)


def _ticks(largest: int) -> list[int]:
    """Round numbers from nothing to the first one that nothing exceeds."""
    steps = (factor * 10**power for power in range(12) for factor in (1, 2, 5))
    step = next(step for step in steps if step * _TICKS >= largest)
    return [step * number for number in range(-(-largest // step) + 1)]
