"""Which objects of an archive class can be read, as S3 lists them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from source_aws_iam.cloudtrail.trail.bucket import Bucket

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
ENDED = {"IsRestoreInProgress": False, "RestoreExpiryDate": NOW + timedelta(seconds=1)}


class Listed:
    """A session and the caller of S3 in one, which lists one object."""

    def __init__(self, listed: dict[str, Any]) -> None:
        self.listed = {"Key": "k", "LastModified": NOW - timedelta(days=400), "Size": 1, **listed}

    def caller(self, *_: str) -> Listed:
        return self

    def pages(self, *_: str, **__: Any) -> Iterator[dict[str, Any]]:
        headers = {"date": "Sun, 01 Mar 2026 12:00:00 GMT"}
        yield {"ResponseMetadata": {"HTTPHeaders": headers}, "Contents": [self.listed]}


@pytest.mark.parametrize(
    ("listed", "is_archived", "is_restored"),
    [
        ({}, False, False),
        ({"StorageClass": "GLACIER_IR"}, False, False),
        ({"StorageClass": "INTELLIGENT_TIERING", "RestoreStatus": {"IsRestoreInProgress": True}}, False, False),
        ({"StorageClass": "GLACIER"}, True, False),
        ({"StorageClass": "GLACIER", "RestoreStatus": {"IsRestoreInProgress": True}}, True, False),
        ({"StorageClass": "DEEP_ARCHIVE", "RestoreStatus": ENDED}, False, True),
        ({"StorageClass": "GLACIER", "RestoreStatus": {**ENDED, "RestoreExpiryDate": NOW}}, True, False),
    ],
)
def test_an_archived_object_can_be_read_while_s3_keeps_a_restored_copy(
    *, listed: dict[str, Any], is_archived: bool, is_restored: bool
) -> None:
    bucket = Bucket(Listed(listed), "us-east-1", "logs")  # type: ignore[arg-type]
    [(now, [found])] = bucket.objects("", "")
    assert (now, found.is_archived, found.is_restored) == (NOW, is_archived, is_restored)
