"""What the log says of a sync: every row counted, and a few of those that were not written named."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from destination_security_lake.ocsf.classes import ACCOUNT_CHANGE, API_ACTIVITY, AUTHENTICATION
from destination_security_lake.ocsf.results import Reason, UnmappedRow
from destination_security_lake.parquet.spill import File
from destination_security_lake.writing.report import EXAMPLES, Report

SOURCES = {API_ACTIVITY: "iam-api-activity", AUTHENTICATION: "iam-authentication"}


def file(day: str, rows: int, size: int = 1_000, part: int = 0) -> File:
    key = f"ext/iam-api-activity/region=eu-west-1/accountId=111111111111/eventDay={day}/{part}.parquet"
    return File(Path("part"), key, API_ACTIVITY, rows, size)


@pytest.fixture
def report(caplog: pytest.LogCaptureFixture) -> Report:
    caplog.set_level(logging.INFO)
    return Report(SOURCES)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_each_upload_and_each_class_at_the_end_have_a_line(report: Report, caplog: pytest.LogCaptureFixture) -> None:
    report.uploaded([file("20260301", 1_000), file("20260302", 234)])
    report.uploaded([])
    report.uploaded([file("20260302", 1, part=1)])
    report.end()

    assert caplog.messages == [
        "Wrote 1,234 rows in 2 files.",
        "Wrote 1 row in 1 file.",
        "ext/iam-api-activity (6003 API Activity): 1,235 rows in 3 files of 2 days, 3,000 bytes.",
        "ext/iam-authentication (3002 Authentication): 0 rows in 0 files of 0 days, 0 bytes.",
    ]


def test_rows_that_are_not_mapped_are_all_counted_and_a_few_are_named(
    report: Report, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(1_000):
        report.unmapped(UnmappedRow("audit_events", Reason.NO_TIME, "111111111111", "eu-west-1", f"event-{number}"))
    report.unmapped(UnmappedRow("users", Reason.NO_USER))
    report.uploaded([])
    report.uploaded([])

    events, users = warnings(caplog)
    assert events.startswith("1,000 rows not mapped, for example: audit_events: event-0 of account 1111")
    assert events.count(Reason.NO_TIME.value) == EXAMPLES
    assert users == (
        "1 row not mapped, for example: users: a row without a key of account unknown is not mapped. "
        "The row names no user."
    )
    caplog.clear()
    report.unmapped(UnmappedRow("audit_events", Reason.NO_TIME, key="event-1000"))
    report.uploaded([])
    report.end()
    assert warnings(caplog)[1:] == [
        f"audit_events: 1,001 rows in all, not mapped. {Reason.NO_TIME.value}",
        "users: 1 row in all, not mapped. The row names no user.",
    ]
    assert "event-1000" in warnings(caplog)[0]


def test_streams_that_are_unknown_are_named_once_with_their_rows(
    report: Report, caplog: pytest.LogCaptureFixture
) -> None:
    for stream in ("roles", "groups", "roles"):
        report.unmapped(UnmappedRow(stream, Reason.STREAM))
    report.undeclared("policies")
    report.uploaded([])
    assert warnings(caplog) == []
    report.end()

    assert warnings(caplog) == [
        "Streams that are not mapped to OCSF, and were not written: groups (1 row), roles (2 rows).",
        "Streams that are not in the catalog, and were not written: policies (1 row).",
    ]


def test_of_very_many_streams_some_are_named(report: Report, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(100):
        report.undeclared(f"stream-{number:03}")
    report.end()

    [line] = warnings(caplog)
    assert line.endswith("stream-029 (1 row), 70 more.")


def test_rows_of_a_class_that_is_not_chosen_are_told(report: Report, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        report.not_chosen(ACCOUNT_CHANGE)
    report.end()

    assert caplog.messages[-1] == "Classes that are not chosen, and were not written: Account Change (3 rows)."
