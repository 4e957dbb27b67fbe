"""audit_events from the log files of a trail: the rows of the event history, and nothing lost on the way."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.scenarios.trail_oddities import BROKEN_KINDS, ODD_RECORDS, OddObjects, data_events, insights
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail
from embedded_aws.server.trail import LogFile, Trail
from integration_tests.conftest import FAST
from integration_tests.connector import SMALL_WINDOWS, Json, Output, catalog, lines, read, run, start
from integration_tests.test_incremental import EVENTS, event, ids
from source_aws_iam.cloudtrail.trail import accounts
from source_aws_iam.sync.account_region import AccountRegion

HOME = "123456789012"
# A state after each file, and batches that others read.
SMALL_BATCHES: Mapping[str, int] = {**SMALL_WINDOWS, "source_aws_iam.cloudtrail.trail.lister.OBJECTS": 2}
COVERAGE = "sync_coverage"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """An account with enough events for some dozens of log files in each of three Regions."""
    with EmbeddedAws(seed=Seed(users=10, groups=3, events=150), lookup_rate=None) as embedded:
        yield embedded


@pytest.fixture
def trail(aws: EmbeddedAws) -> Trail:
    return open_trail(aws, bucket_region="eu-west-1")


@pytest.fixture
def writer(aws: EmbeddedAws, trail: Trail) -> TrailWriter:
    """Has written the event history, and delivered all of it."""
    made = TrailWriter(aws, trail)
    made.write([record for record in aws.events.visible() if record["eventTime"] < minutes_ago(aws, 10)])
    return made


def minutes_ago(aws: EmbeddedAws, minutes: float) -> str:
    return f"{aws.now() - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def config(aws: EmbeddedAws, trail: Trail, *, source: Json | None = None, **overrides: Any) -> Json:
    """A config that reads the bucket with the configured credentials."""
    prefix = {"prefix": trail.prefix} if trail.prefix else {}
    chosen = {"mode": "trail_bucket", "bucket": trail.bucket.name, **prefix, **(source or {})}
    return aws.config(audit_source=chosen, **{**FAST, **overrides})


def sync(aws: EmbeddedAws, trail: Trail, folder: Path, state: Any = (), **options: Any) -> Output:
    return read(
        config(aws, trail, **options), folder, streams=[*EVENTS, COVERAGE], state=state, constants=SMALL_BATCHES
    )


def of_files(files: list[LogFile]) -> set[str]:
    return {record["eventID"] for file in files for record in file.records}


def read_times(output: Output) -> dict[str, list[str]]:
    """{read times: the Regions of the home account, which is the only one} of the last state."""
    [state] = [s for s in output.state if s["stream"]["stream_descriptor"]["name"] == "audit_events"]
    [queries] = state["stream"]["stream_state"]["trail"].values()
    [by_times] = queries.values()
    return {times: [*regions] for times, regions in by_times.items()}


def coverage(output: Output) -> dict[str, tuple[str, str | None]]:
    return {row["region"]: (row["status"], row.get("error")) for row in output.records(COVERAGE)}


def calls(aws: EmbeddedAws) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, _, action), count in aws.requests.items():
        found[action] += count
    return found


def shard_of(region: str, count: int) -> int:
    return accounts.shard_of(AccountRegion(HOME, region), count)


def new(aws: EmbeddedAws, name: str, minutes: float, region: str = "us-east-1") -> Json:
    return event(name, minutes / 60, region)


def test_the_rows_are_those_of_the_event_history_but_for_where_they_were_read(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    history = read(aws.config(**FAST), tmp_path, streams=EVENTS)
    output = sync(aws, trail, tmp_path)
    assert (output.exit_code, output.errors, output.warnings) == (0, [], [])
    expected = {
        row["event_id"]: row for row in history.records("audit_events") if row["event_id"] in of_files(trail.files)
    }
    found = {row["event_id"]: row for row in output.records("audit_events")}
    assert len(found) == len(output.records("audit_events")) == len(expected) > 100
    file_of = {record["eventID"]: file.key for file in trail.files for record in file.records}
    for event_id, row in found.items():
        before = expected[event_id]
        assert (before.pop("audit_source"), before.pop("log_file", None)) == ("event_history", None)
        assert (row.pop("audit_source"), row.pop("log_file")) == ("trail_bucket", file_of[event_id])
        # LookupEvents names resources that the record does not.
        assert {*map(json.dumps, row.pop("resources", []))} <= {*map(json.dumps, before.pop("resources", []))}
        # A record has an access key where somebody signed with it.
        assert row.pop("access_key_id", None) in (before.pop("access_key_id", None), None)
        assert row == before


def test_a_connection_that_changes_its_source_keeps_what_it_has_read_of_each(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    history = read(aws.config(**FAST), tmp_path, streams=EVENTS)
    of_trail = sync(aws, trail, tmp_path, history.state)
    assert set(ids(of_trail)) == of_files(trail.files)
    back = read(aws.config(**FAST), tmp_path, streams=EVENTS, state=of_trail.state)
    assert len(ids(back)) < 20, "only the lookback is read again"
    again = sync(aws, trail, tmp_path, back.state)
    assert ids(again) == []


def test_a_quiet_sync_lists_once_for_each_region_and_a_busy_one_reads_what_is_new_or_late(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    first = sync(aws, trail, tmp_path)
    assert [*read_times(first)] == [f"2013-01-01T00:00:00Z/{next(iter(read_times(first))).split('/')[1]}"]
    aws.reset_requests()
    quiet = sync(aws, trail, tmp_path, first.state)
    # HeadBucket, which is sent on to the bucket's Region, the root, the account, and three Regions.
    assert (ids(quiet), calls(aws)["s3:ListBucket"], calls(aws)["s3:GetObject"]) == ([], 2 + 1 + 1 + 3, 0)
    now = aws.now()
    late = writer.deliver([new(aws, "late", 30 * 60)], account_id=HOME, region="us-east-1", late=timedelta(hours=30))
    writer.deliver([new(aws, "too-late", 9 * 24 * 60)], account_id=HOME, region="us-east-1", late=timedelta(days=9))
    assert late.delivered_at <= now
    second = sync(aws, trail, tmp_path, quiet.state)
    assert set(ids(second)) == {"late"}
    further = sync(aws, trail, tmp_path, quiet.state, source={"lookback_days": 30})
    assert set(ids(further)) == {"late", "too-late"}


def test_killed_in_the_middle_it_goes_on_where_the_last_state_is_and_nothing_is_lost(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    delivered: set[str] = set()
    state: Any = []
    kills = 0
    for patience in (40, 80):
        files = {"config": config(aws, trail), "catalog": catalog(EVENTS), "state": state}
        process = start("read", folder=tmp_path, constants=SMALL_BATCHES, **files)
        records = 0
        pending: list[str] = []
        for message in lines(process):
            if message["type"] == "RECORD":
                records += 1
                pending.append(message["record"]["data"]["event_id"])
            elif message["type"] == "STATE":
                delivered |= set(pending)
                pending = []
                state = [{name: message["state"][name] for name in ("type", "stream")}]
            if records == patience:
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
        process.communicate()
    assert kills == 2, "it was too quick to be killed"
    assert delivered < of_files(trail.files)
    last = sync(aws, trail, tmp_path, state)
    assert delivered | set(ids(last)) == of_files(trail.files)
    assert len(ids(last)) < len(of_files(trail.files)), "it did not begin anew"


def test_an_earlier_start_date_reads_what_lies_before_and_nothing_twice(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    middle = f"{aws.now() - timedelta(days=10):%Y-%m-%dT%H:%M:%SZ}"
    first = sync(aws, trail, tmp_path, start_date=middle)
    assert all(row["event_time"] >= middle for row in first.records("audit_events"))
    second = sync(aws, trail, tmp_path, first.state)
    assert set(ids(first)) | set(ids(second)) == of_files(trail.files)
    assert not set(ids(first)) & set(ids(second)) - {row["event_id"] for row in first.records("audit_events")[:30]}
    assert len(read_times(second)) == 1


@pytest.mark.parametrize("kind", [kind for kind in BROKEN_KINDS if kind != "empty"])
def test_a_damaged_file_fails_its_region_by_name_and_is_read_when_it_is_whole(
    kind: str, aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    odd = OddObjects(writer, trail, account_id=HOME, region="eu-west-1")
    record = new(aws, "in-the-damaged-file", 60, "eu-west-1")
    key = odd.broken(kind, aws.now() - timedelta(hours=1), [record])
    output = sync(aws, trail, tmp_path)
    [error] = output.errors
    assert (output.exit_code, error["failure_type"]) == (1, "config_error")
    assert f"The log file {key} of bucket {trail.bucket.name} (account {HOME}, Region eu-west-1)" in error["message"]
    elsewhere = [file for file in trail.files if file.region != "eu-west-1"]
    assert of_files(elsewhere) <= set(ids(output))
    statuses = coverage(output)
    assert {region: status for region, (status, _) in statuses.items()} == {
        **dict.fromkeys(aws.regions, "complete"),
        "eu-west-1": "partial",
    }
    writer.put(key, json.dumps({"Records": [record]}).encode(), aws.now() - timedelta(hours=1))
    second = sync(aws, trail, tmp_path, output.state)
    assert (second.exit_code, second.errors) == (0, [])
    assert set(ids(output)) | set(ids(second)) == of_files(trail.files) | {"in-the-damaged-file"}


def test_odd_objects_are_named_and_counted_and_odd_records_are_rows(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    odd = OddObjects(writer, trail, account_id=HOME, region="us-east-1")
    at = aws.now() - timedelta(hours=2)
    odd.strangers(at)
    odd.broken("empty", at, [])
    odd.with_odd_records(at, [new(aws, "beside-odd-ones", 121)])
    archived = odd.archived(at, [new(aws, "archived", 122)])
    odd.archived(at + timedelta(minutes=1), [new(aws, "archived-too", 122)], "DEEP_ARCHIVE")
    odd.archived(at + timedelta(minutes=2), [new(aws, "in-a-tier", 122)], "INTELLIGENT_TIERING", "ARCHIVE_ACCESS")
    output = sync(aws, trail, tmp_path)
    assert (output.exit_code, output.errors) == (0, [])
    made_up = [row for row in output.records("audit_events") if row["event_id"].startswith("sha256:")]
    assert len(made_up) == len(ODD_RECORDS)
    assert {row["event_time"] for row in made_up} == {f"{at:%Y-%m-%dT%H:%M}:00Z"}
    assert set(ids(output)) - {row["event_id"] for row in made_up} == of_files(trail.files)
    said = [warning for warning in output.warnings if f"of bucket {trail.bucket.name}" in warning]
    assert len(said) == 3
    assert f"the object {archived} of bucket" in said[0] + said[1] + said[2]
    assert any("is archived and was not read" in text and "2 others" in text for text in said)
    assert any("is empty" in text for text in said)
    assert any("is no log file of CloudTrail by its name" in text for text in said)
    assert any("is not as AWS documents events" in text for text in output.warnings)
    status, sentence = coverage(output)["us-east-1"]
    assert status == "partial"
    assert (sentence or "").startswith(f"3 log files of account {HOME}, Region us-east-1 are archived")


def test_an_archived_file_is_read_when_it_is_restored_whenever_s3_stored_it(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    odd = OddObjects(writer, trail, account_id=HOME, region="us-east-1")
    at = aws.now() - timedelta(days=20)
    minutes = 20 * 24 * 60 + 1
    archived = [odd.archived(at, [new(aws, f"in-{name}", minutes)], name) for name in ("GLACIER", "DEEP_ARCHIVE")]
    odd.archived(at, [new(aws, "in-progress", minutes)])
    odd.archived(at, [new(aws, "at-once", minutes)], "GLACIER_IR")
    first = sync(aws, trail, tmp_path)
    assert set(ids(first)) == of_files(trail.files) | {"at-once"}
    trail.bucket.restore(archived[0], at=aws.now() - timedelta(hours=1))
    trail.bucket.restore(archived[1], at=aws.now() - timedelta(days=3))
    usual = sync(aws, trail, tmp_path, first.state)
    assert ids(usual) == [], "its day is not listed"
    longer = sync(aws, trail, tmp_path, usual.state, source={"lookback_days": 30})
    assert (ids(longer), longer.warnings) == (["in-GLACIER"], [])
    assert coverage(longer)["us-east-1"] == ("complete", None)
    for key in archived:
        trail.bucket.restore(key, at=aws.now() - timedelta(hours=1))
    anew = sync(aws, trail, tmp_path)
    assert set(ids(anew)) == of_files(trail.files) | {"at-once", "in-GLACIER", "in-DEEP_ARCHIVE"}
    assert coverage(anew)["us-east-1"][0] == "partial", "one is not restored"


@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:GetObject"])
def test_a_permission_that_is_missing_fails_the_stream_by_its_name(
    action: str, aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    aws.allow(*({"s3:ListBucket", "s3:GetObject"} - {action}))
    output = sync(aws, trail, tmp_path)
    assert output.exit_code == 1
    assert output.statuses["audit_events"] == "INCOMPLETE"
    assert f"The permission for {action} " in output.errors[0]["message"]
    assert ids(output) == []
    assert "complete" not in {status for status, _ in coverage(output).values()}


def test_a_download_that_breaks_off_fails_its_region_until_the_next_sync(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    aws.fail(Fault("s3:GetObject", "cut_off", after=10))
    output = sync(aws, trail, tmp_path)
    [error] = output.errors
    assert (output.exit_code, error["failure_type"]) == (1, "transient_error")
    second = sync(aws, trail, tmp_path, output.state)
    assert (second.exit_code, second.errors) == (0, [])
    assert set(ids(output)) | set(ids(second)) == of_files(trail.files)


@pytest.mark.usefixtures("writer")
def test_a_list_without_the_time_of_s3_is_not_taken_for_complete(
    aws: EmbeddedAws, trail: Trail, tmp_path: Path
) -> None:
    aws.fail(Fault("s3:ListObjectsV2", "undated", times=None))
    output = sync(aws, trail, tmp_path)
    assert (output.exit_code, ids(output)) == (1, [])
    assert {error["failure_type"] for error in output.errors} == {"config_error"}
    sentence = f"was answered without the header Date, which says up to when the list of bucket {trail.bucket.name} is"
    assert sentence in output.errors[0]["message"]
    _, message = run("check", folder=tmp_path, config=config(aws, trail)).connection_status
    assert sentence in message
    aws.heal()
    second = sync(aws, trail, tmp_path, output.state)
    assert set(ids(second)) == of_files(trail.files)


def test_data_events_and_insights_come_where_they_are_asked_for(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    writer.write(data_events(aws, 5, aws.now() - timedelta(hours=1), "us-east-1"))
    insight = insights(aws, writer, aws.now() - timedelta(hours=1), "us-east-1")
    usual = sync(aws, trail, tmp_path)
    before = calls(aws)["s3:ListBucket"]
    assert "Data" not in {row["event_category"] for row in usual.records("audit_events")}
    more = sync(aws, trail, tmp_path, usual.state, source={"include_data_events": True}, include_insights=True)
    categories = Counter(row["event_category"] for row in more.records("audit_events"))
    assert (categories["Data"], categories["Insight"]) == (5, 1)
    # The folders of Insights events: those of the account, and one Region. The root is listed once.
    assert calls(aws)["s3:ListBucket"] - before == before + 2
    assert of_files([insight]) <= set(ids(more))
    narrower = sync(aws, trail, tmp_path, more.state)
    assert ids(narrower) == [], "what was read with data events has those without"


def test_shards_read_everything_and_nothing_twice(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    shards = [sync(aws, trail, tmp_path, source={"shard_index": index, "shard_count": 3}) for index in range(3)]
    found = [event_id for shard in shards for event_id in ids(shard)]
    assert (len(found), set(found)) == (len(set(found)), of_files(trail.files))


def test_another_number_of_shards_loses_nothing_and_only_what_has_moved_is_read_again(
    aws: EmbeddedAws, trail: Trail, tmp_path: Path
) -> None:
    regions = (*aws.regions, "eu-central-1", "sa-east-1", "ca-central-1", "ap-northeast-1")
    writer = TrailWriter(aws, trail)

    def delivered(name: str, hours: int) -> set[str]:
        """Events of so many hours ago, in files that come now, of each Region."""
        late = timedelta(hours=hours)
        for region in regions:
            record = new(aws, f"{name} {region}", hours * 60, region)
            writer.deliver([record], account_id=HOME, region=region, late=late if name != "first" else None)
        return {f"{name} {region}" for region in regions}

    def shards(count: int, states: list[Any]) -> list[Output]:
        return [
            sync(aws, trail, tmp_path, state, source={"shard_index": index, "shard_count": count})
            for index, state in zip(range(count), [*states, *[()] * count], strict=False)
        ]

    def found(outputs: list[Output]) -> Counter[str]:
        return Counter(event_id for output in outputs for event_id in ids(output))

    first = delivered("first", 30)
    two = shards(2, [])
    assert found(two) == Counter(first)
    second = delivered("second", 3)
    three = shards(3, [output.state for output in two])
    moved = {f"first {region}" for region in regions if shard_of(region, 2) != shard_of(region, 3)}
    assert found(three) == Counter(second | moved)
    assert first > moved > set()
    # Twice as many, and the new ones with copies of the states of the old ones.
    four = shards(4, [output.state for output in two] * 2)
    assert found(four) == Counter(second)
    third = delivered("third", 2)
    back = shards(2, [output.state for output in three])
    assert second | third >= found(back).keys() >= third


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({"bucket": "no-such-bucket"}, "S3 has no bucket no-such-bucket: "),
        (
            {"prefix": "wrong"},
            "has no log files of a trail under wrong/AWSLogs/[organization/]account/. There is: AWSLogs.",
        ),
        ({"organization_id": "o-aaaaaaaaaa"}, "under AWSLogs/o-aaaaaaaaaa/account/. There is: "),
    ],
)
@pytest.mark.usefixtures("writer")
def test_a_wrong_place_is_told_with_what_is_there(
    source: Json, sentence: str, aws: EmbeddedAws, trail: Trail, tmp_path: Path
) -> None:
    output = sync(aws, trail, tmp_path, source=source)
    [error] = output.errors
    assert (output.exit_code, error["failure_type"]) == (1, "config_error")
    assert sentence in error["message"]
    status, message = run("check", folder=tmp_path, config=config(aws, trail, source=source)).connection_status
    assert (status, sentence in message) == ("SUCCEEDED", True), "the other streams can be read"


def test_the_connection_test_reads_a_log_file(
    aws: EmbeddedAws, trail: Trail, writer: TrailWriter, tmp_path: Path
) -> None:
    output = run("check", folder=tmp_path, config=config(aws, trail))
    assert output.connection_status[0] == "SUCCEEDED"
    assert "audit_events" not in output.connection_status[1]
    assert any(f"of bucket {trail.bucket.name} was read." in line for line in output.log)
    assert calls(aws)["cloudtrail:LookupEvents"] == 0
    aws.allow("s3:ListBucket", "iam:ListUsers", "iam:GetAccountAuthorizationDetails")
    output = run("check", folder=tmp_path, config=config(aws, trail))
    assert "Missing permissions: " in output.connection_status[1]
    assert "s3:GetObject" in output.connection_status[1]
