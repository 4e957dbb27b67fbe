"""trail_digests: whatever somebody does to the bucket of a trail afterwards has a verdict of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.scenarios import tampering
from embedded_aws.scenarios.digest_keys import DigestKeys
from embedded_aws.scenarios.digest_writer import HOUR, Digest, DigestWriter, put_digest
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail
from embedded_aws.server.trail import LogFile, Trail
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.digests import trail_digests
from integration_tests.conftest import FAST
from integration_tests.connector import Json, Output, read
from integration_tests.test_check import check
from integration_tests.test_read import tables

HOME = "123456789012"
REGION = "eu-west-1"
STREAMS = ["trail_digests"]
LIST_KEYS = "cloudtrail:ListPublicKeys"


@dataclass
class World:
    aws: EmbeddedAws
    trail: Trail
    log: TrailWriter
    keys: DigestKeys
    writer: DigestWriter
    files: list[LogFile]
    digests: list[Digest]

    def config(self, **source: Any) -> Json:
        chosen = {"mode": "trail_bucket", "bucket": self.trail.bucket.name, **source}
        return self.aws.config(audit_source=chosen, **FAST)

    def read(self, folder: Path, *more: str, **source: Any) -> Output:
        return read(self.config(**source), folder, streams=[*STREAMS, *more])


@pytest.fixture
def world() -> Iterator[World]:
    """Files in the first and the last of six hours, and the digests of them: four hours have empty ones."""
    with EmbeddedAws(seed=Seed(users=1, groups=0, events=0), lookup_rate=None) as aws:
        trail = open_trail(aws, name="every_region.1", bucket_region="us-east-1")
        log = TrailWriter(aws, trail)
        end = aws.now().replace(minute=0, second=0, microsecond=0) - 4 * HOUR
        start = end - 6 * HOUR
        made = [event("first", start), event("second", start + timedelta(minutes=20)), event("last", end - HOUR)]
        files = log.write(made)
        keys = DigestKeys(aws)
        writer = DigestWriter(aws, trail, keys, account_id=HOME, region=REGION)
        yield World(aws, trail, log, keys, writer, files, writer.write(start, end))


def event(event_id: str, time: Any) -> dict[str, Any]:
    return {
        "eventID": event_id,
        "eventTime": f"{time:%Y-%m-%dT%H:%M:%SZ}",
        "awsRegion": REGION,
        "eventName": "ListUsers",
    }


def verdicts(output: Output) -> list[str]:
    """The verdicts in the order of time."""
    return [row["verdict"] for row in sorted(output.records(STREAMS[0]), key=lambda row: row["digest_file"])]


def assert_right(world: World, output: Output) -> None:
    assert output.statuses == {STREAMS[0]: "COMPLETE"}
    truth = {STREAMS[0]: [*trail_digests(world.aws)]}
    assert first_differences(truth, tables(output, STREAMS)) == []


def test_every_digest_of_an_untouched_bucket_is_valid(world: World, tmp_path: Path) -> None:
    output = world.read(tmp_path)
    # HeadBucket, the root once, two kinds of an account, and one Region.
    assert world.aws.requests[HOME, "us-east-1", "s3:ListBucket"] == 1 + 1 + 2 + 1
    assert_right(world, output)
    assert (verdicts(output), output.warnings) == (["valid"] * 6, [])
    assert [row["log_file_count"] for row in output.records(STREAMS[0])] == [2, 0, 0, 0, 0, 1]
    first, second = output.records(STREAMS[0])[:2]
    assert "previous_digest_file" not in first
    assert second["previous_digest_file"] == first["digest_file"]


Tamper = Callable[[World], object]
VALID = "valid"


@pytest.mark.parametrize(
    ("tamper", "number", "verdict", "after"),
    [
        (lambda world: tampering.change_log_file(world.trail, world.files[0]), 0, "file_changed", VALID),
        (lambda world: tampering.delete_log_file(world.trail, world.files[0]), 0, "file_missing", VALID),
        (lambda world: tampering.change_digest(world.trail, world.digests[0]), 0, "signature_invalid", "chain_broken"),
        (lambda world: tampering.break_chain(world.trail, world.digests[1]), 1, "signature_invalid", "chain_broken"),
        (lambda world: tampering.forge_signature(world.trail, world.digests[2]), 2, "signature_invalid", VALID),
    ],
    ids=["changed file", "deleted file", "changed digest", "broken chain", "forged signature"],
)
def test_what_is_tampered_with_has_its_verdict(
    *, tamper: Tamper, number: int, verdict: str, after: str, world: World, tmp_path: Path
) -> None:
    tamper(world)
    output = world.read(tmp_path)
    assert output.statuses == {STREAMS[0]: "COMPLETE"}
    expected = [VALID] * 6
    expected[number], expected[number + 1] = verdict, after
    assert verdicts(output) == expected
    [row] = [row for row in output.records(STREAMS[0]) if row["digest_file"] == world.digests[number].key]
    if verdict.startswith("file_"):
        assert row["files_concerned"] == [world.files[0].key]
        assert row["is_signature_valid"]
    else:
        assert not row["is_signature_valid"]
    if after != VALID:
        [following] = [row for row in output.records(STREAMS[0]) if row["verdict"] == after]
        assert following["files_concerned"] == [world.digests[number].key]


@pytest.mark.parametrize("removed", [[0], [1], [1, 2], [0, 1, 2]])
def test_digests_that_are_gone_are_told_by_the_one_that_follows(
    removed: list[int], world: World, tmp_path: Path
) -> None:
    for number in removed:
        tampering.remove_digest(world.trail, world.digests[number])
    output = world.read(tmp_path)
    broken = [row for row in output.records(STREAMS[0]) if row["verdict"] != VALID]
    assert len(output.records(STREAMS[0])) == 6 - len(removed)
    [row] = broken
    assert (row["digest_file"], row["verdict"]) == (world.digests[removed[-1] + 1].key, "chain_broken")
    assert row["files_concerned"] == [world.digests[removed[-1]].key]


def test_shards_verify_every_digest_once(world: World, tmp_path: Path) -> None:
    for region in ("us-east-1", "ap-southeast-2"):
        DigestWriter(world.aws, world.trail, world.keys, account_id=HOME, region=region).write(
            world.digests[0].start, world.digests[-1].end
        )
    shards = [world.read(tmp_path, shard_index=index, shard_count=2) for index in range(2)]
    found = [row["digest_file"] for output in shards for row in output.records(STREAMS[0])]
    assert sorted(found) == sorted(row["digest_file"] for row in trail_digests(world.aws))
    assert all(output.records(STREAMS[0]) for output in shards)
    assert {row["verdict"] for output in shards for row in output.records(STREAMS[0])} == {VALID}


def test_log_files_that_no_digest_covers_are_told(world: World, tmp_path: Path) -> None:
    for digest in world.digests:
        tampering.remove_digest(world.trail, digest)
    output = world.read(tmp_path)
    assert (output.statuses, output.records(STREAMS[0])) == ({STREAMS[0]: "COMPLETE"}, [])
    [warning] = output.warnings
    assert "has log files of Region eu-west-1 of account 123456789012, and no digests of the days" in warning


def test_a_digest_without_a_signature_is_unsigned_and_one_that_was_moved_is_not_valid(
    world: World, tmp_path: Path
) -> None:
    put_without_signature(world, world.digests[5])
    moved = world.digests[4].key.replace("every_region.1", "another")
    found = world.trail.bucket.planned(world.digests[4].key)
    world.trail.bucket.put(moved, found.body, last_modified=found.last_modified, metadata=found.metadata)
    output = world.read(tmp_path)
    by_key = {row["digest_file"]: row["problems"] for row in output.records(STREAMS[0])}
    assert by_key[world.digests[5].key] == ["unsigned"]
    # No digest of that trail comes before it.
    assert by_key[moved] == ["signature_invalid", "chain_broken"]


def put_without_signature(world: World, digest: Digest) -> None:
    found = world.trail.bucket.planned(digest.key)
    world.trail.bucket.put(digest.key, found.body, last_modified=found.last_modified, metadata={})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"no gzip", "it is not compressed with gzip, or damaged"),
        (b"", "it is empty"),
        (None, "its logFiles is not as AWS documents it"),
    ],
)
def test_an_odd_digest_is_a_row_and_costs_no_other(
    body: bytes | None, reason: str, world: World, tmp_path: Path
) -> None:
    bucket, digest = world.trail.bucket, world.digests[2]
    if body is None:
        text = json.dumps({**json.loads(digest.text), "logFiles": {}}).encode()
        put_digest(world.trail, Digest(digest.key, HOME, REGION, digest.start, digest.end, text, digest.signature))
    else:
        bucket.put(digest.key, body, last_modified=world.aws.now())
    bucket.put(f"{digest.key.rpartition('/')[0]}/notes.txt", b"x", last_modified=world.aws.now())
    output = world.read(tmp_path)
    assert output.statuses == {STREAMS[0]: "COMPLETE"}
    # The hash of what cannot be decompressed is unknown, so nothing can be said of the next one's.
    assert verdicts(output) == [VALID, VALID, "unreadable", VALID if body is not None else "chain_broken", VALID, VALID]
    [row] = [row for row in output.records(STREAMS[0]) if row["verdict"] == "unreadable"]
    assert (row["error"], row["digest_file"], row.get("log_file_count")) == (reason, digest.key, None)
    assert any("notes.txt of bucket" in text for text in output.warnings)


def test_keys_that_are_denied_leave_the_hashes_and_the_chain(world: World, tmp_path: Path) -> None:
    tampering.change_log_file(world.trail, world.files[0])
    world.aws.fail(Fault(action=LIST_KEYS, kind="access_denied", times=None))
    output = world.read(tmp_path, "sync_coverage")
    assert output.statuses[STREAMS[0]] == "COMPLETE"
    assert verdicts(output) == ["file_changed", *["keys_denied"] * 5]
    assert {row.get("is_signature_valid") for row in output.records(STREAMS[0])} == {None}
    assert {tuple(row["unavailable_fields"]) for row in output.records(STREAMS[0])} == {("is_signature_valid",)}
    assert any("are therefore checked without their signatures" in text for text in output.warnings)
    [coverage] = output.records("sync_coverage")
    assert (coverage["status"], coverage["missing_action"]) == ("partial", LIST_KEYS)
    status, message = check(world.config(), tmp_path)
    assert status == "SUCCEEDED"
    assert "Can be read without some columns: trail_digests" in message


@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:GetObject"])
def test_objects_that_are_denied_are_a_failure_by_name(action: str, world: World, tmp_path: Path) -> None:
    world.aws.fail(Fault(action=action, kind="access_denied", times=None))
    output = world.read(tmp_path)
    assert (output.exit_code, output.statuses, output.records(STREAMS[0])) == (1, {STREAMS[0]: "INCOMPLETE"}, [])
    assert output.errors[0]["message"].startswith("trail_digests: ")
    assert action in output.errors[0]["message"]


def test_keys_that_cannot_be_had_now_are_a_failure_and_no_verdict(world: World, tmp_path: Path) -> None:
    world.aws.fail(Fault(action=LIST_KEYS, kind="truncated_body", times=None))
    output = world.read(tmp_path)
    assert output.statuses == {STREAMS[0]: "INCOMPLETE"}
    [error] = output.errors
    assert error["failure_type"] == "transient_error"


def test_every_page_of_keys_and_of_objects_is_read(world: World, tmp_path: Path) -> None:
    for _ in range(120):
        world.keys.rotate(REGION)
        world.keys.fingerprint(REGION)
    later = world.writer.deliver(world.digests[-1].end, world.digests[-1].end + HOUR)
    output = world.read(tmp_path)
    assert verdicts(output) == [VALID] * 7
    assert output.records(STREAMS[0])[-1]["digest_file"] == later.key
    assert world.aws.requests[HOME, REGION, LIST_KEYS] == 2


def test_a_backfill_digest_and_a_new_chain_are_valid(world: World, tmp_path: Path) -> None:
    end = world.digests[-1].end
    world.writer.deliver(end, end + HOUR, backfill=True)
    world.writer.restart()
    world.writer.deliver(end + HOUR, end + 2 * HOUR)
    output = world.read(tmp_path)
    assert verdicts(output) == [VALID] * 8
    assert [row["is_backfill"] for row in output.records(STREAMS[0])].count(True) == 1


def test_only_the_days_that_are_read_are_verified(world: World, tmp_path: Path) -> None:
    start = world.digests[0].start - timedelta(days=9)
    older = DigestWriter(world.aws, world.trail, world.keys, account_id=HOME, region="us-east-1").write(
        start, start + 2 * HOUR
    )
    assert len(world.read(tmp_path).records(STREAMS[0])) == 6
    config: Mapping[str, Any] = {**world.config(), "start_date": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
    output = read({**config}, tmp_path, streams=STREAMS)
    assert {row["digest_file"] for row in output.records(STREAMS[0])} >= {digest.key for digest in older}


def test_a_file_that_is_archived_is_neither_missing_nor_valid(world: World, tmp_path: Path) -> None:
    found = world.trail.bucket.planned(world.files[0].key)
    world.trail.bucket.put(world.files[0].key, found.body, last_modified=found.last_modified, storage_class="GLACIER")
    output = world.read(tmp_path)
    assert verdicts(output) == ["file_archived", *[VALID] * 5]


@pytest.mark.parametrize("source", [{"verify_digests": False}, None])
def test_where_nothing_is_verified_there_are_no_rows_and_the_log_says_so(
    source: Json | None, world: World, tmp_path: Path
) -> None:
    config = world.config(**source) if source else world.aws.config(**FAST)
    world.aws.reset_requests()
    output = read(config, tmp_path, streams=STREAMS)
    assert (output.statuses, output.records(STREAMS[0])) == ({STREAMS[0]: "COMPLETE"}, [])
    assert [text for text in output.log if text.startswith("trail_digests has no rows: ")]
    assert not any(action.startswith("s3:") for _, _, action in world.aws.requests)
