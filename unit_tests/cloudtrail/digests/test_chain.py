"""The chain of digests: a gap is told by the digest that follows it, and nothing else is taken for one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from hashlib import sha256

import pytest

from source_aws_iam.cloudtrail.digests.chain import Chains
from source_aws_iam.cloudtrail.digests.digest import Digest, Previous, digest_key
from source_aws_iam.cloudtrail.digests.verdict import Problem
from source_aws_iam.cloudtrail.digests.verifying import Verified

FOLDER = "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/"
NOON = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
BUCKET = "logs"


def key(hour: int, trail: str = "all", suffix: str = "", folder: str = FOLDER) -> str:
    end = NOON + timedelta(hours=hour)
    name = f"123456789012_CloudTrail-Digest_us-east-1_{trail}_us-east-1_{end:%Y%m%dT%H%M%SZ}{suffix}.json.gz"
    return f"{folder}{end:%Y/%m/%d}/{name}"


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def digest(name: str, before: str | None, *, bucket: str = BUCKET, hashed: str | None = None) -> Verified:
    """The content of each is its key, and digests may write hashes in capital letters."""
    file = digest_key(name)
    assert file
    previous = Previous(bucket, before, hashed or hash_of(before).upper(), "signature") if before else None
    content = Digest("start", "end", "fingerprint", None, None, previous, [])
    return Verified(file, content, hash_of(name))


def unreadable(name: str, content_hash: str | None) -> Verified:
    file = digest_key(name)
    assert file
    return Verified(file, None, content_hash)


def broken(*digests: Verified, since: datetime = NOON) -> list[str]:
    """The keys of the digests before which the chain is broken."""
    chains = Chains(BUCKET, FOLDER, since)
    for found in digests:
        chains.follow(found)
    assert all(Problem.CHAIN_BROKEN in found.problems for found in digests if found.concerned)
    return [found.file.key for found in digests if found.concerned]


def test_each_follows_the_one_before() -> None:
    assert broken(digest(key(0), None), digest(key(1), key(0)), digest(key(2), key(1))) == []


@pytest.mark.parametrize("hour", [2, 3, 20])
def test_one_or_more_that_are_missing_are_told_by_the_next(hour: int) -> None:
    assert broken(digest(key(0), None), digest(key(hour), key(hour - 1))) == [key(hour)]


def test_another_content_than_the_next_one_says_is_told_by_the_next() -> None:
    assert broken(digest(key(0), None), digest(key(1), key(0), hashed="another")) == [key(1)]


def test_the_first_that_is_read_may_follow_one_that_is_not_read() -> None:
    assert broken(digest(key(0), key(-1))) == []
    assert broken(digest(key(0), key(-1)), since=NOON - timedelta(hours=1)) == [key(0)]


def test_one_that_begins_a_chain_follows_nothing() -> None:
    assert broken(digest(key(0), None), digest(key(5), None), digest(key(6), key(5))) == []


def test_trails_have_chains_of_their_own() -> None:
    other = [digest(key(hour, "other"), key(hour - 1, "other") if hour else None) for hour in range(3)]
    assert broken(digest(key(0), None), other[0], digest(key(1), key(0)), *other[1:]) == []
    assert broken(digest(key(0), None), digest(key(1, "other"), key(0))) == [key(1, "other")]


def test_backfill_digests_are_chained_apart_or_among_the_others() -> None:
    first, backfill = digest(key(0), None), key(1, suffix="_backfill")
    assert broken(first, digest(backfill, key(0)), digest(key(2), backfill)) == []
    first = digest(key(0), None)
    assert broken(first, digest(backfill, None), digest(key(2), key(0))) == []


def test_a_chain_that_comes_from_another_bucket_or_prefix_is_not_judged() -> None:
    assert broken(digest(key(1), key(0), bucket="before")) == []
    assert broken(digest(key(1), key(0, folder="old/AWSLogs/123456789012/CloudTrail-Digest/us-east-1/"))) == []


def test_an_unreadable_digest_is_there_and_its_hash_counts_if_it_has_one() -> None:
    assert broken(digest(key(0), None), unreadable(key(1), None), digest(key(2), key(1))) == []
    assert broken(digest(key(0), None), unreadable(key(1), "changed"), digest(key(2), key(1))) == [key(2)]
