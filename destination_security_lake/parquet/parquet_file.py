"""One Parquet file, written row group by row group, within the limits of Security Lake.

AWS asks for zstd, data pages of at most 1 MB uncompressed and row groups of at most 256 MB compressed. Format 1.0 is
that of Security Lake's own tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet as pq

from destination_security_lake.ocsf.classes import EventClass
from destination_security_lake.parquet.schema import schema, table

PAGE: Final = 64 << 10
"""Bytes after which a page ends. pyarrow counts them after each call of `ParquetFile.write`, not after each value."""

_OPTIONS: Final[dict[str, Any]] = {
    "version": "1.0",
    "data_page_version": "1.0",
    "compression": "zstd",
    "write_statistics": True,
    "data_page_size": PAGE,
    "dictionary_pagesize_limit": PAGE,
    # What pyarrow adds for itself. Parquet's own types say the same.
    "store_schema": False,
}


class ParquetFile:
    """A file that is written. `name` and `text_bytes` are of the rows so far."""

    def __init__(self, writer: pq.ParquetWriter, event_class: EventClass, row_group: int) -> None:
        self._writer = writer
        self._event_class = event_class
        self._row_group = row_group
        self._tables: list[pa.Table] = []
        self._in_group = 0
        self._hash = hashlib.sha256()
        self.text_bytes = 0
        self.rows = 0

    @property
    def name(self) -> str:
        """The SHA-256 of the rows as JSON: it does not depend on versions of pyarrow, and differs where a row does."""
        return self._hash.hexdigest()

    def write(self, rows: Sequence[bytes]) -> None:
        """Append rows of the class, each a line of JSON. Memory is taken for a row group of them."""
        size = sum(map(len, rows))
        for row in rows:
            self._hash.update(row)
        self._tables.append(table(self._event_class, rows))
        self._in_group += size
        self.text_bytes += size
        self.rows += len(rows)
        if self._in_group >= self._row_group:
            self.end_row_group()

    def end_row_group(self) -> None:
        """Write what belongs to the row group."""
        if self._tables:
            group = pa.concat_tables(self._tables)
            self._writer.write_table(group, row_group_size=group.num_rows)
            self._tables, self._in_group = [], 0


@contextmanager
def parquet_file(path: Path, event_class: EventClass, row_group: int, *, has_large_rows: bool) -> Iterator[ParquetFile]:
    """Give a file to write at `path`, which is whole after the block and removed where that raises.

    A row group ends after `row_group` bytes of JSON. A page has at most PAGE bytes and those of one `write`; in a file
    of large rows it has at most PAGE bytes and one value, which cannot be divided. That takes five times as long.
    Raises OSError where the disk is full.
    """
    of_class = schema(event_class)
    sorted_by_time = pq.SortingColumn.from_ordering(of_class, [("time", "ascending")])
    # How many values are written between two looks at the size of the page. A call of `write` ends them too.
    batch = 1 if has_large_rows else None
    is_whole = False
    try:
        with (
            path.open("wb") as sink,
            pq.ParquetWriter(
                sink, of_class, sorting_columns=sorted_by_time, write_batch_size=batch, **_OPTIONS
            ) as writer,
        ):
            file = ParquetFile(writer, event_class, row_group)
            yield file
            file.end_row_group()
        is_whole = True
    finally:
        if not is_whole:
            path.unlink(missing_ok=True)
