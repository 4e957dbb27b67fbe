"""S3, as far as a reader of log files and a writer of a lake ask it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from embedded_aws.server.calls import Answer, Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import DENIED, AwsError
from embedded_aws.server.permissions import permits
from embedded_aws.server.principals import Principal
from embedded_aws.server.rendering import render
from embedded_aws.server.s3_access import bucket_of, check_key
from embedded_aws.server.s3_bucket import S3Object
from embedded_aws.server.s3_listing import list_page
from embedded_aws.server.s3_put import put_object

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_WITHOUT_LOCATION = "us-east-1"
"""S3 has no name for the location of its first Region."""


def head_bucket(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    return {"BucketRegion": bucket_of(cloud, call, caller).region}


def get_bucket_location(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    region = bucket_of(cloud, call, caller).region
    return {} if region == _WITHOUT_LOCATION else {"LocationConstraint": region}


def list_objects(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    return list_page(bucket_of(cloud, call, caller), call, cloud.now())


def get_object(cloud: Cloud, call: Call, caller: Principal) -> Answer:
    """Return the object, or the range of its bytes that the call asks for."""
    found = _object(cloud, call, caller)
    check_key(cloud, call, caller, "kms:Decrypt", found.kms_key_arn)
    if not found.is_readable(cloud.now()):
        raise AwsError(
            "InvalidObjectState",
            "The operation is not valid for the object's access tier"
            if found.archive_tier
            else "The operation is not valid for the object's storage class",
            403,
            details={"AccessTier": found.archive_tier} if found.archive_tier else {"StorageClass": found.storage_class},
        )
    if "Range" not in call.params:
        return render(call, {**_headers(found), "Body": found.body})
    first, last = _range(call.params["Range"], len(found.body))
    content_range = f"bytes {first}-{last}/{len(found.body)}"
    part = {**_headers(found), "Body": found.body[first : last + 1], "ContentRange": content_range}
    return replace(render(call, part), status=206)


def _object(cloud: Cloud, call: Call, caller: Principal) -> S3Object:
    """Whether a key exists, S3 tells only to those who may list the bucket, whatever the prefix is.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    bucket = bucket_of(cloud, call, caller)
    key = call.params["Key"]
    found = bucket.get(key)
    if found:
        return found
    if not permits(cloud, caller, "s3:ListBucket", f"arn:{cloud.partition}:s3:::{bucket.name}"):
        raise DENIED.to(call.protocol)
    raise AwsError("NoSuchKey", "The specified key does not exist.", 404, details={"Key": key})


def _headers(found: S3Object) -> dict[str, Any]:
    """`StorageClass` is sent only where it is not STANDARD."""
    members = {
        "AcceptRanges": "bytes",
        "ContentType": found.content_type,
        "ContentEncoding": found.content_encoding,
        "ETag": found.etag,
        "LastModified": found.last_modified,
        "Metadata": found.metadata,
        "ServerSideEncryption": "aws:kms" if found.kms_key_arn else "AES256",
        "SSEKMSKeyId": found.kms_key_arn,
        "StorageClass": None if found.storage_class == "STANDARD" else found.storage_class,
    }
    return {name: value for name, value in members.items() if value is not None}


def _range(asked: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte, both inclusive."""
    found = _RANGE.fullmatch(asked)
    first, last = found.groups() if found else ("", "")
    if first:
        start, end = int(first), min(int(last or size), size - 1)
    else:
        start, end = max(size - int(last or 0), 0), size - 1
    if start > end:
        raise AwsError("InvalidRange", "The requested range is not satisfiable", 416, details={"RangeRequested": asked})
    return start, end


OPERATIONS: Mapping[str, Any] = {
    "s3:GetBucketLocation": get_bucket_location,
    "s3:GetObject": get_object,
    "s3:HeadBucket": head_bucket,
    "s3:ListObjectsV2": list_objects,
    "s3:PutObject": put_object,
}
