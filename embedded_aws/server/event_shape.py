"""A CloudTrail record -> the `Event` in which LookupEvents wraps it, and the attributes it can be looked up
by.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Record = dict[str, Any]
"""A full CloudTrail record, as in a log file's `Records`."""

Attribute = tuple[str, str]
"""A lookup attribute, ("EventName", "CreateUser")."""


_IAM_RESOURCES = {
    "accessKeyId": "AWS::IAM::AccessKey",
    "groupName": "AWS::IAM::Group",
    "policyArn": "AWS::IAM::Policy",
    "roleName": "AWS::IAM::Role",
    "userName": "AWS::IAM::User",
}


def is_insight(record: Record) -> bool:
    return record.get("eventCategory") == "Insight"


def event_of(record: Record, time: int) -> dict[str, Any]:
    """The `Event` on the wire."""
    text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
    return {**_summary(record), "EventTime": time, "CloudTrailEvent": text}


def attributes_of(record: Record) -> frozenset[Attribute]:
    """Everything the record answers to in `LookupAttributes`."""
    summary = _summary(record)
    named = [(key, value) for key, value in summary.items() if key != "Resources"]
    return frozenset(named + [item for resource in summary["Resources"] for item in resource.items()])


def _summary(record: Record) -> dict[str, Any]:
    """What the record lacks is absent, except Resources, which AWS sends as an empty list."""
    identity = record.get("userIdentity") or {}
    summary = {
        "EventId": record["eventID"],
        "EventName": record.get("eventName"),
        "ReadOnly": str(record["readOnly"]).lower() if "readOnly" in record else None,
        "AccessKeyId": identity.get("accessKeyId") or None,
        "EventSource": record.get("eventSource"),
        "Username": _user_name(identity),
        "Resources": _resources(record),
    }
    return {name: value for name, value in summary.items() if value is not None}


def _user_name(identity: Mapping[str, Any]) -> str | None:
    """CloudTrail's `Username`: for a role session its session name, because the record itself has no
    userName.
    """
    kind = identity.get("type")
    if kind == "Root":
        return "root"
    if kind == "AssumedRole":
        session_name: str = identity.get("principalId", "").partition(":")[2]
        return session_name or None
    return identity.get("userName")


def _resources(record: Record) -> list[dict[str, str]]:
    """The record's own resources, and those CloudTrail reads out of a changing IAM call, whose record names
    none.
    """
    listed = record.get("resources")
    resources = (
        [_resource(resource) for resource in listed if isinstance(resource, dict)] if isinstance(listed, list) else []
    )
    if record.get("eventSource") == "iam.amazonaws.com" and not record.get("readOnly"):
        parameters = record.get("requestParameters") or {}
        resources += [
            {"ResourceType": kind, "ResourceName": parameters[name]}
            for name, kind in _IAM_RESOURCES.items()
            if name in parameters
        ]
    return resources


def _resource(resource: Mapping[str, Any]) -> dict[str, str]:
    """`{ARN, accountId, type}` of the record; the type may be unknown, S3 listings have an ARNPrefix."""
    named = {
        "ResourceType": resource.get("type"),
        "ResourceName": resource.get("ARN") or resource.get("ARNPrefix"),
    }
    return {key: value for key, value in named.items() if value is not None}
