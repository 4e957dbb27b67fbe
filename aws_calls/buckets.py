"""Where a bucket of S3 is.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_calls.operation import AskedBy, Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_calls.calls import Caller

NO_BUCKET: Final = "NoSuchBucket"
OF_BUCKETS: Final[Mapping[str, Operation]] = {
    "s3.head_bucket": Operation(
        "s3:ListBucket", ("ResponseMetadata",), frozenset({NO_BUCKET}), None, asked_by=AskedBy.HUB
    ),
}


def bucket_region(s3: Caller, bucket: str) -> str | None:
    """Return the Region of a bucket. S3 says it also to those who may not read the bucket, if there is one.

    Raises AwsError where S3 does not answer.
    """
    return s3.headers("head_bucket", Bucket=bucket).get("x-amz-bucket-region")
