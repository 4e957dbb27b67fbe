"""The rows of a backfill are those of the connector, each once, and what could not be read is named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aws_calls.timestamps import utc
from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.trail_oddities import ODD_RECORDS, OddObjects, data_events
from embedded_aws.scenarios.trail_writer import BUCKET, TrailWriter
from integration_tests.conftest import FAST
from integration_tests.connector import read
from integration_tests.test_incremental import event
from spark_backfill.columns import columns
from spark_backfill.tests.conftest import ACCOUNT
from spark_backfill.tests.local_bucket import LocalBucket, Row, written

pytestmark = pytest.mark.usefixtures("spark")
# The connector reads all of it, and what it reads is long delivered.
DELIVERED = timedelta(hours=1)


@pytest.fixture
def history(aws: EmbeddedAws, writer: TrailWriter) -> None:
    newest = f"{aws.now() - DELIVERED:%Y-%m-%dT%H:%M:%SZ}"
    writer.write([record for record in aws.events.visible() if record["eventTime"] < newest])


def of_connector(aws: EmbeddedAws, folder: Path, **source: Any) -> list[Row]:
    """The rows of the installed command, which reads the same bucket from S3."""
    chosen = {"mode": "trail_bucket", "bucket": BUCKET, **source}
    output = read(aws.config(audit_source=chosen, **FAST), folder, streams=["audit_events"])
    assert (output.exit_code, output.errors) == (0, [])
    return output.records("audit_events")


def comparable(row: Mapping[str, Any]) -> Row:
    """A row of the table as the connector prints it: times and JSON as text, without nulls."""
    objects = {"event", "user_identity", "resources"}
    plain = {
        name: json.loads(value) if name in objects and isinstance(value, str) else value for name, value in row.items()
    }
    return {
        name: utc(value) if isinstance(value, datetime) else value for name, value in plain.items() if value is not None
    }


def by_id(rows: list[Row]) -> dict[str, Row]:
    found = {row["event_id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("with_data_events", [False, True])
def test_every_row_and_column_is_that_of_the_connector(
    with_data_events: bool, aws: EmbeddedAws, writer: TrailWriter, bucket: LocalBucket, tmp_path: Path
) -> None:
    at = aws.now() - 2 * DELIVERED
    writer.write(data_events(aws, 5, at, "us-east-1"))
    writer.write([event("of another account", 130), event("an hour before", 190)], account_id="000000000012")
    odd = OddObjects(writer, aws.trails[0], account_id=ACCOUNT, region="eu-west-1")
    odd.with_odd_records(at, [event("beside odd ones", 125, "eu-west-1")])
    odd.strangers(at)
    timeless = {**event("without a time", 125, "us-east-1"), "userAgent": "a\0b\ud800"}
    del timeless["eventTime"]
    old = {**event("before the calendar", 125, "us-east-1"), "eventTime": "0400-02-03T04:05:06.789Z"}
    writer.put(writer.key(ACCOUNT, "us-east-1", at), text([timeless, old]), at)
    options = ["--include-data-events"] if with_data_events else []
    bucket.backfill(tmp_path / "out", *options)
    rows = of_connector(aws, tmp_path, include_data_events=with_data_events)
    expected = by_id([comparable(row) for row in rows])
    found = by_id([comparable(row) for row in written(tmp_path / "out")])
    assert {event_id: row for event_id, row in found.items() if row["account_id"] == ACCOUNT} == expected
    assert len(found) > 100
    assert {"without a time", "before the calendar", "beside odd ones", "of another account"} < set(found)
    assert Counter(row.get("event_category") for row in found.values())["Data"] == 5 * with_data_events
    assert sum(event_id.startswith("sha256:") for event_id in found) == len(ODD_RECORDS)
    assert {row["account_id"] for row in found.values()} == {ACCOUNT, "000000000012"}
    assert all(set(row) == set(columns()) for row in written(tmp_path / "out"))


def text(records: list[Any]) -> bytes:
    """The content of a log file, also with what UTF-8 does not have."""
    return json.dumps({"Records": records}).encode()
