"""Stacked bars: a name, parts and counts as lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Rows = Sequence[Mapping[str, Any]]

_LEAST: Final = 1.0
"""Percent of the width: less of it is not seen on a narrow screen."""


@dataclass(frozen=True)
class Part:
    name: str
    colour: str
    count: int
    start: float
    length: float


@dataclass(frozen=True)
class Bar:
    name: str
    total: int
    parts: list[Part]


@dataclass(frozen=True)
class Legend:
    name: str
    colour: str
    total: int


@dataclass(frozen=True)
class Bars:
    bars: list[Bar]
    legend: list[Legend]
    total: int


def bars(rows: Rows, colours: Mapping[str, str]) -> Bars:
    """Of rows with a name, a part and a count; lengths are in percent of the width."""
    by_name: dict[str, Counter[str]] = {}
    for name, part, count in cells(rows):
        by_name.setdefault(name, Counter())[part] += count
    by_part = sum(by_name.values(), Counter[str]())
    scale = (100 - len(colours) * _LEAST) / max((parts.total() for parts in by_name.values()), default=1)
    return Bars(
        [Bar(name, parts.total(), stacked(parts, colours, scale, _LEAST)) for name, parts in by_name.items()],
        legend(by_part, colours),
        by_part.total(),
    )


def cells(rows: Rows) -> list[tuple[Any, Any, int]]:
    """The three columns of each row, whatever the query calls them."""
    return [(first, second, count) for first, second, count in (row.values() for row in rows)]


def stacked(counts: Mapping[str, int], colours: Mapping[str, str], scale: float, least: float = 0) -> list[Part]:
    """In the order of the colours, each part where the one before it ends, and at least so long that it is seen."""
    parts, start = [], 0.0
    for name, colour in colours.items():
        count = counts.get(name, 0)
        if count:
            length = max(count * scale, least)
            parts.append(Part(name, colour, count, start, length))
            start += length
    return parts


def legend(totals: Mapping[str, int], colours: Mapping[str, str]) -> list[Legend]:
    return [Legend(name, colour, totals[name]) for name, colour in colours.items() if totals.get(name)]
