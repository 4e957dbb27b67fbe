"""Rows of OCSF on disk, and the Parquet files that become of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path

from destination_security_lake.disk.sorted_lines import MEMORY, SortedLines
from destination_security_lake.disk.work_folder import WorkFolder
from destination_security_lake.ocsf.classes import EventClass
from destination_security_lake.ocsf.results import OcsfRow
from destination_security_lake.parquet.parquet_file import parquet_file
from destination_security_lake.parquet.row_line import (
    LARGE,
    JsonLine,
    Partition,
    RowLine,
    parsed,
    partition_of,
    row_line,
)


@dataclass(frozen=True)
class Limits:
    """Bytes of rows as JSON, of which Parquet takes a tenth or less.

    `memory`: gathered before they are written to disk. `row_group` and `file`: after these, one ends. What is held in
    memory at a time is the larger of `memory` and `row_group`, three times over.
    """

    memory: int = MEMORY
    row_group: int = 32 << 20
    file: int = 512 << 20


@dataclass(frozen=True)
class File:
    """A Parquet file, whole and closed. It lies at `path` until whoever uploads it removes it.

    `key` is its name in the bucket of the lake. Files of the same key have the same rows.
    """

    path: Path
    key: str
    event_class: EventClass
    rows: int
    bytes: int


class Spill:
    """The rows that are mapped and not uploaded yet, of all partitions at once.

        with work_folder(parent) as folder:
            spill = Spill(folder, "eu-west-1", {API_ACTIVITY: "iam-api-activity", …})
            spill.add(row)                      # many, in any order
            for file in spill.files():          # at the end of the input, or when `spill.bytes` reach a limit
                upload(file.path, file.key)
                file.path.unlink()

    `bytes` is how much the rows take, nearly all of it on disk; the files come to it, each until it is removed.
    `repeated` counts the rows that files lack because they were there already.
    """

    def __init__(
        self, folder: WorkFolder, region: str, sources: Mapping[EventClass, str], limits: Limits | None = None
    ) -> None:
        """Keep rows in the folder, for the lake of a Region.

        `sources` are the custom sources of the classes: what their prefix has behind `ext/`, which is the name, and for
        a source with a version, `name/version`.
        """
        self._folder = folder
        self._region = region
        self._sources = sources
        self._limits = limits or Limits()
        self._lines = SortedLines(folder, "rows", self._limits.memory)
        self.repeated = 0

    @property
    def bytes(self) -> int:
        """How much the rows take as text."""
        return self._lines.bytes

    def add(self, row: OcsfRow) -> None:
        """Keep a row. Raises KeyError for a class without a source, and WorkFolderError where the disk is full.

        While `files` is read this raises RuntimeError.
        """
        self._sources[row.event_class]
        self._lines.add(row_line(row))

    def files(self) -> Iterator[File]:
        """Write the rows into files, and yield one after the other: one or more for each class, account and day.

        In a file, rows are sorted by time, then by id and content. An event is there once: of rows with the same id and
        time, the longest, and of these the last in the order of their text. Rows without an id are the same where all
        of them is.

        After the last file the rows are forgotten. Where the caller stops earlier, or an exception is raised, they are
        kept, and the next call yields the same files again. Raises WorkFolderError where the disk is full: the file of
        which there is a part is removed then, and never yielded.
        """
        with self._lines.emptied() as lines:
            for partition, rows in groupby(map(parsed, lines), attrgetter("partition")):
                pieces = _pieces(self._once(rows))
                for first in pieces:
                    yield self._file(partition_of(partition), chain([first], pieces))

    def _once(self, rows: Iterator[RowLine]) -> Iterator[JsonLine]:
        kept: RowLine | None = None
        for row in rows:
            if kept and kept.identity == row.identity:
                self.repeated += 1
                kept = max(kept, row, key=lambda one: (len(one.json), one.json))
            else:
                if kept:
                    yield kept.json
                kept = row
        if kept:
            yield kept.json

    def _file(self, partition: Partition, pieces: Iterator[list[JsonLine]]) -> File:
        """Write pieces until the file is full, or none is left."""
        part = self._folder.path / "part"
        of_class = partition.event_class
        with self._folder.writing():
            with parquet_file(part, of_class, self._limits.row_group, has_large_rows=partition.is_large) as file:
                for piece in pieces:
                    file.write(piece)
                    if file.text_bytes >= self._limits.file:
                        break
            path = part.rename(self._folder.path / f"{file.name}.parquet")
            size = path.stat().st_size
        prefix = f"ext/{self._sources[of_class]}/region={self._region}/accountId={partition.account}"
        key = f"{prefix}/eventDay={partition.day}/{path.name}"
        return File(path, key, of_class, file.rows, size)


def _pieces(rows: Iterator[JsonLine]) -> Iterator[list[JsonLine]]:
    """Yield the rows in lists of at most LARGE bytes, and what is larger by itself."""
    piece: list[JsonLine] = []
    size = 0
    for row in rows:
        if piece and size + len(row) > LARGE:
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += len(row)
    if piece:
        yield piece
