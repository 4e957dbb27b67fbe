"""From an event of LookupEvents to a row.

The complete CloudTrail record travels inside the event as JSON text and stays complete in the column `event`; the
columns beside it are what people filter and join by. Record fields:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.values import utc

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = Any

REDACTED: Final = "REDACTED"
# Column -> field of the record, for what is passed on as it is.
_FIELDS: Final[Mapping[str, str]] = {
    "event_version": "eventVersion",
    "event_type": "eventType",
    "event_category": "eventCategory",
    "management_event": "managementEvent",
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
}
# Column -> field whose shape every AWS service chooses for itself: JSON text, as AWS's own Athena tables have it.
_TEXTS: Final[Mapping[str, str]] = {
    "request_parameters": "requestParameters",
    "response_elements": "responseElements",
    "additional_event_data": "additionalEventData",
    "service_event_details": "serviceEventDetails",
    "insight_details": "insightDetails",
}


def row(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for one event as botocore gives it. What a record lacks is null."""
    record = _record(event)
    identity: dict[str, Json] = record.get("userIdentity") or {}
    context = identity.get("sessionContext") or {}
    return {
        "event_id": event["EventId"],
        "event_time": utc(event["EventTime"]),
        "event_name": event.get("EventName") or record.get("eventName"),
        "event_source": event.get("EventSource") or record.get("eventSource"),
        "read_only": _boolean(record.get("readOnly", event.get("ReadOnly"))),
        "username": event.get("Username"),
        "access_key_id": event.get("AccessKeyId") or identity.get("accessKeyId") or None,
        "resources": _resources(event, record),
        **{column: record.get(field) for column, field in _FIELDS.items()},
        "session_credential_from_console": _boolean(record.get("sessionCredentialFromConsole")),
        "user_identity": identity or None,
        "actor_type": identity.get("type"),
        "actor_arn": identity.get("arn"),
        "actor_principal_id": identity.get("principalId"),
        "actor_account_id": identity.get("accountId"),
        "actor_user_name": identity.get("userName"),
        "session_issuer_arn": (context.get("sessionIssuer") or {}).get("arn"),
        "mfa_authenticated": _boolean((context.get("attributes") or {}).get("mfaAuthenticated")),
        **{column: _text(record.get(field)) for column, field in _TEXTS.items()},
        "event": record or None,
    }


def _record(event: Mapping[str, Any]) -> dict[str, Json]:
    text = event.get("CloudTrailEvent")
    if not text:
        return {}
    record: dict[str, Json] = json.loads(text)
    # AWS logs the answers of sts:AssumeRole and its like with the session token that was issued.
    return _redacted(record) if '"sessionToken"' in text else record


def _redacted(record: dict[str, Json]) -> dict[str, Json]:
    def clean(value: Json) -> Json:
        if isinstance(value, dict):
            return {name: REDACTED if name == "sessionToken" else clean(item) for name, item in value.items()}
        return [clean(item) for item in value] if isinstance(value, list) else value

    return {name: clean(value) if name == "responseElements" else value for name, value in record.items()}


def _resources(event: Mapping[str, Any], record: Mapping[str, Json]) -> list[dict[str, str | None]] | None:
    listed = event.get("Resources")
    if listed:
        return [
            {"resource_type": item.get("ResourceType"), "resource_name": item.get("ResourceName")} for item in listed
        ]
    recorded = record.get("resources")
    if recorded:
        return [{"resource_type": item.get("type"), "resource_name": item.get("ARN")} for item in recorded]
    return None


def _boolean(value: Json) -> bool | None:
    """Return what CloudTrail writes as a boolean in one place and as "true" or "false" in another."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _text(value: Json) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
