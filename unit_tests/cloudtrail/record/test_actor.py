"""Who acted: a readable name for every kind of caller that CloudTrail knows, sign-ins included."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.record.actor import (
    ACCOUNT,
    ASSUMED_ROOT,
    HUMAN,
    IDENTITY_CENTER_USER,
    ROLE_SESSION,
    ROOT,
    SERVICE,
    UNKNOWN,
)
from unit_tests.cloudtrail.history.listing import listed, row_of

STORE = "arn:aws:identitystore::123456789012:identitystore/d-1"
ON_BEHALF = {"userId": "f81d4fae", "identityStoreArn": STORE}
SIGN_IN = {"eventSource": "signin.amazonaws.com"}
ROOT_SESSION = {"attributes": {"mfaAuthenticated": "false"}, "assumedRoot": "true"}


def assumed(**more: Any) -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:lena",
        "arn": "arn:aws:sts::123456789012:assumed-role/ops/lena",
        **more,
    }


def columns_of(identity: Any, *, username: str | None = None, **record: Any) -> dict[str, Any]:
    return row_of(listed({"userIdentity": identity, **record}, Username=username))


@pytest.mark.parametrize(
    ("identity", "record", "name", "kind"),
    [
        ({"type": "Root", "arn": "arn:aws:iam::123456789012:root", "userName": "acme"}, {}, "root", ROOT),
        ({"type": "Root", "invokedBy": "signin.amazonaws.com"}, {}, "root", ROOT),
        ({"type": "Root", "sessionContext": ROOT_SESSION}, {}, ASSUMED_ROOT, ROLE_SESSION),
        ({"type": "IAMUser", "userName": "lena"}, {}, "lena", HUMAN),
        ({"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/it/lena"}, {}, "lena", HUMAN),
        ({"type": "IAMUser", "principalId": "AIDAEXAMPLE"}, {}, "AIDAEXAMPLE", HUMAN),
        ({"type": "IAMUser", "userName": 0}, {}, "0", HUMAN),
        ({"type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/lena"}, {}, "lena", HUMAN),
        ({"type": "SAMLUser", "principalId": "abc:lena", "userName": "lena"}, {}, "lena", HUMAN),
        ({"type": "WebIdentityUser", "userName": "repo:acme/shop:main"}, {}, "repo:acme/shop:main", HUMAN),
        (assumed(), {}, "ops/lena", ROLE_SESSION),
        (assumed(invokedBy="cloudformation.amazonaws.com"), {}, "ops/lena", ROLE_SESSION),
        (assumed(arn=None, sessionContext={"sessionIssuer": {"userName": "ops"}}), {}, "ops/lena", ROLE_SESSION),
        (assumed(arn=None), {}, "lena", ROLE_SESSION),
        ({"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": "a:role/ops"}}}, {}, "ops", ROLE_SESSION),
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, {}, "ec2.amazonaws.com", SERVICE),
        ({"type": "AWSService"}, {"sourceIPAddress": "rds.amazonaws.com"}, "rds.amazonaws.com", SERVICE),
        ({"accountId": "123456789012", "invokedBy": "AWS Internal"}, {}, "AWS Internal", SERVICE),
        (None, {"eventType": "AwsServiceEvent", "eventSource": "kms.amazonaws.com"}, "kms.amazonaws.com", SERVICE),
        ({"type": "AWSAccount", "principalId": "AROA:x", "accountId": "444455556666"}, {}, "444455556666", ACCOUNT),
        ({"type": "AWSAccount", "accountId": "ANONYMOUS_PRINCIPAL"}, {}, "ANONYMOUS_PRINCIPAL", UNKNOWN),
        ({"type": "IdentityCenterUser", "onBehalfOf": ON_BEHALF}, {}, "f81d4fae", IDENTITY_CENTER_USER),
        (
            {"type": "IdentityCenterUser", "onBehalfOf": ON_BEHALF},
            {**SIGN_IN, "additionalEventData": {"UserName": "lena"}},
            "lena",
            IDENTITY_CENTER_USER,
        ),
        ({"type": "Unknown", "userName": "", "accountId": "123456789012"}, {}, "123456789012", UNKNOWN),
        ({"type": "Tomorrow", "arn": "arn:aws:new::1:thing/lena"}, {}, "lena", UNKNOWN),
        ({"type": "IAMUser", "accessKeyId": "AKIAEXAMPLE"}, {}, "AKIAEXAMPLE", HUMAN),
        ({"inScopeOf": {"credentialsIssuedTo": "i-1"}}, {}, "i-1", UNKNOWN),
        ({"sessionContext": {"sourceIdentity": "lena"}}, {}, "lena", UNKNOWN),
        ({"type": "SAMLUser", "identityProvider": "okta"}, {}, "okta", HUMAN),
        ({}, {}, None, UNKNOWN),
        (None, {}, None, UNKNOWN),
    ],
)
def test_whoever_is_named_has_a_readable_name_and_a_kind(
    identity: Any, record: dict[str, Any], name: str | None, kind: str
) -> None:
    columns = columns_of(identity, **record)
    assert (columns["actor"], columns["actor_kind"]) == (name, kind)


def test_the_name_in_the_listing_is_the_last_resort() -> None:
    assert columns_of("HIDDEN_DUE_TO_SECURITY_REASONS", username="lena")["actor"] == "lena"
    assert columns_of(assumed(), username="lena")["actor"] == "ops/lena"


NAMING = ("userName", "arn", "principalId", "accountId", "invokedBy", "accessKeyId", "credentialId", "identityProvider")


@given(
    identity=st.dictionaries(st.sampled_from(("type", *NAMING)), st.text(min_size=1, max_size=5) | st.integers()),
    kind=st.sampled_from(
        ["Root", "IAMUser", "AssumedRole", "AWSService", "AWSAccount", "IdentityCenterUser", "x", None]
    ),
)
def test_an_identity_that_names_anybody_in_any_field_has_an_actor(identity: dict[str, Any], kind: str) -> None:
    columns = columns_of({**identity, "type": kind})
    assert columns["actor"] or not set(identity) & set(NAMING)
    assert columns["actor_kind"]


def test_an_identity_center_user_has_its_user_id_store_and_credential_in_columns() -> None:
    columns = columns_of({"type": "IdentityCenterUser", "onBehalfOf": ON_BEHALF, "credentialId": "VAZ1"})
    assert columns["on_behalf_of_user_id"] == "f81d4fae"
    assert columns["identity_store_arn"] == STORE
    assert columns["credential_id"] == "VAZ1"


def test_a_session_says_where_it_comes_from() -> None:
    session = {
        "sourceIdentity": "lena",
        "webIdFederationData": {"federatedProvider": "accounts.google.com"},
        "signInSessionArn": "arn:aws:signin:us-east-1:123456789012:session/1",
        "assumedRoot": "true",
    }
    scope = {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": "arn:aws:lambda:eu-west-1:1:function:f"}
    columns = columns_of(assumed(sessionContext=session, inScopeOf=scope, invokedBy="x", identityProvider="okta"))
    names = ("source_identity", "federated_provider", "sign_in_session_arn", "assumed_root", "invoked_by")
    assert [columns[name] for name in (*names, "identity_provider")] == [
        *("lena", "accounts.google.com", session["signInSessionArn"], True, "x", "okta")
    ]
    assert columns["in_scope_of"] == (
        '{"issuerType":"AWS::Lambda::Function","credentialsIssuedTo":"arn:aws:lambda:eu-west-1:1:function:f"}'
    )


def test_a_sign_in_session_is_found_beside_the_session_context_too() -> None:
    assert columns_of(assumed(signInSessionArn="arn:1"))["sign_in_session_arn"] == "arn:1"


@pytest.mark.parametrize(
    ("session", "sign_in", "used"),
    [
        ("true", None, True),
        ("false", None, False),
        (None, "Yes", True),
        (None, "No", False),
        ("false", "Yes", True),
        ("true", "No", True),
        ("false", "No", False),
        (None, None, None),
        (None, "NotApplicable", None),
        (None, ["Yes"], None),
    ],
)
def test_mfa_was_used_if_the_session_or_the_sign_in_says_so(session: Any, sign_in: Any, *, used: bool | None) -> None:
    identity = assumed(sessionContext={"attributes": {"mfaAuthenticated": session}})
    columns = columns_of(identity, additionalEventData={"MFAUsed": sign_in})
    assert columns["mfa_used"] is used
    assert columns["mfa_authenticated"] is {"true": True, "false": False}.get(session)


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ({**SIGN_IN, "eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Failure"}}, "Failure"),
        ({**SIGN_IN, "eventName": "CheckMfa", "responseElements": {"CheckMfa": "Success"}}, "Success"),
        (
            {
                **SIGN_IN,
                "eventName": "CredentialVerification",
                "responseElements": None,
                "serviceEventDetails": {"CredentialVerification": "Failure"},
            },
            "Failure",
        ),
        ({**SIGN_IN, "eventName": "ConsoleLogin", "responseElements": "x"}, None),
        ({**SIGN_IN, "eventName": ["ConsoleLogin"], "responseElements": {"ConsoleLogin": "Failure"}}, None),
        ({**SIGN_IN, "eventName": "ConsoleLogin"}, None),
        ({"eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Failure"}}, None),
    ],
)
def test_a_sign_in_tells_its_result_where_it_has_no_error_code(record: dict[str, Any], result: str | None) -> None:
    columns = columns_of({"type": "IAMUser"}, **record)
    assert (columns["sign_in_result"], columns["error_code"]) == (result, None)


def test_what_a_record_adds_to_a_request_has_a_column() -> None:
    added: dict[str, Any] = {
        "addendum": {"reason": "UPDATED_DATA", "originalEventID": "e-0"},
        "edgeDeviceDetails": "snowball",
        "eventContext": {"tagContext": {}},
        "tlsDetails": {"tlsVersion": "TLSv1.3"},
    }
    columns = columns_of({}, vpcEndpointAccountId="444455556666", **added)
    assert (columns["tls_version"], columns["vpc_endpoint_account_id"]) == ("TLSv1.3", "444455556666")
    assert columns["addendum"] == '{"reason":"UPDATED_DATA","originalEventID":"e-0"}'
    assert columns["edge_device_details"] == '"snowball"'
    assert columns["event_context"] == '{"tagContext":{}}'
    assert columns["tls_details"] == '{"tlsVersion":"TLSv1.3"}'
