"""The operations on trails of CloudTrail, and on the buckets to which they deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.buckets import NO_BUCKET, OF_BUCKETS
from aws_calls.operation import AskedBy, Operation, Probe, Quota

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
TRAILS: Final = Quota("trails", 10, regional=True)
NO_INSIGHTS: Final = "InsightNotEnabledException"

_NO_BUCKET: Final = frozenset({NO_BUCKET})


def _bucket(action: str, *proof: str, absent: frozenset[str] = _NO_BUCKET) -> Operation:
    """Declare an operation on a bucket, which is in the account of the hub or in another. S3 has no quota for us."""
    return Operation(f"s3:{action}", proof, absent, None, asked_by=AskedBy.HUB)


# A trail may be deleted between the list and the call for it.
_NO_TRAIL: Final = frozenset({"TrailNotFoundException"})
_TRAIL: Final = "arn:{partition}:cloudtrail:{region}:{account_id}:trail/source-aws-iam-check"


def _trails(action: str, *proof: str, absent: frozenset[str] = _NO_TRAIL, **arguments: Any) -> Operation:
    """Declare an operation on trails, which is asked in each Region."""
    where, probe = AskedBy.ACCOUNT_REGION, Probe(arguments)
    return Operation(f"cloudtrail:{action}", proof, absent, probe, asked_by=where, quota=TRAILS)


OF_TRAILS: Final[Mapping[str, Operation]] = {
    **OF_BUCKETS,
    "s3.list_objects_v2": _bucket("ListBucket", "KeyCount", "Contents", "CommonPrefixes"),
    # An object may be deleted between the list and the call for it.
    "s3.get_object": _bucket("GetObject", "Body", absent=_NO_BUCKET | {"NoSuchKey", "InvalidObjectState"}),
    "cloudtrail.describe_trails": _trails("DescribeTrails", "trailList", absent=frozenset()),
    "cloudtrail.get_trail_status": _trails("GetTrailStatus", "IsLogging", Name=_TRAIL),
    "cloudtrail.get_event_selectors": _trails(
        "GetEventSelectors", "TrailARN", "EventSelectors", "AdvancedEventSelectors", TrailName=_TRAIL
    ),
    # A trail without Insights has no selectors of them.
    "cloudtrail.get_insight_selectors": _trails(
        "GetInsightSelectors",
        *("TrailARN", "InsightSelectors"),
        absent=_NO_TRAIL | {NO_INSIGHTS},
        TrailName=_TRAIL,
    ),
    # Any account may ask for the keys of a Region. They are AWS's.
    "cloudtrail.list_public_keys": Operation(
        "cloudtrail:ListPublicKeys", ("PublicKeyList",), asked_by=AskedBy.HUB, quota=TRAILS
    ),
}
