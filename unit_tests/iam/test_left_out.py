"""Members that AWS leaves out of its lists: the row is yielded, and nothing else is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from unit_tests.iam.aws_answers import (
    ACCOUNT_ID,
    DAY,
    DENIED,
    GONE,
    IAM,
    Answers,
    OddAnswers,
    by,
    details,
    group,
    key,
    paged,
    role,
    user,
)
from unit_tests.iam.report_lines import answer, line
from unit_tests.inventory import slice_of, stream_of

BULK = "GetAccountAuthorizationDetails"
DOCUMENT = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
OWN = {"Arn": f"{IAM}:policy/own", "PolicyId": "ANPA000000000000OWN", "PolicyName": "own", "DefaultVersionId": "v2"}
DEVICE = {"SerialNumber": f"{IAM}:mfa/1", "User": user("ana"), "EnableDate": DAY}


def version(number: int, **more: Any) -> dict[str, Any]:
    return {"VersionId": f"v{number}", "IsDefaultVersion": False, "Document": DOCUMENT, "CreateDate": DAY, **more}


def without(item: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}


def account(**table: Any) -> Answers:
    """Two of each, in bulk and listed."""
    users, groups, roles = [user("ana"), user("bob")], [group("dev"), group("ops")], [role("app"), role("old")]
    whole: dict[str, Any] = {
        BULK: details(users=users, groups=groups, roles=roles),
        "ListUsers": paged("Users", users),
        "ListGroups": paged("Groups", groups),
        "ListRoles": paged("Roles", roles),
        "ListVirtualMFADevices": paged("VirtualMFADevices", []),
        "GetAccountSummary": {"SummaryMap": {}},
        "GetCredentialReport": answer(line("<root_account>"), line("ana", mfa_active="true"), line("bob")),
        "ListMFADevices": paged("MFADevices", []),
        "ListGroupsForUser": paged("Groups", []),
        "GetLoginProfile": GONE,
        "ListAccessKeys": paged("AccessKeyMetadata", []),
        "ListSigningCertificates": paged("Certificates", []),
        "ListInstanceProfiles": paged("InstanceProfiles", []),
        "GetGroup": lambda _: {"Group": group("x"), "Users": []},
    }
    return OddAnswers({**whole, **table})


def rows(name: str, **table: Any) -> list[dict[str, Any]]:
    stream = stream_of(account(**table).context, name)
    return [dict(row) for row in stream.read_records({}, slice_of(ACCOUNT_ID))]


KINDS: Mapping[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "users": ("User", user),
    "groups": ("Group", group),
    "roles": ("Role", role),
}


@pytest.mark.parametrize("lacking", ["list", "details", "list, and there are no details"])
@pytest.mark.parametrize("missing", ["Id", "Name", "Arn", "Path", "CreateDate", "Id Arn", "Name Arn", "Id Name"])
@pytest.mark.parametrize("stream", KINDS)
def test_whoever_lacks_a_part_of_the_identity_is_one_row(stream: str, missing: str, lacking: str) -> None:
    kind, make = KINDS[stream]
    left_out = [name if name in ("Arn", "Path", "CreateDate") else f"{kind}{name}" for name in missing.split()]
    whole, bare = [make("first"), make("second")], [without(make("first"), *left_out), make("second")]
    lists = {
        f"List{kind}s": paged(f"{kind}s", whole if lacking == "details" else bare),
        BULK: details(**{stream: bare if lacking == "details" else whole}),
        **({BULK: DENIED} if "no details" in lacking else {}),
    }
    single = {f"Get{kind}": by(f"{kind}Name", {one: {kind: make(one), "Users": []} for one in ("first", "second")})}
    nothing = {
        f"ListAttached{kind}Policies": paged("AttachedPolicies", []),
        f"List{kind}Policies": paged("PolicyNames", []),
    }
    found = rows(stream, **{**single, **nothing, **lists})

    of_first = [row for row in found if not row.get("is_root") and row[f"{kind.lower()}_name"] != "second"]
    assert len(found) - bool(stream == "users") == 2
    [row] = of_first
    assert row[f"{kind.lower()}_id"]
    if lists[BULK] != DENIED and stream != "groups":  # groups are read from either, and not from both
        assert row[f"{kind.lower()}_id"] == make("first")[f"{kind}Id"]
        assert (row["arn"], row["path"]) == (make("first")["Arn"], "/")


@pytest.mark.parametrize("missing", ["UserId", "Arn", "UserName"])
def test_a_device_whose_user_lacks_an_id_costs_neither_users_nor_devices(missing: str) -> None:
    devices = paged("VirtualMFADevices", [{**DEVICE, "User": without(user("ana"), missing)}])
    [device] = rows("mfa_devices", ListVirtualMFADevices=devices)
    assert device["serial_number"] == DEVICE["SerialNumber"]
    users = {row["user_name"]: row for row in rows("users", ListVirtualMFADevices=devices)}
    assert [shown["serial_number"] for shown in users["ana"]["mfa_devices"]] == [DEVICE["SerialNumber"]]
    assert users["bob"]["mfa_devices"] == []


def test_devices_without_a_serial_number_are_rows_of_their_own() -> None:
    devices = paged("VirtualMFADevices", [without(DEVICE, "SerialNumber"), {"EnableDate": DAY}, {}])
    found = rows("mfa_devices", ListVirtualMFADevices=devices)
    assert len({row["serial_number"] for row in found}) == len(found) == 2


@pytest.mark.parametrize(
    ("versions", "default", "shown"),
    [
        ([version(1), version(2)], "v2", True),
        ([version(1), without(version(2), "IsDefaultVersion")], "v2", True),
        ([version(1), version(2, IsDefaultVersion=True)], None, True),
        ([version(1, IsDefaultVersion=True), version(2, IsDefaultVersion=True)], "v2", True),
        ([version(1), version(2)], None, False),
        ([version(2)], None, True),
        ([version(1)], "v2", False),
        ([version(1), version(2)], "v3", False),
        ([without(version(2, IsDefaultVersion=True), "Document")], "v2", False),
        ([], "v2", False),
        (None, "v2", False),
    ],
)
def test_the_version_in_force_is_found_however_aws_tells_it(versions: Any, default: str | None, shown: bool) -> None:
    policy = {**OWN, "DefaultVersionId": default, "PolicyVersionList": versions}
    bulk = details(policies=[{name: value for name, value in policy.items() if value is not None}])
    [row] = rows("policies", **{BULK: bulk})
    assert (row["document"] is not None, row["unavailable_fields"]) == (shown, []), "AWS denied nothing"
    assert len(rows("policy_versions", **{BULK: bulk})) == len(versions or [])
    [statement] = rows("policy_statements", **{BULK: bulk})
    assert statement["source_id"] == OWN["PolicyId"]
    assert statement.get("effect") == ("Allow" if shown else None)


@pytest.mark.parametrize("missing", ["Arn", "PolicyId", "PolicyName", "Arn PolicyId", "Arn PolicyName"])
def test_a_policy_that_lacks_a_part_of_its_identity_is_one_row(missing: str) -> None:
    policy = without({**OWN, "PolicyVersionList": [version(2)]}, *missing.split())
    other = {**OWN, "Arn": f"{IAM}:policy/other", "PolicyId": "ANPA00000000000OTHER", "PolicyVersionList": [version(2)]}
    found = rows("policies", **{BULK: details(policies=[policy, other])})
    assert len({row["policy_id"] for row in found}) == len(found) == 2
    assert all(row["document"] for row in found)


@pytest.mark.parametrize("stream", KINDS)
def test_an_inline_policy_without_a_document_is_shown_without_it(stream: str) -> None:
    kind, make = KINDS[stream]
    inline = {f"{kind}PolicyList": [{"PolicyName": "bare"}, {"PolicyName": "whole", "PolicyDocument": DOCUMENT}]}
    bulk = details(**{stream: [make("first", **inline)]})
    lists = {f"List{kind}s": paged(f"{kind}s", [make("first")])}
    [row] = [row for row in rows(stream, **{BULK: bulk, **lists}) if not row.get("is_root")]
    assert [(one["policy_name"], one["policy_document"] is None) for one in row["inline_policies"]] == [
        ("bare", True),
        ("whole", False),
    ]
    found = {row["policy_name"]: row for row in rows("policy_statements", **{BULK: bulk})}
    assert (found["bare"].get("effect"), found["whole"]["effect"]) == (None, "Allow")


def test_a_list_that_does_not_say_whether_more_follows_is_read_to_its_end() -> None:
    credential = {"ServiceSpecificCredentialId": "ACCA000000000000001", "UserName": "ana", "CreateDate": DAY}
    pages = {
        "": {"ServiceSpecificCredentials": [credential], "Marker": "2"},
        "2": {"ServiceSpecificCredentials": [{**credential, "ServiceSpecificCredentialId": "ACCA000000000000002"}]},
    }
    found = rows(
        "service_specific_credentials", ListServiceSpecificCredentials=lambda request: pages[request.get("Marker", "")]
    )
    assert [row["service_specific_credential_id"][-1] for row in found] == ["1", "2"]


@pytest.mark.parametrize("answered", [{}, {"IsTruncated": True, "Users": []}])
def test_a_list_that_says_nothing_or_hides_what_follows_is_no_list(answered: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"not AWS's|no pagination token"):
        rows("users", ListUsers=answered)


def test_a_key_without_an_id_or_a_date_is_a_row() -> None:
    keys = [without(key("ana"), "AccessKeyId"), without(key("ana", 2), "CreateDate"), {"Status": "Active"}, {}]
    refused = {"GetCredentialReport": DENIED, "GenerateCredentialReport": DENIED, "GetAccessKeyLastUsed": DENIED}
    found = rows(
        "access_keys",
        ListUsers=paged("Users", [user("ana")]),
        ListAccessKeys=paged("AccessKeyMetadata", keys),
        **refused,
    )
    assert len({row["access_key_id"] for row in found}) == len(found) == 3
    assert {row["user_name"] for row in found} == {"ana"}


def test_a_policy_that_is_set_but_says_nothing_is_set() -> None:
    assert rows("password_policy", GetAccountPasswordPolicy={"PasswordPolicy": {}})[0]["is_set"] is True


def test_nothing_that_aws_answers_says_from_which_account_a_row_is() -> None:
    [row] = rows("account_summary", GetAccountSummary={"SummaryMap": {"AccountId": 5, "account_id": 6, "Users": 7}})
    assert (row["account_id"], row["users"]) == ("123456789012", 7)
