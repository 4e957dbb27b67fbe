"""From an event to a row: what is null, what is a boolean, what is redacted, and what survives."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

import source_aws_iam
from source_aws_iam.audit.rows import REDACTED, row

SCHEMA = json.loads(Path(source_aws_iam.__file__).with_name("schemas").joinpath("audit_events.json").read_text())
ORIGIN = {"account_id", "partition", "region"}

ASSUMED = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:deploy",
    "arn": "arn:aws:sts::123456789012:assumed-role/Deploy/deploy",
    "accountId": "123456789012",
    "accessKeyId": "ASIAEXAMPLE",
    "sessionContext": {
        "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123456789012:role/Deploy", "userName": "Deploy"},
        "webIdFederationData": {},
        "attributes": {"creationDate": "2026-01-02T03:00:00Z", "mfaAuthenticated": "false"},
    },
}
RECORD = {
    "eventVersion": "1.11",
    "userIdentity": ASSUMED,
    "eventTime": "2026-01-02T03:04:05Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "CreateUser",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "AWS Internal/1",
    "userAgent": "aws-cli",
    "requestParameters": {"userName": "ana", "path": "/é/"},
    "responseElements": None,
    "requestID": "r-1",
    "eventID": "e-1",
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "123456789012",
    "eventCategory": "Management",
    "sessionCredentialFromConsole": "true",
    "aFieldOfTomorrow": {"deep": [1, None]},
}


def event(record: dict[str, Any] | None = RECORD, **listed: Any) -> dict[str, Any]:
    listing: dict[str, Any] = {
        "EventId": "e-1",
        "EventTime": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
        **listed,
    }
    return listing if record is None else {**listing, "CloudTrailEvent": json.dumps(record)}


def test_every_column_is_in_the_schema_and_every_property_is_a_column() -> None:
    assert set(row(event())) | ORIGIN == set(SCHEMA["properties"])


def test_the_columns_of_a_full_record() -> None:
    columns = row(event(Username="deploy", ReadOnly="false", AccessKeyId="ASIAEXAMPLE"))
    assert {
        name: value for name, value in columns.items() if value is not None and name not in {"event", "user_identity"}
    } == {
        "event_id": "e-1",
        "event_time": "2026-01-02T03:04:05Z",
        "event_name": "CreateUser",
        "event_source": "iam.amazonaws.com",
        "event_version": "1.11",
        "event_type": "AwsApiCall",
        "event_category": "Management",
        "management_event": True,
        "read_only": False,
        "username": "deploy",
        "access_key_id": "ASIAEXAMPLE",
        "aws_region": "us-east-1",
        "recipient_account_id": "123456789012",
        "source_ip_address": "AWS Internal/1",
        "user_agent": "aws-cli",
        "request_id": "r-1",
        "session_credential_from_console": True,
        "actor_type": "AssumedRole",
        "actor_arn": "arn:aws:sts::123456789012:assumed-role/Deploy/deploy",
        "actor_principal_id": "AROAEXAMPLE:deploy",
        "actor_account_id": "123456789012",
        "session_issuer_arn": "arn:aws:iam::123456789012:role/Deploy",
        "mfa_authenticated": False,
        "request_parameters": '{"userName":"ana","path":"/é/"}',
    }


def test_the_record_survives_whole_with_fields_that_nobody_knows_yet() -> None:
    assert row(event())["event"] == RECORD
    assert row(event())["user_identity"] == ASSUMED


@pytest.mark.parametrize("record", [None, {}, {"userIdentity": None}, {"userIdentity": {"type": "AWSService"}}])
def test_what_a_record_lacks_is_null(record: dict[str, Any] | None) -> None:
    columns = row(event(record))
    assert columns["event_id"] == "e-1"
    assert columns["event_name"] is columns["read_only"] is columns["mfa_authenticated"] is columns["resources"] is None


@pytest.mark.parametrize(
    ("value", "boolean"), [("true", True), ("false", False), (True, True), (False, False), ("", None), (None, None)]
)
def test_booleans_arrive_as_booleans_however_cloudtrail_writes_them(value: Any, boolean: bool | None) -> None:
    assert row(event({**RECORD, "readOnly": value}))["read_only"] is boolean


def test_read_only_falls_back_to_what_the_listing_says() -> None:
    record = {name: value for name, value in RECORD.items() if name != "readOnly"}
    assert row(event(record, ReadOnly="true"))["read_only"] is True


def test_an_empty_access_key_id_is_null() -> None:
    record = {**RECORD, "userIdentity": {**ASSUMED, "accessKeyId": ""}}
    assert row(event(record, AccessKeyId=""))["access_key_id"] is None


def test_a_session_token_is_redacted_in_every_column_and_nothing_else_is() -> None:
    issued = {"accessKeyId": "ASIA", "expiration": "soon", "sessionToken": "very secret"}
    record = {**RECORD, "responseElements": {"credentials": issued, "list": [{"sessionToken": "very secret"}]}}
    columns = row(event(record))
    assert "very secret" not in json.dumps(columns)
    assert columns["event"]["responseElements"] == {
        "credentials": {**issued, "sessionToken": REDACTED},
        "list": [{"sessionToken": REDACTED}],
    }
    assert {name: value for name, value in columns["event"].items() if name != "responseElements"} == {
        name: value for name, value in record.items() if name != "responseElements"
    }


def test_a_session_token_in_request_parameters_is_a_parameter_name_and_stays() -> None:
    record: dict[str, Any] = {**RECORD, "requestParameters": {"sessionToken": "HIDDEN"}}
    del record["responseElements"]
    assert row(event(record))["event"] == record


def test_resources_come_from_the_listing_and_else_from_the_record() -> None:
    recorded = {**RECORD, "resources": [{"ARN": "arn:aws:s3:::b", "accountId": "1", "type": "AWS::S3::Bucket"}]}
    listed = [{"ResourceType": "AWS::IAM::User", "ResourceName": "ana"}, {"ResourceName": "x"}]
    assert row(event(recorded, Resources=listed))["resources"] == [
        {"resource_type": "AWS::IAM::User", "resource_name": "ana"},
        {"resource_type": None, "resource_name": "x"},
    ]
    assert row(event(recorded, Resources=[]))["resources"] == [
        {"resource_type": "AWS::S3::Bucket", "resource_name": "arn:aws:s3:::b"}
    ]
