"""What events of all classes have: times, status, caller, source address, request and answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from destination_security_lake.ocsf.classes import API_ACTIVITY
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import UnmappedRow
from unit_tests.security_lake.events import ACCOUNT, ADA, NOW, SERVICE, mapped, record, row

SESSION = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:lena",
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/lena",
    "accountId": ACCOUNT,
    "accessKeyId": "ASIAEXAMPLE",
    "sessionContext": {
        "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/ops", "userName": "ops"},
        "attributes": {"creationDate": "2026-03-01T08:00:00Z", "mfaAuthenticated": "true"},
        "sourceIdentity": "lena@example.com",
    },
    "onBehalfOf": {"userId": "f81d4fae", "identityStoreArn": f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-1"},
}


def test_a_call_has_its_ids_times_and_place() -> None:
    found = mapped(record("RunInstances", "ec2", apiVersion="2016-11-15", sharedEventID="shared"), API_ACTIVITY)

    assert (found["type_uid"], found["type_name"]) == (600301, "API Activity: Create")
    assert (found["time"], found["time_dt"]) == (1772355801000, "2026-03-01T09:03:21.000Z")
    assert found["metadata"] == {
        "version": "1.3.0",
        "uid": "22222222-0000-4000-8000-000000000002",
        "event_code": "AwsApiCall",
        "correlation_uid": "shared",
        "log_provider": "CloudTrail",
        "original_time": "2026-03-01T09:03:21Z",
        "product": {"name": "CloudTrail", "vendor_name": "AWS", "version": "1.11", "feature": {"name": "Management"}},
        "profiles": ["cloud", "datetime"],
    }
    assert found["cloud"] == {
        "provider": "AWS",
        "region": "eu-west-1",
        "account": {"uid": ACCOUNT, "type": "AWS Account", "type_id": 10},
    }
    assert found["unmapped"] == {"readOnly": "false", "managementEvent": "true", "userIdentity.type": "IAMUser"}


def test_a_user_is_named_with_the_key_that_signed() -> None:
    assert mapped(record("RunInstances", "ec2"))["actor"]["user"] == {
        "uid": ADA["arn"],
        "uid_alt": "AIDAEXAMPLEADA",
        "name": "ada",
        "type": "User",
        "type_id": 1,
        "account": {"uid": ACCOUNT, "type": "AWS Account", "type_id": 10},
        "credential_uid": "AKIAEXAMPLEADA",
    }


def test_the_human_behind_a_role_session_is_kept() -> None:
    found = mapped(record("RunInstances", "ec2", userIdentity=SESSION))

    assert found["actor"]["session"] == {
        "issuer": f"arn:aws:iam::{ACCOUNT}:role/ops",
        "uid_alt": SESSION["arn"],
        "created_time": 1772352000000,
        "created_time_dt": "2026-03-01T08:00:00.000Z",
        "is_mfa": True,
    }
    assert found["actor"]["idp"] == {"uid": f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-1"}
    assert found["unmapped"]["userIdentity.sessionContext.sourceIdentity"] == "lena@example.com"
    assert found["unmapped"]["userIdentity.onBehalfOf.userId"] == "f81d4fae"


def test_a_user_of_identity_center_is_named_by_the_id_in_the_store() -> None:
    identity = {"type": "IdentityCenterUser", "accountId": ACCOUNT, "onBehalfOf": SESSION["onBehalfOf"]}

    user = mapped(record("ListObjects", "s3", userIdentity={**identity, "credentialId": "VAZ1"}))["actor"]["user"]

    assert (user["uid_alt"], user["credential_uid"], user["type_id"]) == ("f81d4fae", "VAZ1", 1)


def test_the_root_user_is_an_admin_and_others_have_the_type_that_aws_gives() -> None:
    root = {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}

    of_root = mapped(record("RunInstances", "ec2", userIdentity=root))["actor"]["user"]
    of_role = mapped(record("RunInstances", "ec2", userIdentity=SESSION))["actor"]["user"]

    assert (of_root["type_id"], of_root["type"]) == (2, "Admin")
    assert (of_role["type_id"], of_role["type"]) == (99, "AssumedRole")


def test_a_service_that_calls_by_itself_is_no_user() -> None:
    """A user of whom nothing but the type AWSService is known is invalid in every version."""
    found = mapped(record("RunInstances", "ec2", userIdentity=SERVICE, sourceIPAddress="ec2.amazonaws.com"))

    assert found["actor"] == {"app_name": "ec2.amazonaws.com", "invoked_by": "ec2.amazonaws.com"}
    assert found["unmapped"]["userIdentity.type"] == "AWSService"


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("198.51.100.7", {"ip": "198.51.100.7"}),
        ("2001:db8::7", {"ip": "2001:db8::7"}),
        # A domain alone is invalid up to 1.3.0.
        ("ec2.amazonaws.com", {"svc_name": "ec2.amazonaws.com", "domain": "ec2.amazonaws.com"}),
        ("AWS Internal", {"svc_name": "AWS Internal"}),
        ("198.51.100.7, 10.0.0.1", {"name": "198.51.100.7, 10.0.0.1"}),
        ("fe80::1%eth0", {"name": "fe80::1%eth0"}),
        ("198.51.100.7\n", {"name": "198.51.100.7\n"}),
    ],
)
def test_a_source_is_an_address_a_service_or_a_name(address: str, endpoint: dict[str, str]) -> None:
    assert mapped(record("RunInstances", "ec2", sourceIPAddress=address))["src_endpoint"] == endpoint


def test_a_vpc_endpoint_is_kept_beside_the_address() -> None:
    found = mapped(record("ListObjects", "s3", vpcEndpointId="vpce-1"))

    assert found["src_endpoint"] == {"ip": "198.51.100.7", "uid": "vpce-1"}


def test_what_a_service_does_by_itself_comes_from_it() -> None:
    event = record("RotateKey", "kms", eventType="AwsServiceEvent", userIdentity=None, sourceIPAddress=None)

    found = mapped(event)

    assert found["src_endpoint"]["svc_name"] == found["actor"]["app_name"] == "kms.amazonaws.com"


def test_parameters_and_answer_are_json_text() -> None:
    found = mapped(record("PutObject", "s3", requestParameters={"key": "ö", "n": [1, None]}, responseElements={}))

    assert json.loads(found["api"]["request"]["data"]) == {"key": "ö", "n": [1, None]}
    assert found["api"]["response"] == {"data": "{}"}


@pytest.mark.parametrize("request_id", [None, "", 7])
def test_parameters_of_a_request_without_an_id_are_unmapped(request_id: Any) -> None:
    found = mapped(record("PutObject", "s3", requestID=request_id, requestParameters={"a": {"b.c": "d"}, "e": [1]}))

    assert "request" not in found["api"]
    assert found["unmapped"]['requestParameters.a."b.c"'] == "d"
    assert found["unmapped"]["requestParameters.e"] == "[1]"


def test_an_error_is_a_failure_with_its_code() -> None:
    found = mapped(record("RunInstances", "ec2", errorCode="AccessDenied", errorMessage="no"))

    assert [found[name] for name in ("status_id", "status", "status_code", "status_detail")] == [
        *(2, "Failure", "AccessDenied", "no")
    ]
    assert found["api"]["response"] == {"error": "AccessDenied", "message": "no"}
    assert (mapped(record("RunInstances", "ec2"))["status_id"], found["severity_id"]) == (1, 1)


def test_the_record_may_be_text() -> None:
    event = record("RunInstances", "ec2")

    assert mapped(json.dumps(event)) == mapped(event)


def test_the_columns_say_what_the_record_lacks() -> None:
    event = record("RunInstances", "ec2")
    lacking = {name: value for name, value in event.items() if name not in {"recipientAccountId", "eventID"}}

    found = ocsf_row("audit_events", {**row(lacking), "event_id": "sha256:1"}, NOW)

    assert not isinstance(found, UnmappedRow)
    assert (found.attributes["cloud"]["account"]["uid"], found.attributes["metadata"]["uid"]) == (ACCOUNT, "sha256:1")
