"""PutObject of embedded AWS as an unmodified client sees it, and the role that Security Lake makes for a source."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.lake import create_lake, create_provider_role
from embedded_aws.server.principals import AccessKey
from embedded_aws.server.s3_bucket import Bucket
from integration_tests.certificates import certificate

SOURCE = "iam-user-inventory"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
# Two chunks, and a part of one.
CONTENT = bytes(range(256)) * 9_000


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        yield embedded


@pytest.fixture
def bucket(aws: EmbeddedAws) -> Bucket:
    return aws.create_bucket("lake")


def of(aws: EmbeddedAws, region: str = "us-east-1", **config: Any) -> Any:
    return aws.client_of(aws.base_key, "s3", region, **config)


def error_of(call: Any, **arguments: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_what_is_put_can_be_read_and_is_replaced(aws: EmbeddedAws, bucket: Bucket) -> None:
    client = of(aws)
    for body in (b"", b"first", BytesIO(CONTENT)):
        put = client.put_object(Bucket="lake", Key="a b/ü", Body=body, ContentType="text/x")
    read = client.get_object(Bucket="lake", Key="a b/ü")

    assert read["Body"].read() == CONTENT
    assert (read["ContentType"], read["ETag"], "ContentEncoding" in read) == ("text/x", put["ETag"], False)
    assert put["ChecksumCRC32"]
    assert list(bucket.keys()) == ["a b/ü"]


def test_a_file_comes_whole_in_chunks_over_tls(tmp_path: Path) -> None:
    pem = certificate(tmp_path / "server.pem")
    with EmbeddedAws(certificate=pem) as aws:
        bucket = aws.create_bucket("lake")
        client = boto3.client(
            "s3",
            region_name="us-east-1",
            endpoint_url=aws.url,
            aws_access_key_id=aws.base_key.access_key_id,
            aws_secret_access_key=aws.base_key.secret_access_key,
            verify=str(pem),
        )
        seen = []
        client.meta.events.register("before-send.s3", lambda request, **_: seen.append(dict(request.headers)))
        client.put_object(Bucket="lake", Key="k", Body=BytesIO(CONTENT))

        assert bucket.planned("k").body == CONTENT
        assert bucket.planned("k").content_encoding is None
        assert seen[0]["Content-Encoding"] in {b"aws-chunked", "aws-chunked"}


@pytest.mark.parametrize(
    "wrong",
    [{"ChecksumCRC32": "AAAAAA=="}, {"ContentMD5": "AAAAAAAAAAAAAAAAAAAAAA=="}],
    ids=lambda one: next(iter(one)),
)
def test_a_wrong_checksum_is_refused_and_nothing_is_stored(
    wrong: dict[str, str], aws: EmbeddedAws, bucket: Bucket
) -> None:
    assert error_of(of(aws).put_object, Bucket="lake", Key="k", Body=b"x", **wrong) == ("BadDigest", 400)
    assert list(bucket.keys()) == []


def test_a_denial_comes_before_a_wrong_checksum(aws: EmbeddedAws, bucket: Bucket) -> None:
    aws.allow("s3:GetObject")
    put = {"Bucket": "lake", "Key": "k", "Body": b"x"}

    assert error_of(of(aws).put_object, **put, ChecksumCRC32="AAAAAA==") == ("AccessDenied", 403)
    aws.allow("s3:PutObject")
    assert error_of(of(aws).put_object, **put, ChecksumCRC32="AAAAAA==") == ("BadDigest", 400)
    assert of(aws).put_object(**put)


@pytest.mark.parametrize(
    "asked",
    [{"IfMatch": '"x"'}, {"IfNoneMatch": "*"}, {"ACL": "private"}, {"Tagging": "a=b"}],
    ids=str,
)
def test_what_is_not_served_is_not_ignored(asked: dict[str, str], aws: EmbeddedAws, bucket: Bucket) -> None:
    assert error_of(of(aws).put_object, Bucket="lake", Key="k", Body=b"x", **asked) == ("NotImplemented", 501)
    assert list(bucket.keys()) == []


def test_no_object_is_deleted_or_put_in_parts(aws: EmbeddedAws, bucket: Bucket) -> None:
    assert error_of(of(aws).delete_object, Bucket="lake", Key="k")[1] == 501
    assert error_of(of(aws).create_multipart_upload, Bucket="lake", Key="k")[1] == 501


def test_another_region_is_redirected_and_the_sdk_sends_the_body_again(aws: EmbeddedAws) -> None:
    abroad = aws.create_bucket("abroad", region="eu-west-1")
    of(aws).put_object(Bucket="abroad", Key="k", Body=BytesIO(CONTENT))

    assert abroad.planned("k").body == CONTENT


def test_a_bucket_that_does_not_exist_or_is_shut_takes_nothing(aws: EmbeddedAws) -> None:
    shut = aws.create_bucket("shut", account_id="222222222222")
    shut.readers = set()

    assert error_of(of(aws).put_object, Bucket="none", Key="k", Body=b"") == ("NoSuchBucket", 404)
    assert error_of(of(aws).put_object, Bucket="shut", Key="k", Body=b"") == ("AccessDenied", 403)


def test_a_bucket_that_encrypts_needs_its_key(aws: EmbeddedAws, bucket: Bucket) -> None:
    bucket.kms_key_arn = KEY
    put = {"Bucket": "lake", "Key": "k", "Body": b"x"}
    assert of(aws).put_object(**put)["SSEKMSKeyId"] == KEY
    aws.allow("s3:PutObject")
    with pytest.raises(ClientError, match="not authorized to perform: kms:GenerateDataKey on resource"):
        of(aws).put_object(**put)
    aws.allow("s3:PutObject", "kms:GenerateDataKey")
    assert of(aws).put_object(**put)


def test_a_client_that_asks_whether_to_send_its_body_is_answered(aws: EmbeddedAws) -> None:
    """boto3 asks before each PutObject, and sends the body after a second without an answer."""
    address = urlsplit(aws.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=30) as connection:
        connection.sendall(b"PUT /lake/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")

        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")


def provider(aws: EmbeddedAws, lake: Bucket) -> AccessKey:
    role = create_provider_role(aws, lake, SOURCE, trusted=aws.account_id, external_id="of-the-lake")
    issued = aws.client("sts").assume_role(RoleArn=role.arn, RoleSessionName="writer", ExternalId="of-the-lake")
    keys = issued["Credentials"]
    return AccessKey(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def test_the_role_of_a_source_puts_objects_of_that_source_and_does_nothing_else(aws: EmbeddedAws) -> None:
    lake = create_lake(aws)
    own = aws.create_bucket("lake-of-mine")
    client = aws.client_of(provider(aws, lake), "s3")
    client.put_object(Bucket=lake.name, Key=f"ext/{SOURCE}/k", Body=b"x")

    denied = ("AccessDenied", 403)
    for key in ("k", "ext/k", f"ext/{SOURCE}-2/k", "ext/iam-group-mgmt/k"):
        assert error_of(client.put_object, Bucket=lake.name, Key=key, Body=b"x") == denied
    assert error_of(client.get_object, Bucket=lake.name, Key=f"ext/{SOURCE}/k") == denied
    assert error_of(client.list_objects_v2, Bucket=lake.name) == denied
    assert error_of(client.put_object, Bucket=own.name, Key=f"ext/{SOURCE}/k", Body=b"x") == denied
    assert list(lake.keys()) == [f"ext/{SOURCE}/k"]


def test_the_boundary_denies_what_a_policy_of_the_role_allows(aws: EmbeddedAws) -> None:
    lake = create_lake(aws)
    aws.create_bucket("lake-of-mine")
    key = provider(aws, lake)
    everything = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    aws.iam().get_role(f"AmazonSecurityLake-Provider-{SOURCE}-us-east-1").put_policy("everything", everything)
    client = aws.client_of(key, "s3")

    assert client.put_object(Bucket=lake.name, Key="ext/any/k", Body=b"x")
    assert client.list_objects_v2(Bucket=lake.name)["KeyCount"] == 1
    with pytest.raises(ClientError, match="with an explicit deny in a permissions boundary"):
        client.put_object(Bucket="lake-of-mine", Key="k", Body=b"x")
    with pytest.raises(ClientError, match="with an explicit deny in a permissions boundary"):
        aws.client_of(key, "iam").list_users()
    assert aws.client_of(key, "sts").get_caller_identity()["Account"] == aws.account_id
