"""Lines that come in any order, and are read back sorted: an external merge sort.

They are gathered in memory, and as soon as there are enough of them, sorted and appended to one file: a run. Reading
merges the runs. So memory does not grow with the lines, nor do open files with what the lines are about.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from heapq import merge
from io import BufferedReader, RawIOBase
from typing import Any, Final

from destination_security_lake.disk.work_folder import WorkFolder

MEMORY: Final = 32 << 20
"""Bytes of lines that are gathered before they are written."""

Line = bytes
"""Ends with its only newline."""

# What a line takes in memory beside its bytes: the header of the object, and its place in a list.
_BESIDE: Final = 41
_LARGEST_READ: Final = 1 << 20
_SMALLEST_READ: Final = 4 << 10


class SortedLines:
    """Lines, in the order of their bytes.

    `add` raises WorkFolderError where the disk is full. No line is lost by that: what was added is still there.
    """

    def __init__(self, folder: WorkFolder, name: str, memory: int = MEMORY) -> None:
        """Keep the lines in the file `name` of the folder, and about `memory` bytes of them in memory."""
        self._folder = folder
        self._file = folder.path / name
        self._memory = memory
        self._gathered: list[Line] = []
        self._gathered_bytes = 0
        # Where each run ends in the file. The next one begins there.
        self._ends: list[int] = []
        self._is_read = False

    @property
    def bytes(self) -> int:
        """How much there is, most of it on disk."""
        return self._on_disk + self._gathered_bytes - _BESIDE * len(self._gathered)

    @property
    def _on_disk(self) -> int:
        return self._ends[-1] if self._ends else 0

    def add(self, line: Line) -> None:
        """Keep a line. While `emptied` lasts this raises RuntimeError, for the line would be lost."""
        if self._is_read:
            raise RuntimeError("Lines are added while they are read.")
        self._gathered.append(line)
        self._gathered_bytes += len(line) + _BESIDE
        if self._gathered_bytes >= self._memory:
            self._write()

    @contextmanager
    def emptied(self) -> Iterator[Iterator[Line]]:
        """Give all lines, sorted. They are forgotten where the block ends, and kept where it raises."""
        self._is_read = True
        try:
            with ExitStack() as files:
                yield self._merged(files)
            self._forget()
        finally:
            self._is_read = False

    def _write(self) -> None:
        self._gathered.sort()
        with self._folder.writing():
            try:
                with self._file.open("ab") as file:
                    file.writelines(self._gathered)
            except OSError:
                # Part of a run is none, and takes room that others need.
                if self._file.exists():
                    os.truncate(self._file, self._on_disk)
                raise
            self._ends.append(self._file.stat().st_size)
        self._gathered, self._gathered_bytes = [], 0

    def _merged(self, files: ExitStack) -> Iterator[Line]:
        self._gathered.sort()
        sources: list[Iterable[Line]] = [self._gathered]
        if self._ends:
            descriptor = os.open(self._file, os.O_RDONLY)
            files.callback(os.close, descriptor)
            # Of very many runs, each has less of the memory.
            size = min(max(self._memory // len(self._ends), _SMALLEST_READ), _LARGEST_READ)
            starts = [0, *self._ends]
            sources += [
                files.enter_context(BufferedReader(_Run(descriptor, start, end), size))
                for start, end in zip(starts, self._ends, strict=False)
            ]
        return merge(*sources)

    def _forget(self) -> None:
        self._gathered, self._gathered_bytes, self._ends = [], 0, []
        self._file.unlink(missing_ok=True)


class _Run(RawIOBase):
    """A part of a file. All of them share one descriptor, so that their number has no limit."""

    def __init__(self, descriptor: int, start: int, end: int) -> None:
        self._descriptor = descriptor
        self._position = start
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), self._end - self._position)
        read = os.pread(self._descriptor, size, self._position)
        buffer[: len(read)] = read
        self._position += len(read)
        return len(read)
