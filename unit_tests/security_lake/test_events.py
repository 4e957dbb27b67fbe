"""Which events are changes of users, roles and groups is what IAM's own model says."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from botocore.session import Session

from destination_security_lake.ocsf.account_change import OF_THE_CALLER
from destination_security_lake.ocsf.classes import ACCOUNT_CHANGE, GROUP_MANAGEMENT, OTHER
from destination_security_lake.ocsf.events import EVENTS, IAM, activities

LISTED = {name for sources in EVENTS.values() for names in sources.get(IAM, {}).values() for name in names}
# They are about a user, role or group, and change none.
NO_CHANGES = {
    "GenerateServiceLastAccessedDetails",
    *("AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"),  # change a profile
}


@cache
def iam() -> Any:
    return Session().get_service_model("iam")


def members(operation: str) -> set[str]:
    shape = iam().operation_model(operation).input_shape
    return {*shape.members} if shape else set()


def test_every_listed_event_of_iam_is_an_operation() -> None:
    assert sorted(LISTED - {*iam().operation_names}) == []


def test_every_write_on_a_user_role_or_group_is_listed() -> None:
    writes = {
        name
        for name in iam().operation_names
        if members(name) & {"UserName", "RoleName", "GroupName"} and not re.match("Get|List|Simulate", name)
    }

    assert sorted(writes - LISTED - NO_CHANGES - {"UpdateGroup"}) == []


def test_an_event_without_a_user_name_is_of_the_caller_where_iam_allows_to_leave_it_out() -> None:
    of_users = {name for names in EVENTS[ACCOUNT_CHANGE][IAM].values() for name in names if "Role" not in name}
    required = {name for name in of_users if "UserName" in iam().operation_model(name).input_shape.required_members}

    # A sign-in event, which has no model.
    assert of_users - required == OF_THE_CALLER - {"PasswordUpdated"}


def test_an_event_is_listed_once() -> None:
    names = [
        (source, name)
        for sources in EVENTS.values()
        for source, by_activity in sources.items()
        for listed in by_activity.values()
        for name in listed
    ]

    assert len({*names}) == len(names)


@pytest.mark.parametrize(
    ("name", "read_only", "number"),
    [
        ("RunInstances", False, 1),
        ("CreateBucket", None, 1),
        ("ListUsers", None, 2),
        ("Decrypt", True, 2),
        ("GetSigninToken", False, OTHER),
        ("PutObject", False, 3),
        ("UntagResource", False, 3),
        ("TerminateInstances", False, 4),
        ("AssociateRouteTable", False, OTHER),
        ("Getaway", None, OTHER),
    ],
)
def test_the_record_and_then_the_name_tell_what_a_call_does(name: str, read_only: bool | None, number: int) -> None:
    [found] = activities("ec2.amazonaws.com", name, read_only=read_only, principal_type=None)

    assert (found.id, found.name) == (number, found.event_class.activities.get(number, name))


def test_an_event_of_another_service_with_the_same_name_is_another_event() -> None:
    [found] = activities("quicksight.amazonaws.com", "CreateUser", read_only=False, principal_type=None)
    [first, _] = activities(IAM, "CreateUser", read_only=False, principal_type=None)

    assert (found.event_class.uid, first.event_class.uid) == (6003, 3001)


@pytest.mark.parametrize("principal_type", [None, "APPLICATION", 1, ["USER"], {}])
def test_an_assignment_to_nobody_known_is_a_call(principal_type: Any) -> None:
    [found] = activities("sso.amazonaws.com", "CreateAccountAssignment", read_only=False, principal_type=principal_type)

    assert found.event_class is not GROUP_MANAGEMENT
