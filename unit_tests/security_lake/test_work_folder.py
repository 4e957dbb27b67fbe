"""A run has a folder of its own, and says what to do where that cannot be written to."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from destination_security_lake.disk.work_folder import WorkFolderError, work_folder
from destination_security_lake.ocsf.results import OcsfRow
from destination_security_lake.parquet.spill import Limits, Spill
from unit_tests.security_lake.lake import REGION, SOURCES, events, unlike, written

ROWS = events(2_000)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the kernel refuse to write files beyond a size, as it does where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def add(spill: Spill, rows: Iterable[OcsfRow]) -> None:
    for row in rows:
        spill.add(row)


def test_a_run_has_a_new_folder_and_leaves_nothing_behind(tmp_path: Path) -> None:
    parent = tmp_path / "not" / "there"

    with work_folder(parent) as one, work_folder(parent) as other:
        assert one.path != other.path
        assert [one.path.parent, other.path.parent] == [parent, parent]
        (one.path / "file").touch()

    assert [*parent.iterdir()] == []


def test_the_folder_is_removed_where_the_run_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError), work_folder(tmp_path):
        raise KeyError

    assert [*tmp_path.iterdir()] == []


def test_what_an_earlier_run_has_left_is_neither_read_nor_removed(tmp_path: Path) -> None:
    left = tmp_path / "security-lake-dead"
    left.mkdir()
    names = ("rows", "users", "part", "0.parquet")
    for name in names:
        (left / name).write_text("6003\t")

    with work_folder(tmp_path) as folder:
        spill = Spill(folder, REGION, SOURCES)
        spill.add(ROWS[0])
        assert [file.rows for file in spill.files()] == [1]

    assert sorted(file.name for file in left.iterdir()) == sorted(names)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_with_the_folder_and_what_to_do(number: int, tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder, pytest.raises(WorkFolderError) as raised, folder.writing():
        raise OSError(number, os.strerror(number))

    assert str(raised.value) == (
        f"The work folder {tmp_path} has no room left: {os.strerror(number)}. "
        "Free some, choose a smaller flush_size_mb, or let the environment variable TMPDIR name a folder on a larger "
        "volume."
    )


def test_a_folder_that_cannot_be_used_is_told_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(WorkFolderError) as raised, work_folder(file / "folder"):
        pass

    assert str(raised.value) == (
        f"The work folder {file}/folder cannot be used: Not a directory. Let the environment variable TMPDIR name a "
        "folder that the destination may write to."
    )


def test_rows_that_the_disk_has_no_room_for_are_kept_for_when_it_has(tmp_path: Path) -> None:
    with work_folder(tmp_path / "work") as folder:
        spill = Spill(folder, REGION, SOURCES, Limits(memory=200_000))
        rest = iter(ROWS)
        with largest_file(500_000), pytest.raises(WorkFolderError, match="has no room left: File too large"):
            add(spill, rest)
        assert 0 < sum(file.stat().st_size for file in folder.path.iterdir()) < spill.bytes
        add(spill, rest)

        keys = [file.key for file in spill.files()]

    assert keys == [file.key for file in written(ROWS, tmp_path / "lake")]


def test_a_file_that_the_disk_has_no_room_for_is_never_there(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        spill = Spill(folder, REGION, SOURCES, Limits(row_group=100_000))
        add(spill, ROWS)
        with largest_file(20_000), pytest.raises(WorkFolderError, match="has no room left: File too large"):
            next(spill.files())

        assert [*folder.path.glob("*.parquet"), *folder.path.glob("part")] == []
        assert sum(file.rows for file in spill.files()) == len(ROWS) == len({*unlike(ROWS)})
