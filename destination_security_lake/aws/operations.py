"""Every AWS operation that the destination calls, declared once.

A provider role of Security Lake has a permissions boundary that allows no other call of S3 than GetObject, ListBucket,
PutObject and GetBucketLocation: nothing here deletes, tags, grants or uploads in parts.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSecurityLakePermissionsBoundary.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_calls.assuming import OF_STS
from aws_calls.buckets import NO_BUCKET, OF_BUCKETS
from aws_calls.operation import AskedBy, Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATIONS: Final[Mapping[str, Operation]] = {
    **OF_STS,
    **OF_BUCKETS,
    "s3.put_object": Operation("s3:PutObject", ("ETag",), frozenset({NO_BUCKET}), probe=None, asked_by=AskedBy.HUB),
}
