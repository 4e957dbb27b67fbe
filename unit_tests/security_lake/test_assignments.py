"""Members of groups, and what groups and users are given."""

from __future__ import annotations

from typing import Any

import pytest

from destination_security_lake.ocsf.classes import API_ACTIVITY, GROUP_MANAGEMENT, USER_ACCESS
from unit_tests.security_lake.events import DENIED, mapped, record

POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"


def assignment(principal_type: str, name: str = "CreateAccountAssignment") -> dict[str, Any]:
    target = {"targetId": "111122223333", "targetType": "AWS_ACCOUNT", "permissionSetArn": SET}
    principal = {"principalType": principal_type, "principalId": "f81d4fae"}
    return record(name, "sso", requestParameters={**target, **principal})


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
