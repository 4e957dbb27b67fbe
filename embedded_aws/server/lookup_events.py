"""CloudTrail LookupEvents.

Limits, defaults and error names are AWS's, the error texts ours: AWS documents none.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import islice
from typing import Any, NamedTuple

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import THROTTLED, AwsError
from embedded_aws.server.event_history import Listing, Position, Snapshot
from embedded_aws.server.event_shape import Attribute, event_of
from embedded_aws.server.paging import digest, seal, unseal
from embedded_aws.server.principals import Principal

_PAGE = 50
_ATTRIBUTES = {
    "AccessKeyId",
    "EventId",
    "EventName",
    "EventSource",
    "ReadOnly",
    "ResourceName",
    "ResourceType",
    "Username",
}
_INSIGHT_ATTRIBUTES = {"EventId", "EventName", "EventSource"}


class Progress(NamedTuple):
    """What a NextToken remembers."""

    snapshot: Snapshot
    after: Position | None


def lookup_events(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """A page of one account's events in one Region, newest first."""
    if cloud.lookup_rate is not None and not call.by_admin:
        key = (caller.account_id, call.region)
        if not cloud.lookup_quota.admits(key, cloud.lookup_rate, call.at or cloud.now()):
            raise THROTTLED.to(call.protocol)
    size = _page_size(call.params.get("MaxResults", _PAGE))
    insight = _insight(call.params.get("EventCategory"))
    allowed = _INSIGHT_ATTRIBUTES if insight else _ATTRIBUTES
    attribute = _attribute(call.params.get("LookupAttributes") or [], allowed)
    snapshot, after = _progress(cloud, call, caller)
    start, end = _time_range(call, snapshot)
    listing = Listing(caller.account_id, call.region, insight)
    matches = (
        entry
        for entry in cloud.events.newest_first(listing, snapshot, end, start, after)
        if attribute is None or attribute in entry.attributes
    )
    found = list(islice(matches, size + 1))
    shown = found[:size]
    events = [event_of(entry.record, entry.time) for entry in shown]
    if len(found) == len(shown):
        return {"Events": events}
    return {"Events": events, "NextToken": _token(call, caller, snapshot, shown[-1].position)}


def _page_size(asked: int) -> int:
    if not 1 <= asked <= _PAGE:
        raise AwsError("InvalidMaxResultsException", f"MaxResults is {asked}, but must be 1 to {_PAGE}.")
    return asked


def _insight(category: str | None) -> bool:
    if category not in (None, "insight"):
        raise AwsError("InvalidEventCategoryException", f"Invalid event category: {category}.")
    return category is not None


def _attribute(attributes: list[dict[str, str]], allowed: set[str]) -> Attribute | None:
    """The one attribute asked for, if any."""
    if not attributes:
        return None
    key, value = attributes[0].get("AttributeKey", ""), attributes[0].get("AttributeValue", "")
    readable = key != "ReadOnly" or value in ("true", "false")
    if len(attributes) > 1 or key not in allowed or not readable or not 1 <= len(value) <= 2000:
        raise AwsError("InvalidLookupAttributesException", "Specify one attribute that can be looked up.")
    return key, value


def _time_range(call: Call, snapshot: Snapshot) -> tuple[int, int]:
    """Both bounds are inclusive and count whole seconds. Without an end, the lookup ends when it began."""
    now = int(snapshot.at.timestamp())
    start = int(call.params.get("StartTime", snapshot.horizon))
    end = int(call.params.get("EndTime", now))
    if not snapshot.horizon <= start < now or start > end:
        raise AwsError("InvalidTimeRangeException", "The range must lie within the last 90 days.")
    return start, end


def _progress(cloud: Cloud, call: Call, caller: Principal) -> Progress:
    """Where the lookup stands: at its beginning, or where the page that gave this token ended."""
    if "NextToken" not in call.params:
        return Progress(cloud.events.snapshot(), None)
    unsealed = unseal(call.params["NextToken"])
    if not isinstance(unsealed, dict) or unsealed.get("for") != _purpose(call, caller):
        raise AwsError("InvalidNextTokenException", "NextToken was given for other parameters.")
    at = datetime.fromtimestamp(unsealed["at"], timezone.utc)
    seconds, event_id, sequence = unsealed["after"]
    return Progress(Snapshot(unsealed["sequence"], at), (seconds, event_id, sequence))


def _token(call: Call, caller: Principal, snapshot: Snapshot, after: Position) -> str:
    remembered = {"sequence": snapshot.sequence, "at": snapshot.at.timestamp(), "after": after}
    return seal({"for": _purpose(call, caller), **remembered})


def _purpose(call: Call, caller: Principal) -> list[str]:
    return [caller.account_id, digest(call, {"NextToken"})]
