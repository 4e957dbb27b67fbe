"""Rows in an executor: what is kept in memory, and what is said of a file."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from source_aws_iam.cloudtrail.trail.wanted import Wanted
from source_aws_iam.config import EventSelection
from spark_backfill.days import Days
from spark_backfill.log_files import Source
from spark_backfill.rows import EVENT_DAY, FOREIGN, PROBLEM, LogFileRows

ROOT = "s3://bucket/AWSLogs/012345678901/CloudTrail/us-east-1/2026/03/01/"
NAME = "012345678901_CloudTrail_us-east-1_20260301T0905Z_x1Y2z3A4b5C6d7E8.json.gz"


def mapping(days: Days | None = None) -> LogFileRows:
    return LogFileRows(Source("s3://bucket/AWSLogs/"), Wanted(EventSelection(), data_events=False), days or Days())


def batch(content: bytes, name: str = NAME) -> Iterator[pa.RecordBatch]:
    yield pa.RecordBatch.from_pydict({"path": [ROOT + name], "content": [content]})


def rows(content: bytes, name: str = NAME, days: Days | None = None) -> list[dict[str, Any]]:
    return [row for found in mapping(days).batches(batch(content, name)) for row in found.to_pylist()]


def record(number: int, time: str = "2026-03-01T09:00:00Z") -> dict[str, Any]:
    return {"eventVersion": "1.11", "eventID": f"{number}", "eventTime": time, "userAgent": "a" * 2000}


def file(*records: dict[str, Any]) -> bytes:
    return gzip.compress(json.dumps({"Records": records}, separators=(",", ":")).encode())


def test_a_large_file_is_never_in_memory_as_text() -> None:
    count = 30_000
    content = file(*map(record, range(count)))
    assert len(content) < 1 << 20
    rows(file(record(0)))  # what is loaded once for a process, such as botocore's Regions
    tracemalloc.start()
    try:
        found = sum(batch.num_rows for batch in mapping().batches(batch(content)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == count
    assert peak < 20 << 20, "its text has 62 MB"


@pytest.mark.parametrize(
    ("content", "events", "problem"),
    [
        (b"text", 0, "it is not compressed with gzip, or damaged"),
        (file(record(1), record(2))[:-20], 1, "it is cut off"),
        (
            gzip.compress(b'{"Records":[{"eventVersion":"1"},{"eventVersion":"1"}'),
            2,
            "it ends in the middle of",
        ),
        (gzip.compress(b"{}"), 0, "it has no list of Records"),
    ],
)
def test_a_file_that_is_damaged_has_the_events_before_the_damage_and_says_what_is_wrong(
    content: bytes, events: int, problem: str
) -> None:
    *found, last = rows(content)
    assert problem in last[PROBLEM]
    assert (last["event_id"], last["log_file"]) == (None, ROOT.removeprefix("s3://bucket/") + NAME)
    assert [row[PROBLEM] for row in found] == [None] * events


def test_an_object_of_another_name_is_named() -> None:
    [found] = rows(file(record(1)), "notes.txt")
    assert (found[FOREIGN], found[PROBLEM], found["log_file"][-9:]) == (True, None, "notes.txt")


def test_events_of_other_days_are_left_to_other_runs_and_told_where_these_do_not_find_them() -> None:
    content = file(*(record(day, f"2026-02-{day}T23:59:59Z") for day in range(25, 29)), record(1))
    *found, told = rows(content, days=Days(date(2026, 3, 1), date(2026, 3, 31)))
    assert [(row["event_id"], f"{row[EVENT_DAY]}") for row in found] == [("1", "2026-03-01")]
    assert told[PROBLEM] == "3 of its events are of other days, and no run of those days reads it"
    assert len(rows(content)) == 5


def test_a_region_without_a_partition_is_no_empty_file() -> None:
    path = f"s3://bucket/AWSLogs/012345678901/CloudTrail/zz-none-1/2026/03/01/{NAME.replace('us-east-1', 'zz-none-1')}"
    [told] = mapping().of_file(path, [file(record(1))])
    assert told[PROBLEM] == "botocore knows no partition of its Region"
