"""A heat map: counts of two names, with shades for how large they are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from integration_tests.report_page.bars import Rows, cells

SHADES: Final = 4
MOST_ROWS: Final = 25
MOST_COLUMNS: Final = 12


@dataclass(frozen=True)
class Cell:
    count: int
    shade: int
    """From 1, the lightest, to SHADES; 0 where there is nothing."""


@dataclass(frozen=True)
class Shade:
    number: int
    least: int
    most: int


@dataclass(frozen=True)
class Heat:
    columns: list[str]
    rows: dict[str, list[Cell]]
    shades: list[Shade]
    rows_in_all: int
    columns_in_all: int


def heat(rows: Rows) -> Heat:
    """Of rows with the name of a row, that of a column and a count. The largest of both are shown, in this order."""
    counts = Counter[tuple[str, str]]()
    for row, column, count in cells(rows):
        counts[row, column] += count
    down, across = _largest(counts, 0), _largest(counts, 1)
    shown_down, shown_across = down[:MOST_ROWS], across[:MOST_COLUMNS]
    most = max(counts.values())
    grid = {
        row: [Cell(counts[row, column], _shade(counts[row, column], most)) for column in shown_across]
        for row in shown_down
    }
    return Heat(shown_across, grid, _shades(cell for line in grid.values() for cell in line), len(down), len(across))


def _largest(counts: Counter[tuple[str, str]], place: int) -> list[str]:
    totals = Counter[str]()
    for names, count in counts.items():
        totals[names[place]] += count
    return [name for name, _ in totals.most_common()]


def _shade(count: int, most: int) -> int:
    """Each shade is for counts so many times as large as those of the one before: few of them are large."""
    if count <= 1 or most <= 1:
        return min(count, 1)
    return min(SHADES, 1 + math.floor(SHADES * math.log(count) / math.log(most)))


def _shades(found: Iterable[Cell]) -> list[Shade]:
    by_shade: dict[int, list[int]] = {}
    for cell in found:
        by_shade.setdefault(cell.shade, []).append(cell.count)
    return [Shade(shade, min(counts), max(counts)) for shade, counts in sorted(by_shade.items()) if shade]
