"""What a backfill writes and says: each event once, days that can be replaced, and every file that was not read."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from embedded_aws.scenarios.trail_oddities import BROKEN_KINDS, OddObjects
from embedded_aws.scenarios.trail_writer import TrailWriter
from embedded_aws.server.trail import Trail
from spark_backfill.tests.conftest import ACCOUNT
from spark_backfill.tests.local_bucket import LocalBucket, written

pytestmark = pytest.mark.usefixtures("spark")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)


def event(name: str, at: datetime = NOON, **more: Any) -> dict[str, Any]:
    time = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return {"eventVersion": "1.11", "eventID": name, "eventTime": time, "awsRegion": "us-east-1", **more}


@pytest.fixture
def deliver(writer: TrailWriter) -> Any:
    """Deliver one file of events of an account."""

    def delivered(*events: dict[str, Any], account_id: str = ACCOUNT) -> str:
        return writer.deliver(events, account_id=account_id, region="us-east-1", late=DAY / 24).key

    return delivered


@pytest.fixture
def odd(writer: TrailWriter, trail: Trail) -> OddObjects:
    return OddObjects(writer, trail, account_id=ACCOUNT, region="us-east-1")


def days(target: Path) -> dict[str, list[str]]:
    """{folder: the ids of its events}."""
    folders = [f"{folder.relative_to(target)}" for folder in sorted(target.glob("event_day=*/*"))]
    return {folder: sorted(row["event_id"] for row in written(target, folder)) for folder in folders}


def test_an_event_that_was_delivered_twice_is_one_row_of_the_first_file(
    deliver: Any, bucket: LocalBucket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [deliver(event("twice", userAgent=f"{number}"), event(f"once {number}")) for number in range(3)]
    for number in range(2):
        bucket.backfill(tmp_path / f"out-{number}")
        found = {row["event_id"]: row for row in written(tmp_path / f"out-{number}")}
        assert sorted(found) == ["once 0", "once 1", "once 2", "twice"]
        assert found["twice"]["log_file"] == min(keys)
        assert found["twice"]["user_agent"] == f"{keys.index(min(keys))}"
    assert "6 events were read, those that were delivered twice counted twice" in capsys.readouterr().out


def test_accounts_and_times_are_read_back_as_they_were(
    deliver: Any, bucket: LocalBucket, spark: SparkSession, tmp_path: Path
) -> None:
    deliver(event("late in the evening", NOON.replace(hour=23, minute=59)))
    bucket.backfill(tmp_path / "out")
    assert days(tmp_path / "out") == {f"event_day=2026-03-01/account={ACCOUNT}": ["late in the evening"]}
    read = spark.read.parquet(f"{tmp_path}/out")
    types = dict(read.dtypes)
    assert (types["account_id"], types["event_time"], types["event_day"]) == ("string", "timestamp", "date")
    assert (types["mfa_used"], types["event"]) == ("boolean", "string")
    [row] = read.filter(f"account_id = '{ACCOUNT}' and event_day = '2026-03-01'").collect()
    assert row["account_id"] == ACCOUNT, "the name of the folder is read as a number"
    assert row["event_time"].astimezone(timezone.utc) == NOON.replace(hour=23, minute=59)


def test_days_are_replaced_and_all_others_stay(deliver: Any, bucket: LocalBucket, tmp_path: Path) -> None:
    for number, day in enumerate((NOON - DAY, NOON, NOON + DAY)):
        deliver(event(f"{number}", day))
    out = tmp_path / "out"
    bucket.backfill(out)
    before = days(out)
    said = bucket.refused(out)
    assert said.startswith(f"audit_events: {out} exists. With --replace")
    bucket.backfill(out, "--replace")
    assert days(out) == before
    deliver(event("new"), event("of the day before", NOON - DAY))
    of_one_day = ["--replace", "--from", "2026-03-01", "--to", "2026-03-01"]
    bucket.backfill(out, *of_one_day)
    assert days(out) == {**before, f"event_day=2026-03-01/account={ACCOUNT}": ["1", "new"]}


def test_a_run_of_one_day_has_the_events_that_came_with_the_next_one(
    deliver: Any, bucket: LocalBucket, tmp_path: Path
) -> None:
    midnight = NOON.replace(hour=0) + DAY
    deliver(event("before midnight", midnight - DAY / 1440), event("after midnight", midnight + DAY / 1440))
    bucket.backfill(tmp_path / "first", "--from", "2026-03-01", "--to", "2026-03-01")
    bucket.backfill(tmp_path / "second", "--from", "2026-03-02", "--to", "2026-03-02")
    assert [row["event_id"] for row in written(tmp_path / "first")] == ["before midnight"]
    assert [row["event_id"] for row in written(tmp_path / "second")] == ["after midnight"]


def test_accounts_and_regions_are_those_that_are_asked_for(
    deliver: Any, writer: TrailWriter, bucket: LocalBucket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(event("mine"))
    deliver(event("of another"), account_id="000000000012")
    writer.deliver([event("elsewhere")], account_id=ACCOUNT, region="eu-west-1")
    bucket.backfill(tmp_path / "out", "--accounts", ACCOUNT, "111111111111", "--regions", "us-east-1")
    assert [row["event_id"] for row in written(tmp_path / "out")] == ["mine"]
    assert "no log files of account 111111111111 of these Regions and days" in capsys.readouterr().out
    said = bucket.refused(tmp_path / "none", "--accounts", "111111111111")
    assert said.startswith(f"audit_events: {bucket.source} has no log files of a trail")
    assert not (tmp_path / "none").exists()


def test_files_that_cannot_be_read_are_listed_and_fail_the_job(
    deliver: Any, odd: OddObjects, bucket: LocalBucket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(event("readable"))
    # Spark does not show empty files.
    broken = [odd.broken(kind, NOON, [event("in a damaged file")]) for kind in BROKEN_KINDS if kind != "empty"]
    out = tmp_path / "out"
    said = bucket.refused(out)
    assert f"{len(broken)} log files were not read to their end, so events are missing" in said
    assert f"{out}/_unreadable_files lists all." in said
    listed = [
        json.loads(line) for file in out.glob("_unreadable_files/*.json") for line in file.read_text().splitlines()
    ]
    assert [one["log_file"] for one in listed] == sorted(broken)
    printed = capsys.readouterr().out
    for one in listed:
        assert f"the log file {one['log_file']} was not read to its end: {one['problem']}." in printed
    assert {"readable"} <= {row["event_id"] for row in written(out)} <= {"readable", "in a damaged file"}
    assert all(row["event_id"] for row in written(out))

    bucket.backfill(out, "--replace", "--allow-unreadable")
    assert "events are missing" in capsys.readouterr().out
    for key in broken:
        bucket.bucket.delete(key)
    shutil.rmtree(bucket.folder)
    bucket.backfill(out, "--replace")
    assert not any(file.read_text() for file in out.glob("_unreadable_files/*.json")), "of the run before"


def test_a_file_that_is_denied_or_lost_ends_the_job_whatever_the_session_ignores(
    deliver: Any, bucket: LocalBucket, spark: SparkSession, tmp_path: Path
) -> None:
    key = deliver(event("behind an error"))
    bucket.download()
    file = bucket.folder / key
    # The local file system of Hadoop compares what it reads with the checksum beside it.
    (file.parent / f".{file.name}.crc").write_bytes(b"crc\0\0\0\x02\0\0\0\0\0")
    spark.conf.set("spark.sql.files.ignoreCorruptFiles", "true")
    try:
        with pytest.raises(Py4JJavaError, match=re.escape(file.name)):
            bucket.backfill(tmp_path / "out")
    finally:
        spark.conf.unset("spark.sql.files.ignoreCorruptFiles")
    assert written(tmp_path / "out") == []


def test_a_table_gets_the_same_rows_and_days_of_it_are_replaced(
    deliver: Any, bucket: LocalBucket, spark: SparkSession
) -> None:
    deliver(event("1"))
    deliver(event("2", NOON + DAY))

    def rows() -> list[tuple[str, str, str]]:
        found = spark.table("trail_of_years").orderBy("event_id").collect()
        return [(row["event_id"], row["account_id"], f"{row['event_day']}") for row in found]

    spark.sql("drop table if exists trail_of_years")
    bucket.backfill_table("trail_of_years")
    both = [("1", ACCOUNT, "2026-03-01"), ("2", ACCOUNT, "2026-03-02")]
    assert rows() == both
    assert dict(spark.table("trail_of_years").dtypes)["account_id"] == "string"
    with pytest.raises(SystemExit, match=r"trail_of_years exists\. With --replace"):
        bucket.backfill_table("trail_of_years")
    deliver(event("new"))
    bucket.backfill_table("trail_of_years", "--replace", "--from", "2026-03-01", "--to", "2026-03-01")
    assert rows() == [*both, ("new", ACCOUNT, "2026-03-01")]
