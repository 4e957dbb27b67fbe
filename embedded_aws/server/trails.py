"""CloudTrail's calls about trails, and the keys of its digests. `Cloud.trails` has what there is.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import AwsError
from embedded_aws.server.paging import digest, seal, unseal
from embedded_aws.server.principals import Principal
from embedded_aws.server.trail import Trail

_KEYS_PER_PAGE = 100
_MANAGEMENT_EVENTS = [
    {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], "ExcludeManagementEventSources": []}
]


def describe_trails(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return those of the Region, and the shadow trails of others unless told otherwise. Unknown names are left out."""
    shadows = call.params.get("includeShadowTrails", True)
    names = call.params.get("trailNameList") or []
    shown = [
        trail
        for trail in _seen(cloud, call, caller)
        if (shadows or _is_at_home(trail, call, caller)) and (not names or _is_named(cloud, trail, call, caller, names))
    ]
    return {"trailList": [_description(cloud, trail) for trail in shown]}


def get_trail_status(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return when the trail delivered last. It leaves out what has never happened."""
    trail = _named(cloud, call, caller, call.params.get("Name"))
    status = {
        "IsLogging": trail.logging,
        "LatestDeliveryTime": _latest(cloud, (file.delivered_at for file in trail.files)),
        "LatestDeliveryError": trail.delivery_error,
        "LatestDigestDeliveryTime": _latest(cloud, trail.digests_at),
        "LatestDigestDeliveryError": trail.digest_error,
        "StartLoggingTime": _epoch(trail.started_at),
        "StopLoggingTime": _epoch(trail.stopped_at),
    }
    return {name: value for name, value in status.items() if value is not None}


def get_event_selectors(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    trail = _named(cloud, call, caller, call.params.get("TrailName"))
    arn = _arn(cloud, trail)
    if trail.advanced_selectors:
        return {"TrailARN": arn, "AdvancedEventSelectors": trail.advanced_selectors}
    return {"TrailARN": arn, "EventSelectors": _MANAGEMENT_EVENTS}


def get_insight_selectors(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    trail = _named(cloud, call, caller, call.params.get("TrailName"))
    arn = _arn(cloud, trail)
    if not trail.insight_types:
        raise AwsError("InsightNotEnabledException", f"Trail {arn} does not have Insights enabled.")
    return {"TrailARN": arn, "InsightSelectors": [{"InsightType": kind} for kind in trail.insight_types]}


def list_public_keys(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return the keys of the Region that were valid at some time of the range, which is now unless given."""
    now = cloud.now().timestamp()
    start, end = call.params.get("StartTime", now), call.params.get("EndTime", now)
    if start > end:
        raise AwsError("InvalidTimeRangeException", "The start time must not be after the end time.")
    purpose = [caller.account_id, digest(call, {"NextToken"})]
    token: Any = unseal(call.params["NextToken"]) if "NextToken" in call.params else [purpose, 0]
    if not isinstance(token, list) or token[:1] != [purpose]:
        raise AwsError("InvalidTokenException", "The token is not one of this request.")
    valid = [
        key
        for key in cloud.trail_keys.get(call.region, [])
        if key.valid_from.timestamp() <= end and key.valid_to.timestamp() >= start
    ]
    first = token[1]
    shown = valid[first : first + _KEYS_PER_PAGE]
    behind = first + len(shown)
    more = {"NextToken": seal([purpose, behind])} if behind < len(valid) else {}
    listed = [
        {
            "Value": base64.b64encode(key.value).decode(),
            "ValidityStartTime": _epoch(key.valid_from),
            "ValidityEndTime": _epoch(key.valid_to),
            "Fingerprint": key.fingerprint,
        }
        for key in shown
    ]
    return {"PublicKeyList": listed, **more}


def _seen(cloud: Cloud, call: Call, caller: Principal) -> list[Trail]:
    """The trails of the Region, and as shadows those of all Regions that have their home elsewhere."""
    return [
        trail
        for trail in cloud.trails
        if (trail.account_id == caller.account_id or _is_member(cloud, trail, caller))
        and (trail.multi_region or trail.home_region == call.region)
    ]


def _is_member(cloud: Cloud, trail: Trail, caller: Principal) -> bool:
    tree = cloud.organization
    return trail.is_of_organization and tree is not None and caller.account_id in tree.members


def _is_at_home(trail: Trail, call: Call, caller: Principal) -> bool:
    return trail.home_region == call.region and trail.account_id == caller.account_id


def _is_named(cloud: Cloud, trail: Trail, call: Call, caller: Principal, names: list[str]) -> bool:
    """A shadow trail goes by its ARN only."""
    return _arn(cloud, trail) in names or (trail.name in names and _is_at_home(trail, call, caller))


def _named(cloud: Cloud, call: Call, caller: Principal, name: str | None) -> Trail:
    for trail in _seen(cloud, call, caller):
        if name and _is_named(cloud, trail, call, caller, [name]):
            return trail
    raise AwsError("TrailNotFoundException", f"Unknown trail: {name} for the user: {caller.account_id}")


def _description(cloud: Cloud, trail: Trail) -> dict[str, Any]:
    described = {
        "Name": trail.name,
        "S3BucketName": trail.bucket.name,
        "S3KeyPrefix": trail.prefix or None,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": trail.multi_region,
        "HomeRegion": trail.home_region,
        "TrailARN": _arn(cloud, trail),
        "LogFileValidationEnabled": trail.validated,
        "KmsKeyId": trail.bucket.kms_key_arn,
        "HasCustomEventSelectors": bool(trail.advanced_selectors),
        "HasInsightSelectors": bool(trail.insight_types),
        "IsOrganizationTrail": trail.is_of_organization,
    }
    return {name: value for name, value in described.items() if value is not None}


def _arn(cloud: Cloud, trail: Trail) -> str:
    return f"arn:{cloud.partition}:cloudtrail:{trail.home_region}:{trail.account_id}:trail/{trail.name}"


def _latest(cloud: Cloud, times: Iterable[datetime]) -> float | None:
    """The last of them that has been by now."""
    return _epoch(max((time for time in times if time <= cloud.now()), default=None))


def _epoch(time: datetime | None) -> float | None:
    return time.astimezone(timezone.utc).timestamp() if time else None


OPERATIONS: Mapping[str, Any] = {
    "cloudtrail:DescribeTrails": describe_trails,
    "cloudtrail:GetEventSelectors": get_event_selectors,
    "cloudtrail:GetInsightSelectors": get_insight_selectors,
    "cloudtrail:GetTrailStatus": get_trail_status,
    "cloudtrail:ListPublicKeys": list_public_keys,
}
