"""Sign-ins: each step as AWS records it, and whatever else may stand in its fields."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.record.sign_in import HIDDEN
from unit_tests.cloudtrail.history.listing import judged, listed, row_of

SIGN_IN, PORTAL, TOKENS = (f"{name}.amazonaws.com" for name in ("signin", "sso", "sso-oauth"))
STORE = "arn:aws:identitystore::123456789012:identitystore/d-0000000001"
USER = "0000000001-f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
PERSON = {
    "type": "IdentityCenterUser",
    "accountId": "123456789012",
    "onBehalfOf": {"userId": USER, "identityStoreArn": STORE},
    "credentialId": "VAZ1",
}
# What a person was before events had their id.
UNKNOWN = {"type": "Unknown", "principalId": "123456789012", "accountId": "123456789012", "userName": "lena"}
IAM_USER = {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "userName": "lena"}
APPLICATION = {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/app/session"}
RESERVED = {
    "type": "AssumedRole",
    "arn": "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/lena",
}


def step(name: str, result: str | None = "Success", identity: Any = None, **details: Any) -> dict[str, Any]:
    """One step of a sign-in of a user of Identity Center."""
    return {
        "userIdentity": identity or PERSON,
        "eventSource": SIGN_IN,
        "eventName": name,
        "requestParameters": None,
        "responseElements": None,
        "additionalEventData": {"AuthWorkflowID": "9de74b32", **details},
        "serviceEventDetails": None if result is None else {name: result},
    }


def console(result: str, identity: dict[str, Any], mfa: str) -> dict[str, Any]:
    return {
        "userIdentity": identity,
        "eventSource": SIGN_IN,
        "eventName": "ConsoleLogin",
        "responseElements": {"ConsoleLogin": result},
        "additionalEventData": {"MobileVersion": "No", "MFAUsed": mfa},
    }


def federate(**members: Any) -> dict[str, Any]:
    details = {"account_id": "123456789012", "role_name": "Admin"}
    return {
        "userIdentity": PERSON,
        "eventSource": PORTAL,
        "eventName": "Federate",
        "requestParameters": None,
        "responseElements": None,
        "serviceEventDetails": details,
        **members,
    }


CASES: dict[str, tuple[dict[str, Any], str | None, str | None, bool | None]] = {
    # The record, sign_in_result, sign_in_user_name, mfa_used.
    "a challenge": (step("CredentialChallenge", UserName="lena", CredentialType="TOTP"), "Success", "lena", None),
    "a password": (step("CredentialVerification", UserName="lena", CredentialType="PASSWORD"), "Success", "lena", None),
    "a code": (step("CredentialVerification", CredentialType="TOTP"), "Success", None, True),
    "a wrong code": (step("CredentialVerification", "Failure", CredentialType="TOTP"), "Failure", None, None),
    "an unknown name": (
        step("CredentialVerification", "Failure", {**UNKNOWN, "userName": HIDDEN}, UserName=HIDDEN),
        *("Failure", None, None),
    ),
    "password alone": (
        step("UserAuthentication", UserName="lena", CredentialType="PASSWORD"),
        "Success",
        "lena",
        False,
    ),
    "password and code": (step("UserAuthentication", CredentialType="PASSWORD,TOTP"), "Success", None, True),
    "with a space": (step("UserAuthentication", CredentialType="PASSWORD, WEBAUTHN"), "Success", None, True),
    "identity provider": (
        step("UserAuthentication", UserName="lena@example.com", CredentialType="EXTERNAL_IDP"),
        *("Success", "lena@example.com", None),
    ),
    "a new credential": (step("UserAuthentication", CredentialType="SMARTCARD"), "Success", None, None),
    "the older form": (
        step("UserAuthentication", identity=UNKNOWN, CredentialType="PASSWORD"),
        "Success",
        "lena",
        False,
    ),
    "typed otherwise": (step("UserAuthentication", identity=UNKNOWN, UserName="Lena"), "Success", "Lena", None),
    "hidden beside a name": (step("UserAuthentication", identity=UNKNOWN, UserName=HIDDEN), "Success", "lena", None),
    "in additionalEventData": (
        step("UserAuthentication", None, UserAuthentication="Failure"),
        *("Failure", None, None),
    ),
    "an IAM user": (console("Success", IAM_USER, "Yes"), "Success", "lena", True),
    "an IAM user who failed": (console("Failure", {**IAM_USER, "userName": HIDDEN}, "No"), "Failure", None, False),
    "root with an alias": (console("Success", {"type": "Root", "userName": "acme"}, "Yes"), "Success", None, True),
    "a role": (console("Success", RESERVED, "No"), "Success", None, False),
    "an account is entered": (federate(), "Success", None, None),
    "an account is not entered": (federate(errorCode="AccessDenied"), "Failure", None, None),
    "an error without a code": (federate(errorMessage="No access"), "Failure", None, None),
    "the older form of entering": (federate(userIdentity=UNKNOWN), "Success", "lena", None),
    "the portal is opened": (federate(eventName="Authenticate", userIdentity=UNKNOWN), "Success", "lena", None),
    "credentials of a role": (federate(eventName="GetRoleCredentials"), None, None, None),
    "a call of Identity Center": (
        federate(eventName="CreatePermissionSet", userIdentity=IAM_USER, eventType="AwsApiCall"),
        *(None, None, None),
    ),
    "a step of another service": (
        {**step("UserAuthentication", UserName="lena", CredentialType="PASSWORD,TOTP"), "eventSource": "x"},
        *(None, None, None),
    ),
}


@pytest.mark.parametrize(("record", "result", "name", "mfa"), CASES.values(), ids=CASES)
def test_a_step_says_its_result_the_name_and_the_second_factor(
    record: dict[str, Any], result: str | None, name: str | None, *, mfa: bool | None
) -> None:
    columns, odd = judged(listed(record))
    assert (columns["sign_in_result"], columns["sign_in_user_name"], columns["mfa_used"]) == (result, name, mfa)
    assert odd == []


@pytest.mark.parametrize("record", [step("UserAuthentication"), federate(), federate(eventName="GetRoleCredentials")])
def test_a_user_of_identity_center_is_found_by_id_and_store(record: dict[str, Any]) -> None:
    columns = row_of(listed(record))
    assert columns["on_behalf_of_user_id"] == USER
    assert columns["identity_store_arn"] == STORE
    assert columns["identity_store_id"] == "d-0000000001"
    assert columns["credential_id"] == "VAZ1"


def test_a_session_of_a_role_has_the_user_for_whom_it_acts() -> None:
    identity = {**RESERVED, "onBehalfOf": PERSON["onBehalfOf"]}
    columns = row_of(listed({"userIdentity": identity, "eventSource": "ec2.amazonaws.com"}))
    assert (columns["on_behalf_of_user_id"], columns["identity_store_id"]) == (USER, "d-0000000001")
    assert columns["credential_id"] is None


@pytest.mark.parametrize(
    ("source", "found"), [(TOKENS, (USER, STORE, "d-0000000001", "VAZ1")), ("sts.amazonaws.com", (None,) * 4)]
)
def test_an_application_that_is_given_a_token_says_of_whom(source: str, found: tuple[str | None, ...]) -> None:
    beside = {
        "identitystore:UserId": USER,
        "identitystore:IdentityStoreArn": STORE,
        "identitycenter:CredentialId": "VAZ1",
    }
    record = {"userIdentity": APPLICATION, "eventSource": source, "additionalEventData": beside}
    columns = row_of(listed({**record, "eventName": "CreateTokenWithIAM"}))
    names = ("on_behalf_of_user_id", "identity_store_arn", "identity_store_id", "credential_id")
    assert tuple(columns[name] for name in names) == found
    assert columns["actor"] == "app/session"


def test_what_userIdentity_says_of_the_user_comes_first() -> None:  # noqa: N802 - AWS's name of the field
    beside = {"identitystore:UserId": "another", "identitystore:IdentityStoreArn": "another"}
    columns = row_of(listed({"userIdentity": PERSON, "eventSource": TOKENS, "additionalEventData": beside}))
    assert (columns["on_behalf_of_user_id"], columns["identity_store_id"]) == (USER, "d-0000000001")


@pytest.mark.parametrize("arn", [None, "", "d-0000000001", "arn:aws:identitystore:::user/x"])
def test_what_is_no_arn_of_a_store_has_no_id_of_one(arn: str | None) -> None:
    identity = {**PERSON, "onBehalfOf": {"userId": USER, "identityStoreArn": arn}}
    columns = row_of(listed({"userIdentity": identity}))
    assert (columns["identity_store_arn"], columns["identity_store_id"]) == (arn, None)


NAMES = (
    *("UserAuthentication", "ConsoleLogin", "Federate", "UserName", "CredentialType", "MFAUsed", "userId"),
    *("identityStoreArn", "identitystore:UserId", "type", "userName", "onBehalfOf"),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.sampled_from(["Success", "PASSWORD"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)


@given(
    source=st.sampled_from([SIGN_IN, PORTAL, TOKENS]) | ANYTHING,
    name=st.sampled_from(["UserAuthentication", "CredentialVerification", "ConsoleLogin", "Federate"]) | ANYTHING,
    fields=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("userIdentity", "additionalEventData", "responseElements"), ANYTHING)
    ),
)
def test_whatever_a_sign_in_holds_is_a_row(source: Any, name: Any, fields: dict[str, Any]) -> None:
    columns = row_of(listed({"eventSource": source, "eventName": name, **fields}))
    texts = ("sign_in_result", "sign_in_user_name", "identity_store_id", "on_behalf_of_user_id", "credential_id")
    assert all(columns[column] is None or isinstance(columns[column], str) for column in texts)
    assert columns["mfa_used"] in (True, False, None)
