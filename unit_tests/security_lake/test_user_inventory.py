"""Users of IAM and of Identity Center, with the groups that are known."""

from __future__ import annotations

from typing import Any

import pytest

from destination_security_lake.ocsf.classes import USER_INVENTORY
from destination_security_lake.ocsf.json_values import DEEPEST
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow, Reason, UnmappedRow
from destination_security_lake.ocsf.user_inventory import user_key
from unit_tests.security_lake.events import ACCOUNT, NOW
from unit_tests.security_lake.validation import VERSIONS, faults

ADA: dict[str, Any] = {
    "account_id": ACCOUNT,
    "partition": "aws",
    "user_id": "AIDAADA",
    "user_name": "ada",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/ada",
    "group_names": ["admins", "staff"],
    "is_root": False,
    "mfa_active": True,
    "tags": {"team": "core", "a.b": ""},
    "unavailable_fields": [],
    "create_date": None,
}
ADMINS = {
    "account_id": ACCOUNT,
    "user_id": "AIDAADA",
    "group_name": "admins",
    "group_arn": f"arn:aws:iam::{ACCOUNT}:group/admins",
}
NOOR: dict[str, Any] = {
    "identity_store_id": "d-1",
    "user_id": "f81d4fae",
    "user_name": "noor",
    "display_name": "Noor",
    "name": {"formatted": "Noor Ali", "given_name": "Noor"},
    "primary_email": "noor@example.com",
    "user_status": "ENABLED",
}
STAFF = {"identity_store_id": "d-1", "user_id": "f81d4fae", "group_id": "0001", "group_name": "staff"}


def user(stream: str, row: dict[str, Any], memberships: Any = None) -> dict[str, Any]:
    found = ocsf_row(stream, row, NOW, memberships)
    assert isinstance(found, OcsfRow), str(found)
    assert found.event_class is USER_INVENTORY
    assert faults(found, VERSIONS) == []
    return dict(found.attributes)


def test_a_user_is_collected_when_it_is_read() -> None:
    found = user("users", ADA)

    assert (found["type_uid"], found["time_dt"]) == (500302, "2026-03-01T12:00:00.000Z")
    assert (found["metadata"]["product"], found["actor"]) == (
        {"name": "IAM", "vendor_name": "AWS"},
        {"app_name": "source-aws-iam"},
    )
    assert found["user"] == {
        "uid": ADA["arn"],
        "uid_alt": "AIDAADA",
        "name": "ada",
        "type": "User",
        "type_id": 1,
        "account": {"uid": ACCOUNT, "type": "AWS Account", "type_id": 10},
        "groups": [{"name": "admins"}, {"name": "staff"}],
    }
    assert found["unmapped"] == {"partition": "aws", "mfa_active": "true", "tags.team": "core"}


def test_memberships_bring_the_arns_of_groups() -> None:
    assert user("users", ADA, [ADMINS])["user"]["groups"] == [
        {"uid": ADMINS["group_arn"], "name": "admins"},
        {"name": "staff"},
    ]


@pytest.mark.parametrize(
    ("names", "memberships", "groups"),
    [
        (None, None, None),
        (None, [], []),
        (None, [ADMINS], [{"uid": ADMINS["group_arn"], "name": "admins"}]),
        ([], None, []),
        (None, [{**ADMINS, "user_id": "AIDAOTHER"}, {**ADMINS, "account_id": "210987654321"}], []),
    ],
)
def test_groups_that_are_not_known_are_not_none(names: Any, memberships: Any, groups: Any) -> None:
    assert user("users", {**ADA, "group_names": names}, memberships)["user"].get("groups") == groups


def test_a_document_in_a_column_may_nest_as_deep_as_a_record() -> None:
    document: Any = "x"
    for _ in range(DEEPEST):
        document = {"a": document}
    policies = [{"policy_name": "deep", "policy_document": document}]

    assert user("users", {**ADA, "inline_policies": policies})["unmapped"]["inline_policies"].count("{") == DEEPEST + 1
    for _ in range(2 * DEEPEST):
        document = {"a": document}
    deeper = ocsf_row("users", {**ADA, "tags": document}, NOW)
    assert isinstance(deeper, UnmappedRow)
    assert deeper.reason is Reason.TOO_DEEP


def test_the_root_user_is_an_admin() -> None:
    assert user("users", {**ADA, "is_root": True})["user"]["type"] == "Admin"


def test_a_user_of_identity_center_has_store_email_and_groups() -> None:
    found = user("identity_center_users", NOOR, [STAFF, {**STAFF, "identity_store_id": "d-2"}])

    assert found["metadata"]["product"]["name"] == "IAM Identity Center"
    assert found["user"] == {
        "uid": "f81d4fae",
        "uid_alt": "f81d4fae",
        "name": "noor",
        "type": "User",
        "type_id": 1,
        "full_name": "Noor Ali",
        "email_addr": "noor@example.com",
        "domain": "d-1",
        "groups": [{"uid": "0001", "name": "staff"}],
    }
    assert found["cloud"] == {"provider": "AWS"}
    assert "groups" not in user("identity_center_users", NOOR)["user"]


@pytest.mark.parametrize("email", ["noor", "noor@example.com\n", "nöor@example.com", "noor@example", 7])
def test_an_email_that_ocsf_refuses_is_unmapped(email: Any) -> None:
    found = user("identity_center_users", {**NOOR, "primary_email": email})

    assert "email_addr" not in found["user"]
    assert found["unmapped"]["primary_email"] == str(email)


def test_a_user_and_its_memberships_have_the_same_key() -> None:
    assert user_key("users", ADA) == user_key("group_members", ADMINS)
    assert user_key("identity_center_users", NOOR) == user_key("identity_center_group_members", STAFF)


@pytest.mark.parametrize("row", [{}, {"user_id": 7}, {"arn": [], "user_name": ""}])
def test_a_row_that_names_no_user_is_none(row: dict[str, Any]) -> None:
    found = ocsf_row("users", row, NOW)

    assert isinstance(found, UnmappedRow)
    assert found.reason is Reason.NO_USER
