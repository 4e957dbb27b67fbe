"""The address of the lake: what boto3 itself makes of a bucket is read back, and all else is refused in words."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from aws_calls.partitions import known_regions
from destination_security_lake.config.bucket_url import BadUrlError, BucketUrl

REGIONS = sorted(known_regions())
BUCKETS = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,30}[a-z0-9]|s3)[a-z0-9]", fullmatch=True).filter(
    lambda name: ".." not in name and ".-" not in name and "-." not in name
)
LETTERS = st.characters(exclude_categories=["C", "Z"], exclude_characters="/?#")
FOLDERS = st.lists(st.text(LETTERS, min_size=1, max_size=8).filter(lambda one: one.strip(".") and one != "ext"))


@cache
def session() -> Any:
    return boto3.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")


@cache
def client(region: str, style: str, *, dual_stack: bool, fips: bool) -> Any:
    config: Any = Config
    made = config(
        s3={"addressing_style": style},
        use_dualstack_endpoint=dual_stack,
        use_fips_endpoint=fips,
        signature_version="s3v4",
    )
    return session().client("s3", region_name=region, config=made)


def made_by_boto3(region: str, style: str, bucket: str, key: str, **variant: bool) -> str:
    signed = client(region, style, **variant).generate_presigned_url("get_object", {"Bucket": bucket, "Key": key})
    address, _, _ = str(signed).partition("?")
    return address


@pytest.mark.parametrize("style", ["virtual", "path"])
@pytest.mark.parametrize("region", REGIONS)
def test_an_address_that_boto3_makes_is_read_in_every_region_and_style(region: str, style: str) -> None:
    wanted = BucketUrl("lake-of-mine", "some/folder/", region)
    address = made_by_boto3(region, style, "lake-of-mine", "some/folder", dual_stack=False, fips=False)

    # The signer of boto3 still uses the address of S3 that names no Region for the first one.
    assert BucketUrl.of(address) in {wanted, BucketUrl("lake-of-mine", "some/folder/", "")}
    assert region == "us-east-1" or BucketUrl.of(address) == wanted


@pytest.mark.parametrize("fips", [False, True])
@pytest.mark.parametrize("style", ["virtual", "path"])
@pytest.mark.parametrize("region", ["us-east-2", "us-gov-west-1", "ca-central-1"])
def test_so_is_one_of_dual_stack_or_fips(region: str, style: str, *, fips: bool) -> None:
    address = made_by_boto3(region, style, "lake-of-mine", "a", dual_stack=True, fips=fips)

    assert "dualstack" in address
    assert BucketUrl.of(address) == BucketUrl("lake-of-mine", "a/", region)


@given(BUCKETS, FOLDERS, st.sampled_from(["virtual", "path"]))
def test_any_bucket_and_prefix_come_back(bucket: str, folders: list[str], style: str) -> None:
    path = "/".join(folders)
    prefix = f"{path}/" if path else ""
    host = f"{bucket}.s3.eu-west-1.amazonaws.com" if style == "virtual" else "s3.eu-west-1.amazonaws.com"
    inside = quote(path) if style == "virtual" else quote(f"{bucket}/{path}")

    assert BucketUrl.of(f"https://{host}/{inside}") == BucketUrl(bucket, prefix, "eu-west-1")
    assert BucketUrl.of(f"s3://{bucket}/{path}") == BucketUrl(bucket, prefix)


@pytest.mark.parametrize(
    ("url", "bucket", "region"),
    [
        ("s3://lake", "lake", ""),
        ("s3://lake/", "lake", ""),
        ("https://lake.s3.amazonaws.com", "lake", ""),
        ("https://LAKE.S3.EU-WEST-1.AMAZONAWS.COM/", "lake", "eu-west-1"),
        ("https://lake.s3-eu-west-1.amazonaws.com", "lake", "eu-west-1"),
        ("https://my.dotted.lake.s3.eu-west-1.amazonaws.com:443/", "my.dotted.lake", "eu-west-1"),
        ("https://s3.eu-west-1.amazonaws.com/my.dotted.lake", "my.dotted.lake", "eu-west-1"),
        ("https://lake.s3.eu-west-1.s3.eu-west-1.amazonaws.com/", "lake.s3.eu-west-1", "eu-west-1"),
        ("https://lake.s3.cn-north-1.amazonaws.com.cn", "lake", "cn-north-1"),
        ("https://lake.s3.dualstack.cn-north-1.amazonaws.com.cn", "lake", "cn-north-1"),
        ("https://s3.us-gov-west-1.amazonaws.com/lake", "lake", "us-gov-west-1"),
        ("https://lake.s3-fips.dualstack.us-gov-east-1.amazonaws.com", "lake", "us-gov-east-1"),
        ("https://lake.s3.eusc-de-east-1.amazonaws.eu", "lake", "eusc-de-east-1"),
    ],
)
def test_these_name_a_bucket(url: str, bucket: str, region: str) -> None:
    assert BucketUrl.of(url) == BucketUrl(bucket, "", region)


GATEWAY = (
    "is no address of a bucket at S3. For a gateway, enter s3://bucket/prefix here, and its address as endpoint_url"
)
NO_BUCKET = "names no bucket: a name has 3 to 63 of a-z 0-9 . - and no . or - at its ends"
EXT = "has ext/ in its prefix. Leave it out, and all that follows: the destination adds ext/<source>/"
FOLDER = "has a folder in its prefix that is empty or has only dots, which not every reader finds"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://lake.s3.eu-west-1.amazonaws.com", "must begin with s3:// or https://"),
        ("lake", "must begin with s3:// or https://"),
        ("s3://", NO_BUCKET),
        ("s3://ab", NO_BUCKET),
        ("s3://Lake", NO_BUCKET),
        ("s3://lake-", NO_BUCKET),
        ("https://s3.eu-west-1.amazonaws.com", NO_BUCKET),
        ("https://s3.eu-west-1.amazonaws.com//prefix", NO_BUCKET),
        ("https://minio.example.com/lake", GATEWAY),
        ("https://lake.s3.eu-west-1.example.com", GATEWAY),
        ("https://lake.s3-website-eu-west-1.amazonaws.com", GATEWAY),
        ("https://lake.s3-accelerate.amazonaws.com", GATEWAY),
        ("https://eu-west-1.console.aws.amazon.com/s3/buckets/lake", GATEWAY),
        ("https://lake.s3.eu-west-1.amazonaws.com.evil.example", GATEWAY),
        (
            "https://lake.s3.eu-west-1.amazonaws.com:8443",
            "names a port, and S3 has none but 443. For a gateway, enter its address as endpoint_url",
        ),
        ("https://lake.s3.eu-west-1.amazonaws.com:x", "is no web address: its host or port cannot be read"),
        (
            "https://me:secret@lake.s3.eu-west-1.amazonaws.com",
            "must not hold a user name or password: enter them in credentials",
        ),
        ("s3://lake/a?versionId=1", "must end with the bucket or the prefix: leave out what follows ? or #"),
        ("s3://lake/a#b", "must end with the bucket or the prefix: leave out what follows ? or #"),
        ("s3://lake/ext/iam-user-inventory/", EXT),
        ("s3://lake/below/ext/", EXT),
        ("s3://lake/a//b", FOLDER),
        ("s3://lake/a/../b", FOLDER),
        ("https://lake.s3.eu-west-1.amazonaws.com/%2e%2e", FOLDER),
        ("https://lake.s3.eu-west-1.amazonaws.com/%ff", "has %-codes in its path that are no UTF-8"),
        ("https://lake.s3.eu-west-1.amazonaws.com/%00", "has a character in its prefix that cannot be printed"),
        ("s3://lake/" + "ä" * 351, "has a prefix of more than 700 bytes"),
    ],
)
def test_what_names_no_bucket_is_refused_in_words_that_do_not_quote_it(url: str, why: str) -> None:
    with pytest.raises(BadUrlError) as refused:
        BucketUrl.of(url)

    assert str(refused.value) == why


@given(st.text() | st.builds("{}://{}".format, st.sampled_from(["s3", "https"]), st.text()))
def test_any_text_is_an_address_or_refused(url: str) -> None:
    with suppress(BadUrlError):
        found = BucketUrl.of(url)
        assert found.prefix == "" or found.prefix.endswith("/")
        assert 3 <= len(found.bucket) <= 63
