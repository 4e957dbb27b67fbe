"""Changes of users and roles: the one that is changed, and not the one who changes it."""

from __future__ import annotations

import pytest

from destination_security_lake.ocsf.classes import ACCOUNT_CHANGE, API_ACTIVITY, OTHER
from unit_tests.security_lake.events import ACCOUNT, ADA, DENIED, mapped, record

POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


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


@pytest.mark.parametrize("name", ["CreatePolicy", "DeletePolicy", "UpdateAccountPasswordPolicy", "CreateAccountAlias"])
def test_what_changes_no_account_is_a_call(name: str) -> None:
    """AWS makes account changes of them, by their names."""
    mapped(record(name, requestParameters={"policyArn": POLICY}), API_ACTIVITY)


def test_a_profile_with_a_role_is_a_call() -> None:
    """AWS calls it Detach Policy."""
    parameters = {"instanceProfileName": "web", "roleName": "ops"}

    mapped(record("AddRoleToInstanceProfile", requestParameters=parameters), API_ACTIVITY)
