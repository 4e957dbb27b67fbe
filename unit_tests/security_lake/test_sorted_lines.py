"""Lines come back sorted, and memory and open files do not grow with them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from destination_security_lake.disk.sorted_lines import SortedLines
from destination_security_lake.disk.work_folder import WorkFolder, work_folder
from unit_tests.security_lake.lake import scratch

LINES = st.lists(st.binary(max_size=40).map(lambda text: text.replace(b"\n", b"") + b"\n"))
MEGA = 1_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[WorkFolder]:
    with work_folder(tmp_path) as found:
        yield found


@given(LINES, st.integers(1, 500))
def test_any_lines_come_back_sorted_once_and_again_after_the_next_ones(lines: list[bytes], memory: int) -> None:
    with scratch() as parent, work_folder(Path(parent)) as found:
        kept = SortedLines(found, "lines", memory)
        for some in (lines, lines[::-1]):
            for line in some:
                kept.add(line)
            assert kept.bytes == sum(map(len, lines))
            with kept.emptied() as back:
                assert [*back] == sorted(lines)
            assert (kept.bytes, [*found.path.iterdir()]) == (0, [])


def test_a_line_may_be_longer_than_all_memory(folder: WorkFolder) -> None:
    lines = [b"b\n", b"a" * 3_000_000 + b"\n", b"a\n"]
    kept = SortedLines(folder, "lines", memory=10)
    for line in lines:
        kept.add(line)

    with kept.emptied() as back:
        found = [*back]
    assert list(map(len, found)) == [2, 3_000_001, 2]
    assert found == sorted(lines)


def test_lines_are_kept_where_reading_them_fails(folder: WorkFolder) -> None:
    kept = SortedLines(folder, "lines", memory=100)
    lines = [b"%d\n" % number for number in range(50)]
    for line in lines:
        kept.add(line)

    with pytest.raises(ZeroDivisionError), kept.emptied() as back:
        1 / int(next(back))
    kept.add(b"a\n")

    with kept.emptied() as back:
        assert [*back] == [*sorted(lines), b"a\n"]


def test_a_line_cannot_be_added_while_lines_are_read(folder: WorkFolder) -> None:
    kept = SortedLines(folder, "lines")

    with kept.emptied(), pytest.raises(RuntimeError, match="Lines are added while they are read"):
        kept.add(b"a\n")


def open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def test_thousands_of_runs_are_read_through_one_open_file(folder: WorkFolder) -> None:
    kept = SortedLines(folder, "lines", memory=1)
    for number in range(5_000):
        kept.add(b"%d\n" % number)
    before = open_files()

    with kept.emptied() as back:
        next(back)
        assert open_files() == before + 1


def test_memory_does_not_grow_with_the_lines(folder: WorkFolder) -> None:
    memory = 2 * MEGA
    kept = SortedLines(folder, "lines", memory)
    tracemalloc.start()
    try:
        for number in range(60_000):
            kept.add(b"%d".ljust(1_000) % (number * 7919 % 60_000) + b"\n")
        _, adding = tracemalloc.get_traced_memory()
        with kept.emptied() as back:
            count = sum(1 for _ in back)
        _, reading = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 60_000
    # All lines are 60 MB.
    assert memory < adding < 2 * memory
    assert reading < 4 * memory
