"""What the warehouse must hold: every row and every column, told by those who made the data.

Users, groups and memberships come from the objects behind embedded AWS; audit events from the CloudTrail
records that were planted. Nothing is shared with source_aws_iam, so that no mistake there can hide itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import reduce
from typing import Any, Final

from integration_tests.embedded_aws import EmbeddedAws
from integration_tests.embedded_aws.event_shape import event_of

Row = dict[str, Any]
Tables = dict[str, list[Row]]
"""Stream -> rows. Times are aware, in UTC."""

_RECORD_FIELDS: Final[Mapping[str, str]] = {
    "event_name": "eventName",
    "event_source": "eventSource",
    "event_version": "eventVersion",
    "event_type": "eventType",
    "event_category": "eventCategory",
    "management_event": "managementEvent",
    "read_only": "readOnly",
    "region": "awsRegion",
    "aws_region": "awsRegion",
    "recipient_account_id": "recipientAccountId",
    "source_ip_address": "sourceIPAddress",
    "user_agent": "userAgent",
    "error_code": "errorCode",
    "error_message": "errorMessage",
    "request_id": "requestID",
    "shared_event_id": "sharedEventID",
    "api_version": "apiVersion",
    "vpc_endpoint_id": "vpcEndpointId",
    "session_credential_from_console": "sessionCredentialFromConsole",
    "actor_type": "userIdentity.type",
    "actor_arn": "userIdentity.arn",
    "actor_principal_id": "userIdentity.principalId",
    "actor_account_id": "userIdentity.accountId",
    "actor_user_name": "userIdentity.userName",
    "session_issuer_arn": "userIdentity.sessionContext.sessionIssuer.arn",
    "mfa_authenticated": "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "request_parameters": "requestParameters",
    "response_elements": "responseElements",
    "additional_event_data": "additionalEventData",
    "service_event_details": "serviceEventDetails",
    "insight_details": "insightDetails",
}
_BOOLEANS: Final = ("management_event", "read_only", "session_credential_from_console", "mfa_authenticated")
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


def truth_of(aws: EmbeddedAws) -> Tables:
    """The rows that a sync which begins now has to bring."""
    origin = {"account_id": aws.account_id, "partition": aws.partition}
    tables = {
        "users": map(_user, aws.users_truth()),
        "groups": _groups(aws),
        "group_members": _group_members(aws),
        "audit_events": map(_audit_event, aws.events.visible(account_id=aws.account_id)),
    }
    return {stream: [{**origin, **row} for row in rows] for stream, rows in tables.items()}


def lasting(tables: Tables, now: datetime) -> Tables:
    """Without the events that AWS, which keeps them for 90 days, forgets while a sync is running."""
    oldest = now - timedelta(days=90) + timedelta(hours=1)
    return {**tables, "audit_events": [row for row in tables["audit_events"] if row["event_time"] >= oldest]}


def _user(user: Row) -> Row:
    known = ("user_id", "user_name", "arn", "path", "create_date", "password_last_used", "tags")
    boundary = user["permissions_boundary_arn"]
    return {
        **{column: user[column] for column in known},
        "permissions_boundary_arn": boundary,
        "permissions_boundary_type": "Policy" if boundary else None,
        "group_names": user["groups"],
        **_policies(user),
    }


def _groups(aws: EmbeddedAws) -> Iterator[Row]:
    members = Counter(membership["group_id"] for membership in aws.memberships_truth())
    known = ("group_id", "group_name", "arn", "path", "create_date")
    for group in aws.groups_truth():
        row = {column: group[column] for column in known}
        yield {**row, "member_count": members[group["group_id"]], **_policies(group)}


def _group_members(aws: EmbeddedAws) -> Iterator[Row]:
    user_paths = {user["user_id"]: user["path"] for user in aws.users_truth()}
    group_paths = {group["group_id"]: group["path"] for group in aws.groups_truth()}
    for row in aws.memberships_truth():
        yield {**row, "user_path": user_paths[row["user_id"]], "group_path": group_paths[row["group_id"]]}


def _policies(owner: Row) -> Row:
    inline = owner["inline_policies"].items()
    return {
        "attached_policies": owner["attached_policies"],
        "inline_policies": [{"policy_name": name, "policy_document": document} for name, document in inline],
    }


def _audit_event(recorded: Row) -> Row:
    record = _redacted(recorded)
    wrapper = event_of(record, 0)
    row = {column: _at(record, path) for column, path in _RECORD_FIELDS.items()}
    return {
        **row,
        **{column: _boolean(row[column]) for column in _BOOLEANS},
        "event_id": record["eventID"],
        "event_time": datetime.strptime(record["eventTime"], _TIME).replace(tzinfo=timezone.utc),
        "username": wrapper.get("Username"),
        "access_key_id": wrapper.get("AccessKeyId"),
        "resources": [_resource(resource) for resource in wrapper["Resources"]] or None,
        "user_identity": record.get("userIdentity") or None,
        "event": record,
    }


def _resource(resource: Row) -> Row:
    return {"resource_type": resource.get("ResourceType"), "resource_name": resource.get("ResourceName")}


def _redacted(record: Row) -> Row:
    credentials = _at(record, "responseElements.credentials")
    if not isinstance(credentials, dict) or "sessionToken" not in credentials:
        return record
    answer = {**record["responseElements"], "credentials": {**credentials, "sessionToken": "REDACTED"}}
    return {**record, "responseElements": answer}


def _at(record: Row, path: str) -> Any:
    def step(value: Any, name: str) -> Any:
        return value.get(name) if isinstance(value, dict) else None

    return reduce(step, path.split("."), record)


def _boolean(value: bool | str | None) -> bool | None:
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else value
