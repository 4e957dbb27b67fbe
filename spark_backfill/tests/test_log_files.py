"""What the address of an object says, on S3 and elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from spark_backfill.days import Days
from spark_backfill.log_files import Source, partition_of

NAME = "012345678901_CloudTrail_us-east-1_20260301T0905Z_x1Y2z3A4b5C6d7E8.json.gz"
FILE = f"012345678901/CloudTrail/us-east-1/2026/03/01/{NAME}"


@pytest.mark.parametrize(
    ("source", "path", "key"),
    [
        ("s3://bucket/AWSLogs/", "s3://bucket/AWSLogs/", "AWSLogs/"),
        ("s3://bucket/a/b/AWSLogs", "s3://bucket/a/b/AWSLogs/", "a/b/AWSLogs/"),
        ("s3a://bucket/a/AWSLogs/", "s3a://bucket/a/AWSLogs/o-a1b2c3d4e5/", "a/AWSLogs/o-a1b2c3d4e5/"),
        ("s3://bucket/AWSLogs/o-a1b2c3d4e5/", "s3://bucket/AWSLogs/o-a1b2c3d4e5/", "AWSLogs/o-a1b2c3d4e5/"),
        ("/Volumes/main/logs/AWSLogs/", "dbfs:/Volumes/main/logs/AWSLogs/", "AWSLogs/"),
        ("file:///AWSLogs/old/AWSLogs/", "file:/AWSLogs/old/AWSLogs/", "AWSLogs/"),
    ],
)
def test_the_key_of_a_log_file_is_that_in_its_bucket(source: str, path: str, key: str) -> None:
    found = Source(source).log_file(path + FILE)
    assert found is not None
    assert (found.key, found.folder.account_id, found.folder.region) == (key + FILE, "012345678901", "us-east-1")
    assert f"{found.folder.time(found.key)}" == "2026-03-01 09:05:00+00:00"


@pytest.mark.parametrize(
    "below",
    [
        FILE.replace("/CloudTrail/", "/CloudTrail-Digest/"),
        FILE.replace("us-east-1/", "nowhere/", 1),
        f"x{FILE}",
        "readme.md",
        "012345678901/CloudTrail/notes.txt",
    ],
)
def test_what_is_in_no_folder_of_log_files_is_nothing(below: str) -> None:
    assert Source("s3://bucket/AWSLogs/").log_file(f"s3://bucket/AWSLogs/{below}") is None


@pytest.mark.parametrize("address", ["s3://bucket/", "s3://bucket/logs/", "AWSLogs/", "s3://bucket/notAWSLogs/"])
def test_another_folder_than_that_of_a_trail_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(ValueError, match=r"is not the folder of a trail\..*s3://bucket/prefix/AWSLogs/"):
        Source(address)


def test_the_pattern_has_only_what_is_asked_for() -> None:
    days = Days(date(2025, 12, 31), date(2026, 12, 31))
    whole, of_organization = Source("s3://b/AWSLogs/"), Source("s3://b/AWSLogs/o-a1b2c3d4e5/")
    assert whole.pattern([], [], Days()) == "s3://b/AWSLogs/{*/CloudTrail,o-*/*/CloudTrail}/*"
    assert of_organization.pattern(["012345678901"], ["us-east-1", "eu-west-1"], days) == (
        "s3://b/AWSLogs/o-a1b2c3d4e5/{012345678901/CloudTrail}/{us-east-1,eu-west-1}/{2025/12/31,2026,2027/01/01}"
    )


def test_a_region_that_no_botocore_knows_yet_has_a_partition_by_its_name() -> None:
    assert [*map(partition_of, ("us-east-1", "us-gov-west-9", "cn-north-9"))] == ["aws", "aws-us-gov", "aws-cn"]
