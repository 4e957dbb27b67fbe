"""Rows of audit_events, and what they are mapped to."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Final

from destination_security_lake.ocsf.classes import EventClass
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow, UnmappedRow
from unit_tests.security_lake.validation import VERSIONS, faults

Json = Any

ACCOUNT: Final = "123456789012"
NOW: Final = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
ADA: Final = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLEADA",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/ada",
    "accountId": ACCOUNT,
    "accessKeyId": "AKIAEXAMPLEADA",
    "userName": "ada",
}
DENIED: Final = {"errorCode": "AccessDenied", "errorMessage": "no"}
SERVICE: Final = {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}


def record(name: str, source: str = "iam", **fields: Json) -> dict[str, Json]:
    """Return a CloudTrail record of a call by Ada."""
    return {
        "eventVersion": "1.11",
        "eventTime": "2026-03-01T09:03:21Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.15.0",
        "requestID": "11111111-0000-4000-8000-000000000001",
        "eventID": "22222222-0000-4000-8000-000000000002",
        "eventType": "AwsApiCall",
        "eventCategory": "Management",
        "managementEvent": True,
        "readOnly": False,
        "recipientAccountId": ACCOUNT,
        "userIdentity": ADA,
        **fields,
    }


def row(event: Json) -> dict[str, Json]:
    """Return a row of audit_events, of which the columns that name it are enough."""
    return {"account_id": ACCOUNT, "region": "eu-west-1", "event_id": "22222222", "event": event}


def result(event: Json) -> OcsfRow | UnmappedRow:
    return ocsf_row("audit_events", row(event), NOW)


def mapped(event: Json, of_class: EventClass | None = None) -> dict[str, Json]:
    """Return the attributes of an event, which are valid in every version of OCSF, and of a class if it is given."""
    found = result(event)
    assert isinstance(found, OcsfRow), str(found)
    assert faults(found, VERSIONS) == []
    assert of_class is None or found.event_class is of_class
    return dict(found.attributes)
