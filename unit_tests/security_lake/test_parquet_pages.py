"""Pages and row groups stay below what Security Lake asks for, whatever the sizes of values."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet as pq

from destination_security_lake.ocsf.results import OcsfRow
from destination_security_lake.parquet.parquet_file import PAGE
from destination_security_lake.parquet.row_line import LARGE, parsed, row_line
from destination_security_lake.parquet.spill import Limits
from unit_tests.security_lake.lake import Written, by_pyarrow, event, events, unlike, written
from unit_tests.security_lake.pages import DATA, DICTIONARY, pages

Fields = Callable[[int, int], dict[str, Any]]

MIB = 1 << 20
# Levels, and the length before each value.
SLACK = 4096


def text(number: int, size: int) -> str:
    """Return text that no dictionary makes smaller."""
    return f"{number:09}".ljust(size, "x")


def parameters(number: int, size: int) -> dict[str, Any]:
    return {"requestID": "request", "requestParameters": {"text": text(number, size)}}


def unmapped(number: int, size: int) -> dict[str, Any]:
    return {"additionalEventData": {"one": text(number, size), "two": text(-number, size), "three": "short"}}


def largest(files: list[Written]) -> int:
    return max(page.size for file in files for page in pages(file.path))


@pytest.mark.parametrize("fields", [parameters, unmapped])
@pytest.mark.parametrize(
    ("count", "size"), [(6_000, 10), (3_000, 1_000), (400, 40_000), (60, 250_000), (12, 600_000), (6, 960_000)]
)
def test_no_page_has_more_than_a_mebibyte(count: int, size: int, fields: Fields, tmp_path: Path) -> None:
    files = written((event(number, **fields(number, size)) for number in range(count)), tmp_path)

    assert sum(file.rows for file in files) == count
    assert largest(files) <= MIB
    if size < LARGE // 4:
        assert largest(files) <= PAGE + LARGE + SLACK


def test_pages_are_filled(tmp_path: Path) -> None:
    files = written((event(number, **parameters(number, 1_000)) for number in range(3_000)), tmp_path)

    [path] = [file.path for file in files]
    found = [page for page in pages(path) if page.column == "api.request.data" and page.kind == DATA]
    assert len(found) < 3_000_000 // PAGE
    assert any(page.kind == DICTIONARY for page in pages(path))


@pytest.mark.parametrize("fields", [parameters, unmapped])
def test_a_value_above_the_limit_is_not_divided_and_shares_its_page_with_small_ones_at_most(
    fields: Fields, tmp_path: Path
) -> None:
    rows = [event(number, **fields(number, 1_000 + (number == 50) * 3 * MIB)) for number in range(100)]

    files = written(rows, tmp_path)

    above = [page for file in files for page in pages(file.path) if page.size > MIB]
    assert above
    assert all(3 * MIB < page.size < 3 * MIB + PAGE for page in above)
    found = [OcsfRow(file.event_class, row) for file in files for row in by_pyarrow(file.path)]
    assert unlike(found) == unlike(rows)


def test_large_rows_have_files_of_their_own(tmp_path: Path) -> None:
    rows = [event(number, **parameters(number, 1_000 + (number % 10 == 0) * LARGE)) for number in range(100)]

    files = written(rows, tmp_path)

    assert sorted(file.rows for file in files) == [10, 90]
    assert len({Path(file.key).parent for file in files}) == 1
    for file in files:
        times = [row["time"] for row in by_pyarrow(file.path)]
        assert times == sorted(times)


def size(rows: list[OcsfRow]) -> int:
    return sum(len(parsed(row_line(row)).json) for row in rows)


def test_a_row_group_ends_when_it_is_full(tmp_path: Path) -> None:
    rows = events(3_000, userAgent="x" * 2_000)
    row_group = 2 * MIB

    [file] = written(rows, tmp_path, Limits(row_group=row_group))

    metadata = pq.ParquetFile(file.path).metadata
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    assert size(rows) // (row_group + LARGE) <= len(groups) <= size(rows) // row_group
    assert all(group.total_byte_size <= row_group + LARGE for group in groups)
    times = [(group.column(10).statistics.min, group.column(10).statistics.max) for group in groups]
    assert [one for pair in times for one in pair] == sorted(one for pair in times for one in pair)


def test_a_row_group_stays_far_below_what_security_lake_takes_however_little_it_can_be_compressed() -> None:
    assert Limits().row_group + LARGE < 256_000_000 // 4


def test_a_file_ends_when_it_is_full_and_the_next_one_goes_on_from_there(tmp_path: Path) -> None:
    rows = events(3_000, userAgent="x" * 2_000)
    limit = 2 * MIB

    files = written(rows, tmp_path, Limits(row_group=MIB, file=limit))

    assert len(files) >= size(rows) // (limit + LARGE) > 1
    assert sum(file.rows for file in files) == len(rows)
    ends = [*accumulate(file.rows for file in files)]
    assert all(size(rows[end - file.rows : end]) <= limit + LARGE for end, file in zip(ends, files, strict=True))
    times = [[row["time"] for row in by_pyarrow(file.path)] for file in files]
    assert [time for of_file in times for time in of_file] == [row.attributes["time"] for row in rows]
