"""Embedded AWS's S3 as an unmodified client sees it: lists, objects, Regions, permissions, keys and broken bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, IncompleteReadError, ResponseStreamingError

from embedded_aws import EmbeddedAws, Fault, StoppedClock
from embedded_aws.server.s3_bucket import Bucket

HOME = "us-east-1"
ABROAD = "eu-west-1"
NOON = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
KEY = "arn:aws:kms:us-east-1:222222222222:key/1234abcd"
ARCHIVE = "222222222222"
WHO = "User: arn:aws:iam::123456789012:user/connector is not authorized to perform:"
BROKEN = (IncompleteReadError, ResponseStreamingError)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=clock) as embedded:
        yield embedded


@pytest.fixture
def bucket(aws: EmbeddedAws) -> Bucket:
    return aws.create_bucket("logs", account_id=ARCHIVE)


def of(aws: EmbeddedAws, region: str = HOME) -> Any:
    return aws.client_of(aws.base_key, "s3", region)


def error_of(call: Any, **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"].get("Message", "")


def read(client: Any, key: str, bucket: str = "logs") -> bytes:
    body: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def keys(client: Any, **arguments: Any) -> list[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="logs", **arguments)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def groups(client: Any, **arguments: Any) -> list[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="logs", **arguments)
    return [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]


def test_keys_come_in_the_order_of_utf_8_a_thousand_a_page(aws: EmbeddedAws, bucket: Bucket) -> None:
    planted = [f"logs/{number:04}" for number in range(2100)]
    for key in reversed(planted):
        bucket.put(key, b"")
    client = of(aws)
    first = client.list_objects_v2(Bucket="logs", MaxKeys=5000)
    assert (first["KeyCount"], first["MaxKeys"], first["IsTruncated"]) == (1000, 1000, True)
    assert keys(client) == planted
    assert keys(client, StartAfter="logs/1999", PaginationConfig={"PageSize": 7}) == planted[2000:]
    assert keys(client, StartAfter="logs/1999x", Prefix="logs/20") == planted[2000:]


def test_an_empty_list_says_so(aws: EmbeddedAws, bucket: Bucket) -> None:
    bucket.put("a", b"")
    for arguments in ({"Prefix": "b"}, {"StartAfter": "a"}, {"MaxKeys": 0}):
        answer = of(aws).list_objects_v2(Bucket="logs", **arguments)
        assert (answer["KeyCount"], answer["IsTruncated"], "Contents" in answer) == (0, False, False)


def test_a_full_last_page_has_no_token(aws: EmbeddedAws, bucket: Bucket) -> None:
    for key in "abc":
        bucket.put(key, b"")
    answer = of(aws).list_objects_v2(Bucket="logs", MaxKeys=3)
    assert (answer["IsTruncated"], "NextContinuationToken" in answer) == (False, False)


def test_a_delimiter_groups_keys_also_over_pages(aws: EmbeddedAws, bucket: Bucket) -> None:
    for key in ("a/1", "a/2", "b", "c/x/1", "c/y/1", "d/"):
        bucket.put(key, b"")
    client = of(aws)
    for size in (1, 2, 1000):
        paged = {"Delimiter": "/", "PaginationConfig": {"PageSize": size}}
        assert (groups(client, **paged), keys(client, **paged)) == (["a/", "c/", "d/"], ["b"])
        assert groups(client, Prefix="c/", **paged) == ["c/x/", "c/y/"]
    counted = client.list_objects_v2(Bucket="logs", Delimiter="/", MaxKeys=3)
    assert (counted["KeyCount"], counted["IsTruncated"]) == (3, True)
    assert groups(client, Delimiter="/", StartAfter="a/1") == ["c/", "d/"]
    assert groups(client, Delimiter="/", StartAfter="c/") == ["d/"]


def test_keys_with_any_character_arrive_as_they_are(aws: EmbeddedAws, bucket: Bucket) -> None:
    odd = ["a b+c%20", "ä/☃", "q?x=1&y=2#z", "tab\tand\x01"]
    for key in odd:
        bucket.put(key, key.encode())
    client = of(aws)
    assert keys(client) == sorted(odd)
    assert groups(client, Delimiter=" ") == ["a "]
    for key in odd:
        assert client.get_object(Bucket="logs", Key=key)["Body"].read() == key.encode()


def test_a_token_is_good_for_its_bucket_prefix_and_delimiter_only(aws: EmbeddedAws, bucket: Bucket) -> None:
    other = aws.create_bucket("others")
    for key in ("a/1", "a/2", "a/3"):
        bucket.put(key, b"")
        other.put(key, b"")
    client = of(aws)
    token = client.list_objects_v2(Bucket="logs", Prefix="a/", MaxKeys=1)["NextContinuationToken"]
    right = {"Bucket": "logs", "Prefix": "a/", "ContinuationToken": token}
    assert [one["Key"] for one in client.list_objects_v2(**right)["Contents"]] == ["a/2", "a/3"]
    for wrong in ({"Prefix": ""}, {"Bucket": "others"}, {"Delimiter": "/"}, {"ContinuationToken": "made-up"}):
        code, status, _ = error_of(client.list_objects_v2, **{**right, **wrong})
        assert (code, status) == ("InvalidArgument", 400)
    assert error_of(client.list_objects_v2, Bucket="logs", MaxKeys=-1)[0] == "InvalidArgument"


def test_a_key_that_is_deleted_between_two_pages_hides_no_other(aws: EmbeddedAws, bucket: Bucket) -> None:
    for key in "abcd":
        bucket.put(key, b"")
    client = of(aws)
    token = client.list_objects_v2(Bucket="logs", MaxKeys=2)["NextContinuationToken"]
    bucket.delete("b")
    bucket.put("aa", b"")
    rest = client.list_objects_v2(Bucket="logs", ContinuationToken=token)["Contents"]
    assert [one["Key"] for one in rest] == ["c", "d"]


def test_an_object_has_its_time_class_metadata_and_body(aws: EmbeddedAws, bucket: Bucket) -> None:
    late = NOON - timedelta(days=2, microseconds=5)
    bucket.put("k", b"x" * 300_000, last_modified=late, storage_class="GLACIER_IR", metadata={"signature": "ab"})
    bucket.put("now", b"")
    answer = of(aws).get_object(Bucket="logs", Key="k")
    assert answer["Body"].read() == b"x" * 300_000
    assert (answer["ContentLength"], answer["StorageClass"]) == (300_000, "GLACIER_IR")
    assert (answer["LastModified"], answer["Metadata"]) == (late.replace(microsecond=0), {"signature": "ab"})
    [listed, now] = of(aws).list_objects_v2(Bucket="logs")["Contents"]
    assert (listed["Size"], listed["LastModified"]) == (300_000, answer["LastModified"])
    assert listed["ETag"] == answer["ETag"]
    assert now["LastModified"] == NOON
    empty = of(aws).get_object(Bucket="logs", Key="now")
    assert (empty["Body"].read(), "StorageClass" in empty) == (b"", False)


def test_the_date_of_an_answer_is_that_of_aws(aws: EmbeddedAws, bucket: Bucket, clock: StoppedClock) -> None:
    clock.advance(hours=1)
    headers = of(aws).head_bucket(Bucket="logs")["ResponseMetadata"]["HTTPHeaders"]
    assert headers["date"] == "Thu, 15 Jan 2026 13:00:00 GMT"


def test_an_object_appears_at_its_last_modified(aws: EmbeddedAws, bucket: Bucket, clock: StoppedClock) -> None:
    bucket.put("later", b"", last_modified=NOON + timedelta(hours=1))
    assert keys(of(aws)) == []
    assert error_of(of(aws).get_object, Bucket="logs", Key="later")[0] == "NoSuchKey"
    clock.advance(hours=1)
    assert keys(of(aws)) == ["later"]


@pytest.mark.parametrize(
    ("asked", "body", "content_range"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_a_range_of_bytes(aws: EmbeddedAws, bucket: Bucket, asked: str, body: bytes, content_range: str) -> None:
    bucket.put("k", b"0123456789")
    answer = of(aws).get_object(Bucket="logs", Key="k", Range=asked)
    assert (answer["Body"].read(), answer["ContentRange"]) == (body, content_range)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_behind_the_end_is_an_error(aws: EmbeddedAws, bucket: Bucket) -> None:
    bucket.put("k", b"0123456789")
    assert error_of(of(aws).get_object, Bucket="logs", Key="k", Range="bytes=10-")[:2] == ("InvalidRange", 416)


def test_archived_objects_are_listed_and_cannot_be_read(aws: EmbeddedAws, bucket: Bucket) -> None:
    bucket.put("1", b"", storage_class="GLACIER")
    bucket.put("2", b"", storage_class="DEEP_ARCHIVE")
    bucket.put("3", b"", storage_class="INTELLIGENT_TIERING", archive_tier="ARCHIVE_ACCESS")
    bucket.put("4", b"", storage_class="INTELLIGENT_TIERING")
    listed = of(aws).list_objects_v2(Bucket="logs")["Contents"]
    classes = ["GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING", "INTELLIGENT_TIERING"]
    assert [one["StorageClass"] for one in listed] == classes
    for key in "123":
        assert error_of(of(aws).get_object, Bucket="logs", Key=key)[:2] == ("InvalidObjectState", 403)
    assert of(aws).get_object(Bucket="logs", Key="4")["Body"].read() == b""


def test_a_restored_object_can_be_read_while_its_copy_is_kept_and_is_listed_so_to_who_asks(
    aws: EmbeddedAws, bucket: Bucket, clock: StoppedClock
) -> None:
    stored = bucket.put("1", b"x", storage_class="GLACIER").last_modified
    bucket.restore("1", at=NOON + timedelta(hours=5), days=2)
    until = NOON + timedelta(days=2, hours=5)

    def status() -> Any:
        [listed] = of(aws).list_objects_v2(Bucket="logs", OptionalObjectAttributes=["RestoreStatus"])["Contents"]
        assert (listed["StorageClass"], listed["LastModified"]) == ("GLACIER", stored)
        return listed.get("RestoreStatus")

    assert status() == {"IsRestoreInProgress": True}
    assert error_of(of(aws).get_object, Bucket="logs", Key="1")[:2] == ("InvalidObjectState", 403)
    clock.advance(hours=5)
    assert status() == {"IsRestoreInProgress": False, "RestoreExpiryDate": until}
    assert "RestoreStatus" not in of(aws).list_objects_v2(Bucket="logs")["Contents"][0]
    assert read(of(aws), "1") == b"x"
    clock.advance(days=2)
    assert status() is None
    assert error_of(of(aws).get_object, Bucket="logs", Key="1")[:2] == ("InvalidObjectState", 403)


def test_what_is_not_there(aws: EmbeddedAws, bucket: Bucket) -> None:
    client = of(aws)
    assert error_of(client.get_object, Bucket="logs", Key="k")[:2] == ("NoSuchKey", 404)
    assert error_of(client.list_objects_v2, Bucket="unknown")[:2] == ("NoSuchBucket", 404)
    assert error_of(client.head_bucket, Bucket="unknown")[:2] == ("404", 404)


def test_what_is_not_served_says_so(aws: EmbeddedAws, bucket: Bucket) -> None:
    assert error_of(of(aws).list_buckets)[0] == "NotImplemented"
    assert error_of(of(aws).get_object_tagging, Bucket="logs", Key="k")[0] == "NotImplemented"
    assert error_of(of(aws).get_object, Bucket="logs", Key="k", VersionId="1")[0] == "NotImplemented"


def test_a_bucket_tells_its_region(aws: EmbeddedAws, bucket: Bucket) -> None:
    abroad = aws.create_bucket("abroad", region=ABROAD)
    assert of(aws).head_bucket(Bucket="logs")["BucketRegion"] == HOME
    assert of(aws, ABROAD).head_bucket(Bucket=abroad.name)["BucketRegion"] == ABROAD
    assert of(aws).get_bucket_location(Bucket="logs")["LocationConstraint"] is None
    assert of(aws, ABROAD).get_bucket_location(Bucket=abroad.name)["LocationConstraint"] == ABROAD


def test_another_region_is_redirected_and_the_sdk_follows(aws: EmbeddedAws) -> None:
    aws.create_bucket("abroad", region=ABROAD).put("k", b"here")
    assert of(aws).get_object(Bucket="abroad", Key="k")["Body"].read() == b"here"
    asked = {region: count for (_, region, action), count in aws.requests.items() if action == "s3:GetObject"}
    assert asked == {HOME: 1, ABROAD: 1}


def test_the_redirect_itself_names_the_region(aws: EmbeddedAws) -> None:
    aws.create_bucket("abroad", region=ABROAD)
    client = of(aws)
    seen: list[tuple[int, str]] = []

    def see(response_dict: dict[str, Any], **_: Any) -> None:
        seen.append((response_dict["status_code"], response_dict["headers"]["x-amz-bucket-region"]))

    client.meta.events.register("before-parse.s3.HeadBucket", see)
    client.head_bucket(Bucket="abroad")
    assert seen == [(301, ABROAD), (200, ABROAD)]


def test_any_region_may_be_signed_for(aws: EmbeddedAws) -> None:
    aws.create_bucket("far", region="eu-south-2").put("k", b"here")
    assert of(aws, "eu-south-2").get_object(Bucket="far", Key="k")["Body"].read() == b"here"


def test_each_call_needs_its_action(aws: EmbeddedAws, bucket: Bucket) -> None:
    bucket.put("k", b"here")
    client = of(aws)
    calls = {
        "s3:ListBucket": (client.list_objects_v2, {}),
        "s3:GetObject": (client.get_object, {"Key": "k"}),
        "s3:GetBucketLocation": (client.get_bucket_location, {}),
    }
    for action, (call, arguments) in calls.items():
        aws.allow(action)
        answer = call(Bucket="logs", **arguments)
        assert "Body" not in answer or answer["Body"].read() == b"here"
        aws.allow(*(calls.keys() - {action}))
        resource = "arn:aws:s3:::logs/k" if "Key" in arguments else "arn:aws:s3:::logs"
        reason = f"because no identity-based policy allows the {action} action"
        text = f'{WHO} {action} on resource: "{resource}" {reason}'
        assert error_of(call, Bucket="logs", **arguments) == ("AccessDenied", 403, text)


def test_head_bucket_tells_the_region_also_when_it_is_denied(aws: EmbeddedAws, bucket: Bucket) -> None:
    aws.allow("s3:GetObject")
    with pytest.raises(ClientError) as caught:
        of(aws).head_bucket(Bucket="logs")
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("403", 403)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == HOME


def test_a_policy_may_allow_some_keys_only(aws: EmbeddedAws, bucket: Bucket) -> None:
    bucket.put("logs/1", b"")
    bucket.put("else/1", b"")
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/logs/*"},
        }
    )
    aws.client("iam").put_user_policy(UserName="connector", PolicyName="p", PolicyDocument=policy)
    assert read(of(aws), "logs/1") == b""
    assert error_of(of(aws).get_object, Bucket="logs", Key="else/1")[0] == "AccessDenied"


def test_without_the_right_to_list_a_missing_key_is_denied(aws: EmbeddedAws, bucket: Bucket) -> None:
    aws.allow("s3:GetObject")
    assert error_of(of(aws).get_object, Bucket="logs", Key="k") == ("AccessDenied", 403, "Access Denied")


def test_a_condition_on_the_prefix_holds_for_lists_and_hides_which_objects_are_missing(
    aws: EmbeddedAws, bucket: Bucket
) -> None:
    bucket.put("a/k", b"x")
    listing = {"Action": "s3:ListBucket", "Condition": {"StringLike": {"s3:prefix": "a/*"}}}
    statements = [{"Effect": "Allow", "Resource": "*", **one} for one in (listing, {"Action": "s3:GetObject"})]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    aws.client("iam").put_user_policy(UserName="connector", PolicyName="limited", PolicyDocument=document)
    assert keys(of(aws), Prefix="a/") == ["a/k"]
    for prefix in ({}, {"Prefix": ""}, {"Prefix": "b/"}):
        assert error_of(of(aws).list_objects_v2, Bucket="logs", **prefix)[:2] == ("AccessDenied", 403)
    assert error_of(of(aws).head_bucket, Bucket="logs")[1] == 403
    assert read(of(aws), "a/k") == b"x"
    assert error_of(of(aws).get_object, Bucket="logs", Key="a/gone") == ("AccessDenied", 403, "Access Denied")


@pytest.mark.parametrize(("service", "is_read"), [("s3.*", True), ("ec2.*", False)])
def test_a_key_may_be_limited_to_the_service_that_uses_it(
    service: str, is_read: bool, aws: EmbeddedAws, bucket: Bucket
) -> None:
    bucket.put("encrypted", b"secret", kms_key_arn=KEY)
    by_service = {"Action": "kms:Decrypt", "Condition": {"StringLike": {"kms:ViaService": service}}}
    statements = [{"Effect": "Allow", "Resource": "*", **one} for one in (by_service, {"Action": "s3:GetObject"})]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    aws.client("iam").put_user_policy(UserName="connector", PolicyName="limited", PolicyDocument=document)
    if is_read:
        assert read(of(aws), "encrypted") == b"secret"
    else:
        assert error_of(of(aws).get_object, Bucket="logs", Key="encrypted")[:2] == ("AccessDenied", 403)


def test_a_bucket_policy_shuts_other_accounts_out(aws: EmbeddedAws, bucket: Bucket) -> None:
    bucket.readers = {"333333333333"}
    denied = ("AccessDenied", 403, "Access Denied")
    assert error_of(of(aws).list_objects_v2, Bucket="logs") == denied
    bucket.readers.add(aws.account_id)
    assert of(aws).list_objects_v2(Bucket="logs")
    assert error_of(of(aws).list_objects_v2, Bucket="logs", ExpectedBucketOwner=aws.account_id) == denied
    assert of(aws).list_objects_v2(Bucket="logs", ExpectedBucketOwner=ARCHIVE)


def test_an_encrypted_object_needs_its_key(aws: EmbeddedAws, bucket: Bucket) -> None:
    bucket.put("plain", b"")
    bucket.kms_key_arn = KEY
    bucket.put("encrypted", b"secret")
    client = of(aws)
    answer = client.get_object(Bucket="logs", Key="encrypted")
    assert (answer["ServerSideEncryption"], answer["SSEKMSKeyId"]) == ("aws:kms", KEY)
    assert answer["Body"].read() == b"secret"
    aws.allow("s3:GetObject")
    reason = "because no identity-based policy allows the kms:Decrypt action"
    text = f"{WHO} kms:Decrypt on resource: {KEY} {reason}"
    assert error_of(client.get_object, Bucket="logs", Key="encrypted") == ("AccessDenied", 403, text)
    assert read(client, "plain") == b""
    aws.allow("s3:GetObject", "kms:Decrypt")
    assert read(client, "encrypted") == b"secret"
    aws.withheld_keys.add(KEY)
    code, _, message = error_of(client.get_object, Bucket="logs", Key="encrypted")
    assert code == "AccessDenied"
    assert message.startswith(f"{WHO} kms:Decrypt on the resource associated with this ciphertext")


@pytest.mark.parametrize("kind", ["cut_off", "ended_early"])
def test_a_body_that_breaks_off_is_no_body(aws: EmbeddedAws, bucket: Bucket, kind: Any) -> None:
    bucket.put("k", b"x" * 1_000_000)
    aws.fail(Fault("s3:GetObject", kind))
    with closing(of(aws)) as client:
        with closing(client.get_object(Bucket="logs", Key="k")["Body"]) as body, pytest.raises(BROKEN):
            body.read()
        assert len(read(client, "k")) == 1_000_000


def test_a_list_that_ends_early_is_an_error_to_the_sdk(aws: EmbeddedAws, bucket: Bucket) -> None:
    aws.fail(Fault("s3:ListObjectsV2", "ended_early"))
    assert error_of(of(aws).list_objects_v2, Bucket="logs")[:2] == ("500", 500)


def test_errors_come_in_the_words_of_s3(aws: EmbeddedAws, bucket: Bucket) -> None:
    expected = {
        "throttle": ("SlowDown", 503),
        "unavailable": ("ServiceUnavailable", 503),
        "internal_error": ("InternalError", 500),
        "expired_token": ("ExpiredToken", 400),
        "access_denied": ("AccessDenied", 403),
    }
    for kind, error in expected.items():
        aws.fail(Fault("s3:GetObject", kind))  # type: ignore[arg-type]
        assert error_of(of(aws).get_object, Bucket="logs", Key="k")[:2] == error
    stranger = boto3.client(
        "s3",
        region_name=HOME,
        endpoint_url=aws.url,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )
    assert error_of(stranger.list_objects_v2, Bucket="logs")[:2] == ("InvalidAccessKeyId", 403)


def test_an_answer_and_an_error_have_the_ids_of_s3(aws: EmbeddedAws, bucket: Bucket) -> None:
    answered = of(aws).list_objects_v2(Bucket="logs")["ResponseMetadata"]
    with pytest.raises(ClientError) as caught:
        of(aws).get_object(Bucket="logs", Key="k")
    for metadata in (answered, caught.value.response["ResponseMetadata"]):
        assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amz-request-id"]
        assert metadata["HostId"] == metadata["HTTPHeaders"]["x-amz-id-2"]


def test_requests_count_by_action_and_faults_may_name_the_operation(aws: EmbeddedAws, bucket: Bucket) -> None:
    client = of(aws)
    aws.fail(Fault("s3:ListObjectsV2", "throttle", times=None))
    assert client.head_bucket(Bucket="logs")
    assert error_of(client.list_objects_v2, Bucket="logs")[0] == "SlowDown"
    assert aws.requests == {(aws.account_id, HOME, "s3:ListBucket"): 2}
