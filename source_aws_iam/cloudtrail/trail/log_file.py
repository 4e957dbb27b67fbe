"""The records of a log file, one after the other, while it is downloaded: {"Records":[{…},{…}]}, compressed with gzip.

CloudTrail's files have up to 200,000 records. No more of one is kept in memory than a piece of its text and the record
that is being read.
"""

from __future__ import annotations

import codecs
import re
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from source_aws_iam.cloudtrail.record.fields import Json

# How CloudTrail's own files begin each record. Inside of a text, a quotation mark has a backslash before it.
_BETWEEN: Final = '},{"eventVersion"'
_LIST: Final = re.compile(r'"Records"\s*:\s*\[')
_BEFORE: Final = re.compile(r"[\s,]*")
# A string with its end, if the text has it, or a character outside of strings.
_TOKENS: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*("?)|[\[{\]},]', re.DOTALL)
# zlib: a gzip header is expected.
_GZIP: Final = 16 + zlib.MAX_WBITS
_STEPS: Final = {"{": 1, "[": 1, "}": -1, "]": -1}
# Bytes of content at a time.
_PIECE: Final = 1 << 20
# Without it, the text before the list of records could be as large as memory.
_LONGEST_HEAD: Final = 1 << 20


class DamagedFileError(Exception):
    """A log file that is not whole, or no log file. `reason` says what is wrong with it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RecordText(NamedTuple):
    """The JSON text of a record, and what orjson makes of it, where finding its end took that. Else it is None."""

    text: str
    value: Json


def records(compressed: Iterable[bytes]) -> Iterator[RecordText]:
    """Yield each record. Raises DamagedFileError, after the records before the damage."""
    source = _Text(texts(compressed))
    source.skip_to_list()
    while (record := source.record()) is not None:
        yield record
    source.skip_to_end()


def texts(compressed: Iterable[bytes]) -> Iterator[str]:
    """Yield the text of a file that is compressed with gzip, in pieces. Raises DamagedFileError."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    for piece in inflated(compressed):
        yield decode(piece)
    yield decode(b"", final=True)


def inflated(compressed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the content of a file that is compressed with gzip, in pieces. Raises DamagedFileError."""
    inflating = zlib.decompressobj(_GZIP)
    is_empty = True
    try:
        for piece in compressed:
            is_empty = is_empty and not piece
            data = piece
            while data:
                if inflating.eof:  # several compressed files may follow each other
                    inflating = zlib.decompressobj(_GZIP)
                # A small piece of a file that repeats itself may become a large text.
                yield inflating.decompress(data, _PIECE)
                data = inflating.unconsumed_tail or inflating.unused_data
    except zlib.error as error:
        raise DamagedFileError("it is not compressed with gzip, or damaged") from error
    if is_empty:
        raise DamagedFileError("it is empty")
    if not inflating.eof:
        raise DamagedFileError("it is cut off")


class _Text:
    """The part of the text that was read and not used yet. `_held[_at:]` comes next."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._held = ""
        self._at = 0

    def skip_to_list(self) -> None:
        """Skip what stands before the first record."""
        while not (found := _LIST.search(self._held)):
            if len(self._held) > _LONGEST_HEAD or not self._more():
                raise DamagedFileError("it has no list of Records")
        self._at = found.end()

    def skip_to_end(self) -> None:
        """Skip what stands after the list. Only at its end a file proves to be whole."""
        for _ in self._pieces:
            pass

    def record(self) -> RecordText | None:
        """Return the next record, and None at the end of the list."""
        while (start := _BEFORE.match(self._held, self._at).end()) == len(self._held):  # type: ignore[union-attr]
            self._at = start
            if not self._more():
                raise DamagedFileError("it ends in the middle of its list of Records")
        self._at = start
        if self._held[start] == "]":
            return None
        return self._usual() or RecordText(self._take(self._length()), None)

    def _usual(self) -> RecordText | None:
        """Return the record, if the next one is held too and begins as CloudTrail's do. None where it may be another.

        A list inside of a record may have such members.
        """
        found = self._held.find(_BETWEEN, self._at)
        if found < 0:
            return None
        text = self._held[self._at : found + 1]
        try:
            # It ends with a bracket, so it is no null.
            value = orjson.loads(text)
        except ValueError:
            return None
        self._at = found + 1
        return RecordText(text, value)

    def _length(self) -> int:
        """Return the length of the record by its brackets, whatever comes after it."""
        depth, seen = 0, 0
        while True:
            for token in _TOKENS.finditer(self._held, self._at + seen):
                char = token[0]
                if token[1] == "":
                    break
                if not depth and char in ",]":
                    return token.start() - self._at
                depth += _STEPS.get(char, 0)
                seen = token.end() - self._at
                if not depth and char in "]}":
                    return seen
            if not self._more():
                raise DamagedFileError("it ends in the middle of a record")

    def _take(self, length: int) -> str:
        start = self._at
        self._at += length
        return self._held[start : self._at].rstrip()

    def _more(self) -> bool:
        """Read one more piece of the text, and forget what was used. Return whether there was one."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._held, self._at = self._held[self._at :] + piece, 0
        return True
