"""The records of a log file, whatever shape it has, and however it is cut on its way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.trail.log_file import DamagedFileError, records

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='},{"[]:\\ eventVersion') | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["eventVersion", "a", '"', "}"]), inner, max_size=3)
    ),
    max_leaves=10,
)
written = st.sampled_from([{"separators": (",", ":")}, {}, {"indent": 1}, {"ensure_ascii": False}])
USUAL = {"eventVersion": "1.08", "eventID": "1", "list": [{"eventVersion": 1}, {"eventVersion": 2}]}


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def read(content: bytes, size: int = 1000) -> list[Any]:
    return [json.loads(text) for text, _ in records(pieces(content, size))]


@given(st.lists(values, max_size=6), written, st.integers(1, 50), st.booleans())
def test_all_records_come_once_in_their_order(given_: list[Any], how: Any, size: int, usual: bool) -> None:
    expected = [USUAL, *({"eventVersion": "1", "value": one} for one in given_), USUAL] if usual else given_
    body = json.dumps({"before": "x", "Records": expected, "after": []}, **how)
    assert read(packed(body.encode("utf-8", "surrogatepass")), size) == expected or "\ufffd" in body


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_several_compressed_files_in_one_are_one(size: int) -> None:
    body = json.dumps({"Records": [USUAL] * 3})
    assert read(packed(body[:40].encode()) + packed(body[40:].encode()), size) == [USUAL] * 3


def test_a_record_that_nests_deeper_than_any_parser_reads_is_text() -> None:
    deep = '{"eventVersion":' + "[" * 100_000 + "]" * 100_000 + "}"
    body = f'{{"Records":[{deep},{{"eventVersion":2}}]}}'
    assert [text for text, _ in records([packed(body.encode())])] == [deep, '{"eventVersion":2}']


def test_memory_is_bounded_by_a_piece_and_a_record() -> None:
    """The file repeats itself: 200 kB of it become 200 MB of text."""
    many = 100_000
    body = packed(b'{"Records":[' + b",".join([b'{"eventVersion":"%s"}' % (b"x" * 2000)] * many) + b"]}")
    longest = 0
    count = 0
    for text, _ in records(pieces(body, 1 << 16)):
        longest, count = max(longest, len(text)), count + 1
    assert (count, longest) == (many, 2019)


WHOLE = packed(json.dumps({"Records": [USUAL] * 200}).encode())
INNER = json.dumps({"Records": [USUAL] * 200}).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"{}", "it is not compressed with gzip, or damaged"),
        (WHOLE[:-40], "it is cut off"),
        (WHOLE[:200] + b"\0\0\0\0" + WHOLE[204:], "it is not compressed with gzip, or damaged"),
        (packed(b""), "it has no list of Records"),
        (packed(b"not JSON"), "it has no list of Records"),
        (packed(b'{"records": []}'), "it has no list of Records"),
        (packed(b'{"Records": {}}'), "it has no list of Records"),
        (packed(b" " * (3 << 20) + b'{"Records": []}'), "it has no list of Records"),
        (packed(b'{"Records": ['), "it ends in the middle of its list of Records"),
        (packed(b'{"Records": [{"a": 1},'), "it ends in the middle of its list of Records"),
        (packed(b'{"Records": [{"a": 1'), "it ends in the middle of a record"),
        (packed(b'{"Records": [{"a": "]}'), "it ends in the middle of a record"),
        (packed(INNER[:-100]), "it ends in the middle of a record"),
    ],
)
def test_what_is_wrong_with_a_damaged_file_is_said(content: bytes, reason: str) -> None:
    with pytest.raises(DamagedFileError) as damage:
        read(content)
    assert damage.value.reason == reason


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 500))
def test_a_file_that_is_cut_anywhere_is_never_taken_for_a_whole_one(length: int, size: int) -> None:
    with pytest.raises(DamagedFileError):
        read(WHOLE[:length], size)
