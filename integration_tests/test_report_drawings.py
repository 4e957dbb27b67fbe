"""What the page of `make sync` draws, whatever the numbers are."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from integration_tests.report_page.bars import bars
from integration_tests.report_page.heat import MOST_COLUMNS, MOST_ROWS, SHADES, heat
from integration_tests.report_page.sections import SECTIONS
from integration_tests.report_page.timeline import timeline
from tools.docs import declared


def test_every_stream_that_a_section_needs_exists() -> None:
    assert {stream for section in SECTIONS for stream in section.streams} <= declared().keys()


def test_larger_counts_have_darker_shades_and_the_largest_rows_and_columns_are_shown() -> None:
    rows = [{"row": f"r{n}", "column": f"c{n}", "count": n * n} for n in range(1, 40)]
    drawn = heat(rows)
    shades = sorted((cell.count, cell.shade) for line in heat(rows[-12:]).rows.values() for cell in line if cell.count)
    assert [shade for _, shade in shades] == sorted(shade for _, shade in shades)
    assert {shade for _, shade in shades} <= set(range(1, SHADES + 1))
    assert (len(drawn.rows), len(drawn.columns)) == (MOST_ROWS, MOST_COLUMNS)
    assert (drawn.rows_in_all, drawn.columns_in_all) == (39, 39)
    assert drawn.columns[0] == "c39"
    assert {cell.shade for line in drawn.rows.values() for cell in line if not cell.count} == {0}
    assert max(cell.shade for line in drawn.rows.values() for cell in line) == SHADES
    assert all(one.most < other.least for one, other in pairwise(drawn.shades))


def test_one_person_in_one_account_is_a_heat_map_too() -> None:
    assert heat([{"row": "a", "column": "b", "count": 1}]).rows["a"][0].shade == 1


def test_days_without_anything_are_columns_too_and_names_of_days_have_room() -> None:
    rows = [{"day": date(2026, 11, day), "result": "Success", "count": day} for day in (1, 30)]
    drawn = timeline(rows, "day", {"Success": "good"})
    assert [column.total for column in drawn.columns] == [1, *[0] * 28, 30]
    assert all(other.left - one.left >= 12 for one, other in pairwise(drawn.days))
    assert [day.is_second for day in drawn.days] == [bool(number % 2) for number in range(len(drawn.days))]


def test_a_part_that_is_there_is_seen_and_no_bar_is_longer_than_there_is_room() -> None:
    rows = [{"name": "a", "part": part, "count": count} for part, count in (("x", 1), ("y", 1), ("z", 10_000))]
    [bar] = bars(rows, {"x": "c1", "y": "c2", "z": "c3"}).bars
    assert min(part.length for part in bar.parts) >= 1
    assert bar.parts[-1].start + bar.parts[-1].length <= 100
