"""The log files of a trail: keys, contents, times, and what else lies in its bucket."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from embedded_aws import Account, EmbeddedAws, Organization, Seed, StoppedClock
from embedded_aws.scenarios.trail_oddities import BROKEN_KINDS, ODD_RECORDS, OddObjects, data_events, insights
from embedded_aws.scenarios.trail_writer import BUCKET, LOG_ARCHIVE, TrailWriter, log_text, open_trail
from embedded_aws.truth.trail import trail_events

REGION = "us-east-1"
HOME = "123456789012"
MEMBER = "333333333333"
NOON = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
KEY = re.compile(
    r"AWSLogs/(?P<account>\d{12})/CloudTrail/(?P<region>[a-z0-9-]+)/(?P<day>\d{4}/\d\d/\d\d)/"
    r"(?P=account)_CloudTrail_(?P=region)_(?P<minute>\d{8}T\d{4}Z)_[A-Za-z0-9]{16}\.json\.gz"
)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=clock, lookup_rate=None) as embedded:
        yield embedded


def record(event_id: str, minutes_ago: float = 60, **members: Any) -> dict[str, Any]:
    return {
        "eventID": event_id,
        "eventTime": (NOON - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventName": "ListUsers",
        "eventSource": "iam.amazonaws.com",
        "awsRegion": REGION,
        **members,
    }


def objects(aws: EmbeddedAws, prefix: str = "") -> dict[str, Any]:
    client = aws.client_of(aws.base_key, "s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return {one["Key"]: one for page in pages for one in page.get("Contents", [])}


def records_in(aws: EmbeddedAws, key: str) -> list[Any]:
    body = aws.client_of(aws.base_key, "s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    content: list[Any] = json.loads(gzip.decompress(body))["Records"]
    return content


def test_the_event_history_is_in_the_files_once_and_as_it_was_recorded(clock: StoppedClock) -> None:
    with EmbeddedAws(now=clock, seed=Seed(users=5, groups=1, events=600, days=2)) as aws:
        TrailWriter(aws, open_trail(aws)).write_history()
        clock.advance(hours=1)
        keys = [key for key in objects(aws) if "-Insight/" not in key]
        found = {one["eventID"]: one for key in keys for one in records_in(aws, key)}
        events = {one["eventID"]: one for one in aws.events.visible(account_id=HOME)}
        assert len(keys) > 100
        assert found == events
        rows = {row["event_id"]: row for row in trail_events(aws)}
        assert rows.keys() == events.keys()
        assert {row["account_id"] for row in rows.values()} == {HOME}
        assert all(row["event_id"] in json.dumps(records_in(aws, row["log_file"])) for row in list(rows.values())[:9])


def test_a_key_tells_account_region_day_and_the_minute_of_the_newest_event(aws: EmbeddedAws) -> None:
    writer = TrailWriter(aws, open_trail(aws))
    writer.write([record("1", 61.5), record("2", 60.5), record("3", 1000), record("4", awsRegion="eu-west-1")])
    keys = list(objects(aws))
    found = [match.groupdict() for match in map(KEY.fullmatch, keys) if match]
    assert len(found) == len(keys) == 3
    assert [(one["region"], one["day"], one["minute"]) for one in found] == [
        ("eu-west-1", "2026/01/15", "20260115T1100Z"),
        (REGION, "2026/01/14", "20260114T1920Z"),
        (REGION, "2026/01/15", "20260115T1059Z"),
    ]
    assert [one["eventID"] for one in records_in(aws, keys[2])] == ["1", "2"]


def test_a_file_is_delivered_minutes_after_its_newest_event(aws: EmbeddedAws) -> None:
    [file] = TrailWriter(aws, open_trail(aws)).write([record("1")])
    delay = objects(aws)[file.key]["LastModified"] - (NOON - HOUR)
    assert timedelta(minutes=1) < delay < timedelta(minutes=8)
    assert file.delivered_at == objects(aws)[file.key]["LastModified"]


def test_a_late_file_appears_when_its_time_has_come(aws: EmbeddedAws, clock: StoppedClock) -> None:
    writer = TrailWriter(aws, open_trail(aws))
    [late] = writer.write([record("1")], late=timedelta(days=3))
    assert objects(aws) == {}
    assert list(trail_events(aws)) == []
    clock.advance(days=3)
    assert list(objects(aws)) == [late.key]
    assert [row["event_id"] for row in trail_events(aws)] == ["1"]


def test_equal_seeds_write_equal_files(aws: EmbeddedAws) -> None:
    trails = [open_trail(aws, name=name, bucket=name) for name in ("a", "b", "c")]
    written = [
        TrailWriter(aws, trail, seed=seed).write([record("1")]) for trail, seed in zip(trails, (1, 1, 2), strict=True)
    ]
    assert written[0] == written[1] != written[2]


def test_a_file_has_no_more_records_than_told(aws: EmbeddedAws) -> None:
    writer = TrailWriter(aws, open_trail(aws), records_per_file=2)
    files = writer.write([record(str(number)) for number in range(5)])
    assert [len(file.records) for file in files] == [2, 2, 1]
    assert len(objects(aws)) == 3


def test_duplicates_are_one_row_of_either_file(aws: EmbeddedAws) -> None:
    writer = TrailWriter(aws, open_trail(aws))
    [file] = writer.write([record("1")])
    again = writer.duplicate(file)
    assert len(objects(aws)) == 2
    [row] = trail_events(aws)
    assert row["log_file"] == file.key
    assert row["log_file"] == again.key
    assert row["log_file"] != "another"
    assert row["audit_source"] == "trail_bucket"


def test_a_trail_of_the_organization_has_its_id_in_every_key(aws: EmbeddedAws) -> None:
    aws.organize(Organization(accounts=[MEMBER]))
    aws.open_accounts([Account(MEMBER, users=1, groups=0, events=30)])
    trail = open_trail(aws, organization=True, prefix="audit/logs")
    written = TrailWriter(aws, trail).write_history(HOME, MEMBER)
    aws.events.add(record("of the home account"))
    assert written
    assert {file.account_id for file in written} == {MEMBER}
    assert aws.organization is not None
    start = f"audit/logs/AWSLogs/{aws.organization.id}/{MEMBER}/CloudTrail"
    assert all(key.startswith(start) for key in objects(aws))
    assert objects(aws)


def test_the_bucket_is_in_the_log_archive_account(aws: EmbeddedAws) -> None:
    assert open_trail(aws).bucket.account_id == LOG_ARCHIVE


@pytest.mark.parametrize("kind", BROKEN_KINDS)
def test_a_broken_file_cannot_be_read_as_records(aws: EmbeddedAws, kind: str) -> None:
    trail = open_trail(aws)
    odd = OddObjects(TrailWriter(aws, trail), trail, account_id=HOME, region=REGION)
    key = odd.broken(kind, NOON - HOUR, [record("1")])
    assert KEY.fullmatch(key)
    body = aws.client_of(aws.base_key, "s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    with pytest.raises((OSError, EOFError, ValueError, KeyError, TypeError, AssertionError)):
        assert isinstance(json.loads(gzip.decompress(body))["Records"], list)
    assert list(trail_events(aws)) == []


def test_odd_records_stand_among_others(aws: EmbeddedAws) -> None:
    trail = open_trail(aws)
    odd = OddObjects(TrailWriter(aws, trail), trail, account_id=HOME, region=REGION)
    file = odd.with_odd_records(NOON - HOUR, [record("1")])
    assert records_in(aws, file.key) == [*ODD_RECORDS, record("1")]
    assert [row["event_id"] for row in trail_events(aws)] == ["1"]


def test_strangers_and_archived_files_are_no_events(aws: EmbeddedAws) -> None:
    trail = open_trail(aws)
    odd = OddObjects(TrailWriter(aws, trail), trail, account_id=HOME, region=REGION)
    keys = odd.strangers(NOON - HOUR)
    assert sorted(objects(aws)) == sorted(keys)
    assert not any(map(KEY.fullmatch, keys))
    archived = odd.archived(NOON - HOUR, [record("1")])
    assert objects(aws)[archived]["StorageClass"] == "GLACIER"
    assert list(trail_events(aws)) == []


def test_data_events_are_in_log_files_and_insights_in_folders_of_their_own(aws: EmbeddedAws) -> None:
    trail = open_trail(aws)
    writer = TrailWriter(aws, trail)
    writer.write(data_events(aws, 3, NOON - HOUR, REGION))
    insight = insights(aws, writer, NOON - HOUR, REGION)
    assert f"/{HOME}/CloudTrail-Insight/{REGION}/2026/01/15/{HOME}_CloudTrail-Insight_{REGION}_" in insight.key
    assert Counter(row["event_category"] for row in trail_events(aws)) == {"Data": 3}
    assert [one["eventCategory"] for one in records_in(aws, insight.key)] == ["Insight"]


def test_the_text_of_a_file_is_compact_json() -> None:
    assert log_text([{"a": "ü", "b": 1}]) == '{"Records":[{"a":"ü","b":1}]}'.encode()
