"""Sign-ins, changes of users, roles and groups, and assignments: each in its class, about the right user."""

from __future__ import annotations

from typing import Any

import pytest

from destination_security_lake.ocsf.classes import (
    ACCOUNT_CHANGE,
    API_ACTIVITY,
    AUTHENTICATION,
    GROUP_MANAGEMENT,
    OTHER,
    USER_ACCESS,
)
from unit_tests.security_lake.events import ACCOUNT, ADA, SERVICE, mapped, record

ROLE = "arn:aws:iam::210987654321:role/audit"
POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DENIED = {"errorCode": "AccessDenied", "errorMessage": "no"}
SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"


def assignment(principal_type: str, name: str = "CreateAccountAssignment") -> dict[str, Any]:
    target = {"targetId": "111122223333", "targetType": "AWS_ACCOUNT", "permissionSetArn": SET}
    principal = {"principalType": principal_type, "principalId": "f81d4fae"}
    return record(name, "sso", requestParameters={**target, **principal})


def sign_in(name: str = "ConsoleLogin", **fields: Any) -> dict[str, Any]:
    return record(name, "signin", requestID=None, **{"responseElements": {name: "Success"}, **fields})


def test_a_sign_in_is_of_the_user() -> None:
    beside = {"LoginTo": "https://console.aws.amazon.com/", "MFAUsed": "Yes", "MobileVersion": "No"}
    found = mapped(sign_in(additionalEventData=beside), AUTHENTICATION)

    assert (found["activity_name"], found["status"], found["is_mfa"]) == ("Logon", "Success", True)
    assert (found["user"]["name"], found["user"]["uid"], found["user"]["type"]) == ("ada", ADA["arn"], "User")
    assert (found["service"], found["dst_endpoint"]) == (
        {"name": "signin.amazonaws.com"},
        {"svc_name": "https://console.aws.amazon.com/"},
    )
    assert found["unmapped"]["additionalEventData.MobileVersion"] == "No"


def test_a_failed_sign_in_with_a_hidden_name_is_of_the_account() -> None:
    hidden = {"type": "IAMUser", "accountId": ACCOUNT, "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    found = mapped(sign_in(userIdentity=hidden, responseElements={"ConsoleLogin": "Failure"}), AUTHENTICATION)

    assert found["status_id"] == 2
    assert (found["user"].get("name"), found["user"]["account"]["uid"]) == (None, ACCOUNT)


def test_a_sign_in_that_names_nobody_is_of_the_account_that_received_it() -> None:
    """AWS's own example of 1.5.0 has neither a user nor a service, and is invalid."""
    found = mapped(sign_in(userIdentity=None), AUTHENTICATION)

    assert found["user"] == {"account": {"uid": ACCOUNT, "type": "AWS Account", "type_id": 10}}


@pytest.mark.parametrize("result", ["Success", "Failure"])
def test_a_step_of_a_sign_in_is_no_logon(result: str) -> None:
    event = sign_in(
        "CredentialVerification", responseElements=None, serviceEventDetails={"CredentialVerification": result}
    )
    found = mapped(event, AUTHENTICATION)

    assert (found["activity_id"], found["activity_name"]) == (OTHER, "CredentialVerification")
    assert found["status"] == result


def test_the_user_of_an_assumed_role_is_the_role() -> None:
    """AWS pairs the role's ARN with the id of the caller."""
    answer = {
        "assumedRoleUser": {"arn": "arn:aws:sts::210987654321:assumed-role/audit/ada", "assumedRoleId": "AROA:ada"},
        "credentials": {"accessKeyId": "ASIANEW", "expiration": "Mar 1, 2026, 10:03:21 AM"},
    }
    asked = {"roleArn": ROLE, "roleSessionName": "ada"}
    found = mapped(record("AssumeRole", "sts", requestParameters=asked, responseElements=answer), AUTHENTICATION)

    assert found["user"] == {
        "uid": ROLE,
        "name": "ada",
        "type": "Role",
        "type_id": 99,
        "account": {"uid": "210987654321", "type": "AWS Account", "type_id": 10},
    }
    assert found["session"] == {
        "uid": "arn:aws:sts::210987654321:assumed-role/audit/ada",
        "uid_alt": "AROA:ada",
        "credential_uid": "ASIANEW",
        "expiration_time": 1772359401000,
        "expiration_time_dt": "2026-03-01T10:03:21.000Z",
    }
    assert found["actor"]["user"]["name"] == "ada"


def test_a_role_that_a_service_assumes_has_the_service_as_actor() -> None:
    event = record("AssumeRole", "sts", userIdentity=SERVICE, requestParameters={"roleArn": ROLE})

    assert mapped(event, AUTHENTICATION)["actor"].keys() == {"app_name", "invoked_by"}


def test_a_role_that_was_not_assumed_is_not_the_caller() -> None:
    found = mapped(record("AssumeRole", "sts", **DENIED), AUTHENTICATION)

    assert (found["user"].get("uid"), found["user"]["account"]["uid"]) == (None, ACCOUNT)


@pytest.mark.parametrize(
    ("name", "protocol"),
    [("AssumeRole", None), ("AssumeRoleWithSAML", "SAML"), ("AssumeRoleWithWebIdentity", "OpenID")],
)
def test_the_protocol_is_that_of_the_call(name: str, protocol: str | None) -> None:
    found = mapped(record(name, "sts", requestParameters={"roleArn": ROLE}), AUTHENTICATION)

    assert found.get("auth_protocol") == protocol


def test_a_new_user_is_the_one_in_the_answer() -> None:
    user = {"userName": "bo", "userId": "AIDABO", "arn": f"arn:aws:iam::{ACCOUNT}:user/bo"}
    event = record("CreateUser", requestParameters={"userName": "bo"}, responseElements={"user": user})
    found = mapped(event, ACCOUNT_CHANGE)

    assert (found["activity_name"], found["user"]["uid_alt"], found["user"]["name"]) == ("Create", "AIDABO", "bo")
    assert found["actor"]["user"]["name"] == "ada"


def test_the_target_of_a_call_that_failed_is_not_the_caller() -> None:
    found = mapped(record("CreateUser", requestParameters=None, **DENIED), ACCOUNT_CHANGE)

    assert found["user"] == {
        "type": "User",
        "type_id": 1,
        "account": {"uid": ACCOUNT, "type": "AWS Account", "type_id": 10},
    }


@pytest.mark.parametrize("name", ["ChangePassword", "DeleteAccessKey"])
def test_a_call_that_names_no_user_is_about_the_caller(name: str) -> None:
    assert mapped(record(name, requestParameters={}), ACCOUNT_CHANGE)["user"]["name"] == "ada"


def test_a_session_has_no_password_of_its_own() -> None:
    session = {**ADA, "type": "AssumedRole", "userName": None}
    found = mapped(record("ChangePassword", userIdentity=session, **DENIED), ACCOUNT_CHANGE)

    assert "uid" not in found["user"]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("UpdateLoginProfile", 4),
        ("AttachUserPolicy", 7),
        ("DeleteUserPolicy", 8),  # AWS: 6, a deleted user
        ("EnableMFADevice", 10),  # AWS: 1, a created user
        ("CreateAccessKey", OTHER),  # AWS: 1
        ("DeleteAccessKey", OTHER),  # AWS: 6
    ],
)
def test_an_activity_is_what_happened_to_the_user_and_not_a_part_of_the_name(name: str, number: int) -> None:
    found = mapped(record(name, requestParameters={"userName": "bo", "policyArn": POLICY}), ACCOUNT_CHANGE)

    assert found["activity_id"] == number
    assert ("policy" in found) == (number in {7, 8})
    assert found["activity_name"] == name or number != OTHER


def test_a_policy_and_a_boundary_are_named() -> None:
    attached = mapped(record("AttachRolePolicy", requestParameters={"roleName": "ops", "policyArn": POLICY}))
    put = mapped(record("PutRolePolicy", requestParameters={"roleName": "ops", "policyName": "inline"}))
    boundary = {"roleName": "ops", "permissionsBoundary": POLICY}
    bound = mapped(record("PutRolePermissionsBoundary", requestParameters=boundary))

    assert [found["policy"] for found in (attached, put, bound)] == [
        {"uid": POLICY},
        {"name": "inline"},
        {"uid": POLICY},
    ]
    assert {(found["user"]["name"], found["user"]["type"]) for found in (attached, put, bound)} == {("ops", "Role")}


def test_a_renamed_user_has_both_names() -> None:
    found = mapped(record("UpdateUser", requestParameters={"userName": "bo", "newUserName": "bob"}), ACCOUNT_CHANGE)

    assert (found["user"]["name"], found["user_result"]["name"]) == ("bo", "bob")


@pytest.mark.parametrize(
    ("name", "parameters", "number", "member", "privileges"),
    [
        ("CreateGroup", {}, 6, None, []),
        ("DeleteGroup", {}, 5, None, []),
        ("AddUserToGroup", {"userName": "bo"}, 3, "bo", None),  # AWS: 3001, 7
        ("RemoveUserFromGroup", {"userName": "bo"}, 4, "bo", None),
        ("AttachGroupPolicy", {"policyArn": POLICY}, 1, None, [POLICY]),
        ("DeleteGroupPolicy", {"policyName": "inline"}, 2, None, ["inline"]),
    ],
)
def test_a_change_of_a_group_is_group_management(
    name: str, parameters: dict[str, str], number: int, member: str | None, privileges: list[str] | None
) -> None:
    found = mapped(record(name, requestParameters={"groupName": "admins", **parameters}), GROUP_MANAGEMENT)

    assert (found["activity_id"], found["group"]) == (number, {"name": "admins"})
    assert (found.get("user", {}).get("name"), found.get("privileges")) == (member, privileges)
    assert found["metadata"]["profiles"] == ["cloud", "datetime", "host"]
    assert found["actor"]["user"]["name"] == "ada"


@pytest.mark.parametrize("name", ["AddUserToGroup", "AttachGroupPolicy", "CreateGroup"])
@pytest.mark.parametrize("parameters", [None, {}, {"groupName": ["admins"]}])
def test_an_event_that_lacks_what_its_class_requires_is_a_call(name: str, parameters: Any) -> None:
    found = mapped(record(name, requestParameters=parameters, **DENIED), API_ACTIVITY)

    assert (found["api"]["operation"], found["status_code"]) == (name, "AccessDenied")


@pytest.mark.parametrize("name", ["CreatePolicy", "DeletePolicy", "UpdateAccountPasswordPolicy", "CreateAccountAlias"])
def test_what_changes_no_account_is_a_call(name: str) -> None:
    """AWS makes account changes of them, by their names."""
    mapped(record(name, requestParameters={"policyArn": POLICY}), API_ACTIVITY)


def test_a_profile_with_a_role_is_a_call() -> None:
    """AWS calls it Detach Policy."""
    parameters = {"instanceProfileName": "web", "roleName": "ops"}

    mapped(record("AddRoleToInstanceProfile", requestParameters=parameters), API_ACTIVITY)


def test_what_a_user_is_given_in_identity_center_is_user_access() -> None:
    found = mapped(assignment("USER"), USER_ACCESS)

    assert (found["activity_name"], found["privileges"]) == ("Assign Privileges", [SET])
    assert found["user"] == {"uid": "f81d4fae", "uid_alt": "f81d4fae", "type": "User", "type_id": 1}
    assert found["resource"] == {"uid": "111122223333", "type": "AWS_ACCOUNT"}
    assert mapped(assignment("USER", "DeleteAccountAssignment"))["activity_name"] == "Revoke Privileges"


def test_what_a_group_is_given_in_identity_center_is_group_management() -> None:
    found = mapped(assignment("GROUP"), GROUP_MANAGEMENT)

    assert (found["activity_id"], found["group"], found["privileges"]) == (1, {"uid": "f81d4fae"}, [SET])


@pytest.mark.parametrize("principal_type", ["USER", "GROUP"])
@pytest.mark.parametrize("lacking", ["permissionSetArn", "principalId"])
def test_an_assignment_of_nothing_or_to_nobody_is_a_call(principal_type: str, lacking: str) -> None:
    event = assignment(principal_type)
    del event["requestParameters"][lacking]

    mapped(event, API_ACTIVITY)


def test_resources_are_named_and_what_has_no_place_is_kept() -> None:
    bucket = {"ARN": "arn:aws:s3:::logs", "type": "AWS::S3::Bucket", "accountId": ACCOUNT}
    prefix = {"ARNPrefix": "arn:aws:s3:::logs/", "type": "AWS::S3::Object"}
    whole = mapped(record("ListObjects", "s3", resources=[bucket, prefix]))
    odd = mapped(record("ListObjects", "s3", resources=[bucket, {"type": "AWS::S3::Object"}]))
    more = mapped(record("ListObjects", "s3", resources=[{**bucket, "owner": "x"}]))

    assert whole["resources"] == [
        {
            "uid": "arn:aws:s3:::logs",
            "type": "AWS::S3::Bucket",
            "owner": {"account": {"uid": ACCOUNT, "type": "AWS Account", "type_id": 10}},
        },
        {"name": "arn:aws:s3:::logs/", "type": "AWS::S3::Object"},
    ]
    assert "resources" not in whole["unmapped"]
    assert len(odd["resources"]) == 1
    assert odd["unmapped"]["resources"].startswith('[{"ARN":')
    assert more["resources"] == whole["resources"][:1]
    assert '"owner":"x"' in more["unmapped"]["resources"]
