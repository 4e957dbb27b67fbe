"""organization_policies and organization_policy_targets: odd answers, and calls that are denied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from unit_tests.iam.aws_answers import ACCOUNT_ID, DENIED, OddAnswers, by
from unit_tests.inventory import slice_of, stream_of

POLICIES, TARGETS = "organization_policies", "organization_policy_targets"
CONTROL, TAG = "SERVICE_CONTROL_POLICY", "TAG_POLICY"
ENABLED = [{"Type": CONTROL, "Status": "ENABLED"}]
ARN = f"arn:aws:organizations::{ACCOUNT_ID}"
ROOT: dict[str, Any] = {"Id": "r-ab12", "Arn": f"{ARN}:root/o-example/r-ab12", "PolicyTypes": ENABLED}
DENY = {
    "Id": "p-11111111",
    "Arn": f"{ARN}:policy/o-example/service_control_policy/p-11111111",
    "Name": "deny",
    "Description": "No.",
    "Type": CONTROL,
    "AwsManaged": False,
}
UNIT = {"Id": "ou-ab12-11111111", "Arn": f"{ARN}:ou/o-example/ou-ab12-11111111"}
ACCOUNT = {"Id": ACCOUNT_ID, "Paths": [f"o-example/r-ab12/ou-ab12-11111111/{ACCOUNT_ID}/"]}
UNIT_PATH = "o-example/r-ab12/ou-ab12-11111111/"
GONE = "PolicyNotFoundException"


def answers(**table: Any) -> OddAnswers:
    usual: dict[str, Any] = {
        "ListRoots": {"Roots": [ROOT]},
        "ListPolicies": {"Policies": [DENY]},
        "DescribePolicy": {"Policy": {"Content": "{}"}},
        "ListOrganizationalUnitsForParent": by("ParentId", {"r-ab12": {"OrganizationalUnits": [UNIT]}}, NO_UNITS),
        "ListAccounts": {"Accounts": [ACCOUNT]},
    }
    return OddAnswers({**usual, **table})


NO_UNITS: Mapping[str, Any] = {"OrganizationalUnits": []}


def rows_of(stream: str, aws: OddAnswers) -> list[dict[str, Any]]:
    return [dict(row) for row in stream_of(aws.context, stream).read_records({}, slice_of(ACCOUNT_ID))]


def policies(**table: Any) -> list[dict[str, Any]]:
    return rows_of(POLICIES, answers(**table))


def content(text: str | None) -> dict[str, Any]:
    [row] = policies(DescribePolicy={"Policy": {"PolicySummary": DENY, "Content": text}})
    return {name: row[name] for name in ("content", "content_text", "statements", "unavailable_fields")}


def targets(*listed: Any, **table: Any) -> list[dict[str, Any]]:
    return rows_of(TARGETS, answers(**{"ListTargetsForPolicy": {"Targets": listed}, **table}))


def test_statements_have_the_columns_that_they_have_in_policy_statements() -> None:
    document = {"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}}
    found = content(json.dumps(document))
    [statement] = found["statements"]
    assert (found["content"], found["content_text"]) == (document, None)
    assert (statement["actions"], statement["principals"]) == (["s3:*"], {"AWS": ["*"]})


@pytest.mark.parametrize(
    ("text", "object_", "kept", "statements"),
    [
        ('{"tags": {"a": "100%25"}}', {"tags": {"a": "100%25"}}, None, None),
        ('{"Statement": []}', {"Statement": []}, None, []),
        ("not JSON %7B", None, "not JSON %7B", None),
        ("[1]", None, "[1]", None),
        ('{"a":' * 70 + "1" + "}" * 70, None, '{"a":' * 70 + "1" + "}" * 70, None),
        ("", None, "", None),
        (None, None, None, None),
    ],
)
def test_content_is_an_object_or_else_its_text_as_it_was_sent(
    text: str | None, object_: Any, kept: str | None, statements: Any
) -> None:
    assert content(text) == {
        "content": object_,
        "content_text": kept,
        "statements": statements,
        "unavailable_fields": [],
    }


def test_content_that_aws_denies_is_null_and_named() -> None:
    [row] = policies(DescribePolicy=DENIED)
    assert row["unavailable_fields"] == ["content", "content_text", "statements"]
    assert {row[name] for name in row["unavailable_fields"]} == {None}
    assert (row["policy_name"], row["description"], row["aws_managed"]) == ("deny", "No.", False)


def test_only_enabled_types_are_listed_each_once_also_new_ones() -> None:
    types = [
        {"Type": CONTROL, "Status": "ENABLED"},
        {"Type": TAG, "Status": "PENDING_DISABLE"},
        {"Type": "MOON_POLICY", "Status": "ENABLED"},
        {"Type": "UNTOLD_POLICY"},
    ]
    aws = answers(ListRoots={"Roots": [{**ROOT, "PolicyTypes": types}, {**ROOT, "PolicyTypes": types}]})
    assert [row["policy_id"] for row in rows_of(POLICIES, aws)] == [DENY["Id"]]
    listed = [request["Filter"] for operation, request in aws.asked if operation == "ListPolicies"]
    assert listed == [CONTROL, "MOON_POLICY", "UNTOLD_POLICY"]


@pytest.mark.parametrize("types", [[], None])
@pytest.mark.parametrize("stream", [POLICIES, TARGETS])
def test_without_enabled_types_there_are_no_rows(stream: str, types: Any) -> None:
    assert rows_of(stream, answers(ListRoots={"Roots": [{**ROOT, "PolicyTypes": types}]})) == []


@pytest.mark.parametrize("stream", [POLICIES, TARGETS])
def test_a_type_without_a_name_is_no_answer(stream: str) -> None:
    """Its policies would be missing silently."""
    aws = answers(ListRoots={"Roots": [{**ROOT, "PolicyTypes": [{"Status": "ENABLED"}]}]})
    with pytest.raises(AirbyteTracedException, match=r"organizations:ListRoots .* not AWS's"):
        rows_of(stream, aws)


@pytest.mark.parametrize("listed", [{"Arn": DENY["Arn"]}, {"Id": DENY["Id"]}])
def test_a_policy_is_known_by_its_id_or_by_the_end_of_its_arn(listed: dict[str, Any]) -> None:
    [row] = policies(ListPolicies={"Policies": [None, {}, listed]})
    assert (row["policy_id"], row["policy_arn"], row["policy_type"]) == (DENY["Id"], listed.get("Arn"), None)


def test_a_policy_that_nobody_can_tell_is_no_answer() -> None:
    with pytest.raises(AirbyteTracedException, match=r"organizations:ListPolicies .* not AWS's"):
        policies(ListPolicies={"Policies": [{"Name": "which?"}]})


def test_a_policy_that_is_on_two_pages_is_read_once() -> None:
    assert len(policies(ListPolicies={"Policies": [DENY, DENY]})) == 1


@pytest.mark.parametrize(("stream", "call"), [(POLICIES, "DescribePolicy"), (TARGETS, "ListTargetsForPolicy")])
def test_a_policy_that_was_deleted_since_it_was_listed_has_no_rows(stream: str, call: str) -> None:
    assert rows_of(stream, answers(**{call: GONE})) == []


@pytest.mark.parametrize("call", ["ListRoots", "ListPolicies", "ListTargetsForPolicy"])
def test_a_call_for_rows_that_is_denied_fails_the_stream_with_its_name(call: str) -> None:
    with pytest.raises(AirbyteTracedException, match=f"The permission for organizations:{call} in account "):
        targets(**{call: DENIED})


def test_roots_and_policies_are_listed_once_for_all_streams() -> None:
    aws = answers(ListTargetsForPolicy={"Targets": [{"TargetId": ROOT["Id"], "Type": "ROOT"}]})
    for stream in (POLICIES, TARGETS):
        rows_of(stream, aws)
    assert sorted(aws.operations) == ["DescribePolicy", "ListPolicies", "ListRoots", "ListTargetsForPolicy"]


PLACES: dict[str, tuple[dict[str, Any], str]] = {
    "ROOT": ({"TargetId": ROOT["Id"], "Arn": ROOT["Arn"]}, "o-example/r-ab12/"),
    "ORGANIZATIONAL_UNIT": ({"TargetId": UNIT["Id"], "Arn": UNIT["Arn"]}, UNIT_PATH),
    "ACCOUNT": ({"TargetId": ACCOUNT_ID, "Arn": f"{ARN}:account/o-example/{ACCOUNT_ID}"}, UNIT_PATH),
}


@pytest.mark.parametrize("left_out", ["", "TargetId", "Arn"])
@pytest.mark.parametrize(("kind", "place"), PLACES.items())
def test_the_path_of_a_target_is_that_of_other_streams(kind: str, place: Any, left_out: str) -> None:
    target, path = place
    listed = {name: value for name, value in target.items() if name != left_out}
    [row] = targets({**listed, "Name": "it", "Type": kind})
    assert row == {
        "partition": "aws",
        "policy_id": DENY["Id"],
        "policy_name": "deny",
        "policy_type": CONTROL,
        "target_id": target["TargetId"],
        "target_arn": listed.get("Arn"),
        "target_name": "it",
        "target_type": kind,
        "path": path,
        "unavailable_fields": [],
    }


@pytest.mark.parametrize("kind", ["MOON", None])
def test_a_target_of_another_kind_has_a_row_without_a_path(kind: str | None) -> None:
    [row] = targets({"TargetId": ACCOUNT_ID, "Type": kind})
    assert (row["target_type"], row["path"], row["unavailable_fields"]) == (kind, None, [])


def test_a_target_without_an_id_has_a_key_all_the_same() -> None:
    rows = targets({"Name": "which?"}, {"Name": "and which?"}, None, {})
    assert len({row["target_id"] for row in rows if row["target_id"].startswith("without-id-")}) == 2


@pytest.mark.parametrize(
    ("call", "kind"), [("ListOrganizationalUnitsForParent", "ORGANIZATIONAL_UNIT"), ("ListAccounts", "ACCOUNT")]
)
def test_a_path_that_aws_denies_is_null_and_named_where_it_is_needed(call: str, kind: str) -> None:
    every = [{**target, "Type": name} for name, (target, _) in PLACES.items()]
    rows = {row["target_type"]: row for row in targets(*every, **{call: DENIED})}
    assert {name for name, row in rows.items() if row["unavailable_fields"] == ["path"]} == {kind}
    assert {name for name, row in rows.items() if row["path"] is None} == {kind}


@pytest.mark.parametrize("account", [{"Id": ACCOUNT_ID}, {"Id": "210987654321"}])
def test_a_path_that_organizations_does_not_say_is_null_and_not_named(account: dict[str, Any]) -> None:
    [row] = targets({"TargetId": ACCOUNT_ID, "Type": "ACCOUNT"}, ListAccounts={"Accounts": [account]})
    assert (row["path"], row["unavailable_fields"]) == (None, [])


@pytest.mark.parametrize("stream", [POLICIES, TARGETS])
def test_outside_of_an_organization_there_are_no_rows(stream: str) -> None:
    assert rows_of(stream, answers(ListRoots="AWSOrganizationsNotInUseException")) == []
