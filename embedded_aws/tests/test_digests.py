"""The digests of a trail, verified as AWS documents it, and everything that breaks them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest.mock import ANY

import pytest
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from embedded_aws import EmbeddedAws, StoppedClock
from embedded_aws.scenarios import tampering
from embedded_aws.scenarios.digest_keys import DigestKeys
from embedded_aws.scenarios.digest_writer import HOUR, Digest, DigestWriter
from embedded_aws.scenarios.trail_writer import BUCKET, TrailWriter, open_trail
from embedded_aws.server.trail import LogFile, Trail

REGION = "eu-west-1"
HOME = "123456789012"
NOON = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
NINE = NOON - 3 * HOUR
MEMBERS = {
    "awsAccountId",
    "digestStartTime",
    "digestEndTime",
    "digestS3Bucket",
    "digestS3Object",
    "digestPublicKeyFingerprint",
    "digestSignatureAlgorithm",
    "newestEventTime",
    "oldestEventTime",
    "previousDigestS3Bucket",
    "previousDigestS3Object",
    "previousDigestHashValue",
    "previousDigestHashAlgorithm",
    "previousDigestSignature",
    "logFiles",
}


@dataclass
class World:
    aws: EmbeddedAws
    trail: Trail
    log: TrailWriter
    keys: DigestKeys
    writer: DigestWriter
    files: list[LogFile]
    digests: list[Digest]


@pytest.fixture
def world() -> Iterator[World]:
    """Files at 9:00 and 9:30, none from 10 to 11, one at 11:30; and the digests of these three hours."""
    with EmbeddedAws(now=StoppedClock(NOON + 2 * HOUR)) as aws:
        trail = open_trail(aws, name="all")
        log = TrailWriter(aws, trail)
        files = log.write([record(str(minutes), minutes) for minutes in (180, 179, 150, 30)])
        keys = DigestKeys(aws)
        writer = DigestWriter(aws, trail, keys, account_id=HOME, region=REGION)
        yield World(aws, trail, log, keys, writer, files, writer.write(NINE, NOON))


def record(event_id: str, minutes_ago: int) -> dict[str, Any]:
    time = (NOON - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"eventID": event_id, "eventTime": time, "awsRegion": REGION, "eventName": "ListUsers"}


def read(aws: EmbeddedAws, key: str) -> tuple[bytes, dict[str, str]]:
    answer = aws.client_of(aws.base_key, "s3").get_object(Bucket=BUCKET, Key=key)
    return gzip.decompress(answer["Body"].read()), answer["Metadata"]


def public_keys(aws: EmbeddedAws, region: str = REGION) -> dict[str, bytes]:
    trail = aws.client_of(aws.base_key, "cloudtrail", region)
    found = trail.list_public_keys(StartTime=NINE, EndTime=NOON)["PublicKeyList"]
    return {one["Fingerprint"]: one["Value"] for one in found}


def problems(world: World, digests: list[Digest]) -> list[str]:
    """What a verifier finds, oldest first: it knows the bucket and the public keys only."""
    found = []
    for digest in digests:
        try:
            text, metadata = read(world.aws, digest.key)
        except ClientError:
            found.append(f"{digest.end:%H} is missing")
            continue
        content = json.loads(text)
        if not is_signed(world.aws, digest.key, content, text, metadata):
            found.append(f"{digest.end:%H} has a wrong signature")
        before = content["previousDigestS3Object"]
        if before is not None:
            try:
                if hashlib.sha256(read(world.aws, before)[0]).hexdigest() != content["previousDigestHashValue"]:
                    found.append(f"{digest.end:%H} does not follow")
            except ClientError:
                found.append(f"{digest.end:%H} follows nothing")
        found += [problem for one in content["logFiles"] if (problem := problem_of(world.aws, one))]
    return found


def problem_of(aws: EmbeddedAws, listed: dict[str, str]) -> str | None:
    try:
        text, _ = read(aws, listed["s3Object"])
    except ClientError:
        return "a log file is missing"
    return None if hashlib.sha256(text).hexdigest() == listed["hashValue"] else "a log file has been changed"


def is_signed(aws: EmbeddedAws, key: str, content: dict[str, Any], text: bytes, metadata: dict[str, str]) -> bool:
    public = load_der_public_key(public_keys(aws)[content["digestPublicKeyFingerprint"]])
    assert isinstance(public, rsa.RSAPublicKey)
    before = content["previousDigestSignature"] or "null"
    signed = f"{content['digestEndTime']}\n{BUCKET}/{key}\n{hashlib.sha256(text).hexdigest()}\n{before}"
    try:
        public.verify(bytes.fromhex(metadata["signature"]), signed.encode(), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def test_a_chain_of_digests_verifies(world: World) -> None:
    assert len(world.digests) == 3
    assert problems(world, world.digests) == []


def test_a_digest_has_every_member_and_lists_what_was_delivered_in_its_hour(world: World) -> None:
    contents = [json.loads(read(world.aws, digest.key)[0]) for digest in world.digests]
    assert {frozenset(content) for content in contents} == {frozenset(MEMBERS)}
    listed = [[one["s3Object"] for one in content["logFiles"]] for content in contents]
    assert [len(keys) for keys in listed] == [2, 0, 1]
    assert sorted(key for keys in listed for key in keys) == sorted(file.key for file in world.files)
    first, empty, last = contents
    assert (first["oldestEventTime"], first["newestEventTime"]) == ("2026-01-15T09:00:00Z", "2026-01-15T09:30:00Z")
    assert (empty["oldestEventTime"], empty["newestEventTime"]) == (None, None)
    assert (first["digestStartTime"], first["digestEndTime"]) == ("2026-01-15T09:00:00Z", "2026-01-15T10:00:00Z")
    assert [first[name] for name in sorted(MEMBERS) if name.startswith("previous")] == [None] * 5
    assert last["previousDigestS3Object"] == empty["digestS3Object"]
    assert last["previousDigestSignature"] == read(world.aws, empty["digestS3Object"])[1]["signature"]


def test_a_digest_has_its_place(world: World) -> None:
    assert world.digests[0].key == (
        f"AWSLogs/{HOME}/CloudTrail-Digest/{REGION}/2026/01/15/"
        f"{HOME}_CloudTrail-Digest_{REGION}_all_us-east-1_20260115T100000Z.json.gz"
    )
    _, metadata = read(world.aws, world.digests[0].key)
    assert metadata["signature-algorithm"] == "SHA256withRSA"


def test_the_trail_says_when_it_delivered_a_digest_last(world: World) -> None:
    status = world.aws.client_of(world.aws.base_key, "cloudtrail").get_trail_status(Name="all")
    assert status["LatestDigestDeliveryTime"] == NOON + timedelta(minutes=5)
    world.writer.write(NOON + HOUR, NOON + 2 * HOUR)
    assert world.aws.client_of(world.aws.base_key, "cloudtrail").get_trail_status(Name="all") == {
        **status,
        "ResponseMetadata": ANY,
    }


def test_a_restart_begins_a_new_chain(world: World) -> None:
    world.writer.restart()
    [digest] = world.writer.write(NOON - HOUR, NOON)
    assert json.loads(digest.text)["previousDigestS3Object"] is None
    assert problems(world, [digest]) == []


def test_a_backfill_digest_says_when_it_was_made(world: World) -> None:
    digest = world.writer.deliver(NOON - HOUR, NOON, backfill=True)
    assert digest.key.endswith("_backfill.json.gz")
    assert read(world.aws, digest.key)[1]["backfill-generation-timestamp"] == "2026-01-15T12:00:00Z"
    assert problems(world, [digest]) == []


def test_a_file_delivered_late_is_in_the_digest_of_its_delivery(world: World) -> None:
    [late] = world.log.write([record("late", 175)], late=timedelta(hours=3, minutes=10))
    [digest] = world.writer.write(NOON, NOON + HOUR)
    assert [one["s3Object"] for one in json.loads(digest.text)["logFiles"]] == [late.key]


def test_each_region_has_keys_of_its_own_and_rotated_ones_stay(world: World) -> None:
    other = DigestWriter(world.aws, world.trail, world.keys, account_id=HOME, region="us-east-1")
    other.write(NINE, NOON)
    assert len(public_keys(world.aws)) == len(public_keys(world.aws, "us-east-1")) == 1
    assert public_keys(world.aws) != public_keys(world.aws, "us-east-1")
    assert public_keys(world.aws, "ap-southeast-2") == {}
    world.keys.rotate(REGION)
    later = world.writer.write(NOON, NOON + HOUR)
    assert len(public_keys(world.aws)) == 2
    assert problems(world, [*world.digests, *later]) == []


def test_public_keys_are_those_that_were_valid_in_the_range(world: World) -> None:
    client = world.aws.client_of(world.aws.base_key, "cloudtrail", REGION)
    [key] = client.list_public_keys()["PublicKeyList"]
    assert key["ValidityStartTime"] < NINE < key["ValidityEndTime"]
    ancient = NOON - timedelta(days=1000)
    far = NOON + timedelta(days=1000)
    for start in (ancient, far):
        assert client.list_public_keys(StartTime=start, EndTime=start + HOUR)["PublicKeyList"] == []
    assert client.list_public_keys(StartTime=ancient, EndTime=far)["PublicKeyList"] == [key]
    with pytest.raises(ClientError, match="InvalidTimeRangeException"):
        client.list_public_keys(StartTime=NOON, EndTime=NINE)
    with pytest.raises(ClientError, match="InvalidTokenException"):
        client.list_public_keys(NextToken="made-up")


Tamper = Callable[[World], object]


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (lambda world: tampering.change_log_file(world.trail, world.files[0]), ["a log file has been changed"]),
        (lambda world: tampering.delete_log_file(world.trail, world.files[0]), ["a log file is missing"]),
        (
            lambda world: tampering.change_digest(world.trail, world.digests[0]),
            ["10 has a wrong signature", "11 does not follow"],
        ),
        (
            lambda world: tampering.break_chain(world.trail, world.digests[1]),
            ["11 has a wrong signature", "11 does not follow", "12 does not follow"],
        ),
        (lambda world: tampering.forge_signature(world.trail, world.digests[2]), ["12 has a wrong signature"]),
        (
            lambda world: tampering.remove_digest(world.trail, world.digests[1]),
            ["11 is missing", "12 follows nothing"],
        ),
    ],
)
def test_what_is_tampered_with_is_found(world: World, tamper: Tamper, expected: list[str]) -> None:
    tamper(world)
    assert problems(world, world.digests) == expected


def test_a_forged_file_is_in_no_digest(world: World) -> None:
    key = tampering.add_log_file(world.log, world.files[0], [record("forged", 180)])
    assert read(world.aws, key)
    listed = [one["s3Object"] for digest in world.digests for one in json.loads(digest.text)["logFiles"]]
    assert key not in listed
    assert key.rpartition("_")[0] == world.files[0].key.rpartition("_")[0]
