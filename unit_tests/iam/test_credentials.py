"""Credentials of users: from the report or per-entity calls, and null where denied."""

from __future__ import annotations

from typing import Any

import pytest

from aws_calls.errors import AbsentError
from source_aws_iam.iam.credential_report import credential_report
from source_aws_iam.iam.credentials import (
    ACTIVITY,
    CERTIFICATES,
    KEY_STATUS,
    KEY_USE,
    OF_CREDENTIALS,
    ONLY_IN_REPORT,
    credentials,
)
from unit_tests.iam.aws_answers import DAY, DENIED, GONE, IAM, Answers, OddAnswers, by, key, paged, used, user
from unit_tests.iam.report_lines import MADE, answer, line

ANA = {"user_id": user("ana")["UserId"], "user_name": "ana", "arn": f"{IAM}:user/ana", "is_root": False}
DEVICE = {"UserName": "ana", "SerialNumber": "GAHT12345678", "EnableDate": DAY}
VIRTUAL = {"SerialNumber": f"{IAM}:mfa/ana", "User": user("ana"), "EnableDate": DAY}
REFUSED = dict.fromkeys(
    ["GetLoginProfile", "ListMFADevices", "ListAccessKeys", "GetAccessKeyLastUsed", "ListSigningCertificates"], DENIED
)


def allowed(**table: Any) -> dict[str, Any]:
    return {
        "GetLoginProfile": {"LoginProfile": {"UserName": "ana", "CreateDate": DAY}},
        "ListMFADevices": paged("MFADevices", [DEVICE]),
        "ListAccessKeys": paged("AccessKeyMetadata", [key("ana", 1, "2026-02-02T00:00:00Z"), key("ana", 2, DAY)]),
        "GetAccessKeyLastUsed": by(
            "AccessKeyId",
            {
                key("ana", 1)["AccessKeyId"]: used("ana", "2026-03-03T00:00:00Z"),
                key("ana", 2)["AccessKeyId"]: used("ana", None, "N/A", "N/A"),
            },
        ),
        "ListSigningCertificates": paged("Certificates", []),
        **table,
    }


def one_by_one(table: Any, **more: Any) -> Any:
    return credentials(Answers(table).iam, {**ANA, **more}, None)


def from_report(table: Any, more: Any = None, **cells: str) -> Any:
    aws = Answers({"GetCredentialReport": answer(line("ana", **cells)), **table})
    return credentials(aws.iam, {**ANA, **(more or {})}, credential_report(aws.iam))


def test_from_the_report_nothing_else_is_asked_for_a_user_without_mfa() -> None:
    cells = {"access_key_2_active": "TRUE", "access_key_2_last_rotated": DAY, "access_key_2_last_used_date": DAY}
    row = from_report({}, {"password_last_used": "2025-01-01T00:00:00Z"}, password_enabled="true", **cells)
    assert row["password_enabled"] is True
    assert row["mfa_devices"] == []
    assert row["report_generated_at"] == MADE
    assert [slot["create_date"] for slot in row["access_keys"]] == [DAY]
    assert (row["last_activity_at"], row["last_activity_source"]) == (DAY, "access_key_2")
    assert row["unavailable_fields"] == []
    assert set(OF_CREDENTIALS) <= set(row)


@pytest.mark.parametrize(
    ("table", "serials", "hidden"),
    [
        ({"ListVirtualMFADevices": paged("VirtualMFADevices", [VIRTUAL])}, [VIRTUAL["SerialNumber"]], []),
        # A hardware or FIDO device, which nobody asks for.
        ({"ListVirtualMFADevices": paged("VirtualMFADevices", [])}, None, []),
        (
            {"ListVirtualMFADevices": DENIED, "ListMFADevices": paged("MFADevices", [DEVICE])},
            [DEVICE["SerialNumber"]],
            [],
        ),
        ({"ListVirtualMFADevices": DENIED, "ListMFADevices": DENIED}, None, ["mfa_devices"]),
    ],
)
@pytest.mark.parametrize("active", ["true", "no_information"])
def test_devices_of_a_user_who_has_one_are_shown_or_named_where_aws_denies_them(
    table: Any, serials: Any, hidden: list[str], active: str
) -> None:
    row = from_report(table, mfa_active=active)
    found = row["mfa_devices"]
    assert (found and [device["serial_number"] for device in found]) == serials
    assert row["unavailable_fields"] == hidden


def test_the_root_user_has_no_name_to_ask_for_devices_by() -> None:
    row = from_report({"ListVirtualMFADevices": DENIED}, {"is_root": True}, mfa_active="true")
    assert row["unavailable_fields"] == ["mfa_devices"]


def test_one_by_one_everything_but_what_only_the_report_knows_is_there() -> None:
    row = one_by_one(allowed(), password_last_used=DAY)
    assert (row["password_enabled"], row["login_profile_created_at"]) == (True, DAY)
    assert row["mfa_devices"] == [{"serial_number": "GAHT12345678", "type": "hardware", "enable_date": DAY}]
    # The report numbers keys, here the older one comes first.
    assert (row["access_key_1_last_rotated"], row["access_key_2_last_rotated"]) == (DAY, "2026-02-02T00:00:00Z")
    assert (row["last_activity_at"], row["last_activity_source"]) == ("2026-03-03T00:00:00Z", "access_key_2")
    assert (row["cert_1_active"], row["cert_1_last_rotated"]) == (False, None)
    assert row["unavailable_fields"] == [*ONLY_IN_REPORT]
    assert set(OF_CREDENTIALS) <= set(row)


def test_a_user_who_is_too_young_for_the_report_lacks_what_only_the_report_has_and_aws_denied_nothing() -> None:
    aws = Answers({"GetCredentialReport": answer(line("bob")), **allowed()})
    row = credentials(aws.iam, {**ANA, "password_last_used": DAY}, credential_report(aws.iam))
    assert [row[name] for name in ONLY_IN_REPORT] == [None, None, None]
    assert (row["password_enabled"], row["unavailable_fields"]) == (True, [])


def test_a_key_that_cannot_be_asked_for_hides_its_use_as_a_denied_call_does() -> None:
    keys = [{**key("ana"), "AccessKeyId": "short"}]
    aws = OddAnswers(allowed(ListAccessKeys=paged("AccessKeyMetadata", keys)))
    row = credentials(aws.iam, {**ANA, "password_last_used": DAY}, None)
    assert {*KEY_USE, *ACTIVITY} <= {*row["unavailable_fields"]}
    assert row["access_key_1_active"] is True


def test_no_login_profile_means_no_password() -> None:
    row = one_by_one(allowed(GetLoginProfile=GONE))
    assert (row["password_enabled"], row["login_profile_created_at"]) == (False, None)


@pytest.mark.parametrize(
    ("call", "hidden"),
    [
        ("GetLoginProfile", {"password_enabled", "login_profile_created_at"}),
        ("ListMFADevices", {"mfa_active", "mfa_devices"}),
        ("ListAccessKeys", {"access_keys", *KEY_STATUS, *KEY_USE, *ACTIVITY}),
        ("GetAccessKeyLastUsed", {*KEY_USE, *ACTIVITY}),
        ("ListSigningCertificates", set(CERTIFICATES)),
    ],
)
def test_what_one_refused_call_hides_is_null_and_named(call: str, hidden: set[str]) -> None:
    row = one_by_one(allowed(**{call: DENIED}), password_last_used=DAY)
    assert set(row["unavailable_fields"]) == hidden | {*ONLY_IN_REPORT}
    assert all(row[name] is None for name in hidden)


def test_where_everything_is_refused_every_column_is_null_and_named() -> None:
    row = one_by_one(REFUSED)
    unavailable = row.pop("unavailable_fields")
    assert set(row.values()) == {None}
    assert set(row) == set(unavailable) >= set(OF_CREDENTIALS)
    assert len(unavailable) == len(set(unavailable))


def test_a_hidden_sign_in_hides_the_last_activity() -> None:
    row = one_by_one(allowed(), unavailable_fields=["password_last_used"])
    assert (row["last_activity_at"], row["last_activity_source"]) == (None, None)
    assert set(ACTIVITY) <= set(row["unavailable_fields"])


def test_nothing_used_is_no_activity_and_nothing_hidden() -> None:
    row = from_report({})
    assert (row["last_activity_at"], row["last_activity_source"], row["unavailable_fields"]) == (None, None, [])


@pytest.mark.parametrize("call", ["ListMFADevices", "ListAccessKeys", "ListSigningCertificates"])
def test_a_user_who_is_gone_is_gone(call: str) -> None:
    with pytest.raises(AbsentError):
        one_by_one(allowed(**{call: GONE}))
