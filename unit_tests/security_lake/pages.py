"""The pages of a Parquet file, from their own headers: what a writer was told says little about what it wrote.

https://parquet.apache.org/docs/file-format/data-pages/, in Thrift's compact protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet as pq

DATA: Final = 0
DICTIONARY: Final = 2
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _STRUCT = 1, 2, 3, 7, 8, 9, 12
_SHORT_LIST: Final = 15


@dataclass(frozen=True)
class Page:
    """A page. `size` is of its content, uncompressed, in bytes."""

    column: str
    row_group: int
    kind: int
    size: int
    values: int


def pages(path: Path) -> Iterator[Page]:
    """Yield the pages of a file, each of which was decompressed, and has the size that its header tells."""
    content = path.read_bytes()
    metadata = pq.ParquetFile(path).metadata
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for index in range(group.num_columns):
            yield from _of_chunk(content, number, group.column(index))


def _of_chunk(content: bytes, number: int, chunk: Any) -> Iterator[Page]:
    start = chunk.dictionary_page_offset if chunk.has_dictionary_page else chunk.data_page_offset
    header = Header(content, start)
    values = 0
    while header.position < start + chunk.total_compressed_size:
        fields = header.struct()
        kind, size, compressed = fields[1], fields[2], fields[3]
        body = content[header.position : header.position + compressed]
        assert len(pa.decompress(body, decompressed_size=size, codec="zstd", asbytes=True)) == size
        header.position += compressed
        [of_page] = [fields[one] for one in (5, 7) if one in fields]
        values += of_page[1] if kind == DATA else 0
        yield Page(chunk.path_in_schema, number, kind, size, of_page[1])
    assert (header.position, values) == (start + chunk.total_compressed_size, chunk.num_values)


class Header:
    """Reads structs of Thrift at a position."""

    def __init__(self, content: bytes, position: int) -> None:
        self._content = content
        self.position = position

    def struct(self) -> dict[int, Any]:
        """Return {field id: value}."""
        fields: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != 0:
            number = number + (head >> 4) if head >> 4 else self._integer()
            fields[number] = self._value(head & 15)
        return fields

    def _value(self, kind: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind == _DOUBLE:
            return self._bytes(8)
        if kind == _STRUCT:
            return self.struct()
        if kind == _LIST:
            head = self._byte()
            count = head >> 4 if head >> 4 < _SHORT_LIST else self._varint()
            return [self._value(head & 15) for _ in range(count)]
        return self._byte() if kind == _BYTE else self._integer()

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, count: int) -> bytes:
        self.position += count
        return self._content[self.position - count : self.position]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _integer(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
