"""Keys and texts of digests."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from source_aws_iam.cloudtrail.digests.digest import (
    Digest,
    DigestKey,
    LogFileEntry,
    OddDigestError,
    Previous,
    digest_key,
)

FOLDER = "audit/AWSLogs/o-a1b2c3d4e5/123456789012/CloudTrail-Digest/us-gov-west-1/2026/01/15/"
END = datetime(2026, 1, 15, 10, 4, 37, tzinfo=timezone.utc)
ENTRY = {"s3Bucket": "logs", "s3Object": "file", "hashValue": "00", "hashAlgorithm": "SHA-256"}
CONTENT: dict[str, Any] = {
    "digestStartTime": "2026-01-15T09:04:37Z",
    "digestEndTime": "2026-01-15T10:04:37Z",
    "digestPublicKeyFingerprint": "31e8b5433410dfb61a9dc45cc65b22ff",
    "newestEventTime": None,
    "oldestEventTime": None,
    "previousDigestS3Bucket": "logs",
    "previousDigestS3Object": "before",
    "previousDigestHashValue": "ab",
    "previousDigestHashAlgorithm": "SHA-256",
    "previousDigestSignature": "cd",
    "logFiles": [ENTRY],
}
NO_PREVIOUS = {name: None for name in CONTENT if name.startswith("previous")}


@pytest.mark.parametrize("trail", ["all", "a_b.c-d", "of_us-east-1_20260101T000000Z"])
@pytest.mark.parametrize(("suffix", "is_backfill"), [("", False), ("_backfill", True)])
def test_a_key_says_which_trail_delivered_the_digest_and_until_when(trail: str, suffix: str, is_backfill: bool) -> None:
    name = f"123456789012_CloudTrail-Digest_us-gov-west-1_{trail}_us-gov-east-1_20260115T100437Z{suffix}.json.gz"
    assert digest_key(FOLDER + name) == DigestKey(FOLDER + name, trail, "us-gov-east-1", END, is_backfill)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "notes.txt",
        "123456789012_CloudTrail-Digest_us-gov-west-1_all_us-gov-east-1_20261315T100437Z.json.gz",
        "123456789012_CloudTrail-Digest_us-gov-west-1_all_us-gov-east-1_20260115T1004Z.json.gz",
        "123456789012_CloudTrail-Digest_us-gov-west-1_us-gov-east-1_20260115T100437Z.json.gz",
        "123456789012_CloudTrail_us-gov-west-1_20260115T1004Z_x1Y2z3A4b5C6d7E8.json.gz",
        "123456789012_CloudTrail-Digest_us-gov-west-1_all_us-gov-east-1_20260115T100437Z.json.gz.bak",
    ],
)
def test_the_key_of_another_object_is_none_of_a_digest(name: str) -> None:
    assert digest_key(FOLDER + name) is None


def test_a_digest_has_its_files_and_the_one_before() -> None:
    found = Digest.of(json.dumps(CONTENT).encode())
    assert (found.start, found.end) == (CONTENT["digestStartTime"], CONTENT["digestEndTime"])
    assert found.previous == Previous("logs", "before", "ab", "cd")
    assert found.files == [LogFileEntry("logs", "file", "00")]


def test_where_a_chain_begins_there_is_none_before() -> None:
    assert Digest.of(json.dumps({**CONTENT, **NO_PREVIOUS}).encode()).previous is None


@pytest.mark.parametrize(
    "odd",
    [
        {"logFiles": None},
        {"logFiles": {}},
        {"logFiles": ["file"]},
        {"logFiles": [{**ENTRY, "hashAlgorithm": "MD5"}]},
        {"logFiles": [{**ENTRY, "s3Object": 1}]},
        {"digestEndTime": None},
        {"digestPublicKeyFingerprint": 1},
        {"newestEventTime": 1},
        {"previousDigestS3Object": None},
        {"previousDigestHashAlgorithm": "MD5"},
    ],
)
def test_a_digest_that_is_not_as_documented_says_which_member_is_not(odd: dict[str, Any]) -> None:
    with pytest.raises(OddDigestError, match="is not as AWS documents it"):
        Digest.of(json.dumps({**CONTENT, **odd}).encode())


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_no_digest(text: bytes) -> None:
    with pytest.raises(OddDigestError, match="it is not JSON"):
        Digest.of(text)


def test_a_list_is_no_digest() -> None:
    with pytest.raises(OddDigestError, match="it is no JSON object"):
        Digest.of(b"[]")
