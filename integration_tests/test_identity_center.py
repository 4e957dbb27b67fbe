"""IAM Identity Center: people, groups, permission sets and assignments, compared with the ground truth row by row."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import Answer, Call, EmbeddedAws, Fault
from embedded_aws.control.faults import Kind
from embedded_aws.scenarios.member_accounts import MEMBER_ROLE, Account, account_ids
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.server.identity_center import Instance
from embedded_aws.server.organization import Member, Organization
from embedded_aws.truth import permission_sets, truth_of
from embedded_aws.truth.comparison import first_differences
from integration_tests.conftest import FAST
from integration_tests.connector import FEW_ATTEMPTS, Json, Output, read
from integration_tests.test_read import assert_complete, tables

STREAMS = [
    "identity_center_instances",
    "identity_center_users",
    "identity_center_groups",
    "identity_center_group_members",
    "permission_sets",
    "permission_set_policies",
    "account_assignments",
]
OF_STORE, OF_ADMINISTRATOR = STREAMS[:4], STREAMS[4:]
IDS = account_ids(4)
EXTERNAL_ID = "of-the-whole-organization"
FEW = People(people=8, groups=3, permission_sets=5)


@pytest.fixture
def aws(empty_aws: EmbeddedAws) -> EmbeddedAws:
    """The home account is the management account of an organization of five."""
    empty_aws.organize(Organization(accounts=[Member(one, f"account {one[-1]}") for one in IDS]))
    return empty_aws


def organization(aws: EmbeddedAws, **overrides: Any) -> Json:
    """A config that reads all accounts but the home account."""
    accounts = {"scope": "organization", "role_name": MEMBER_ROLE, "external_id": EXTERNAL_ID}
    return aws.config(accounts=accounts, **{**FAST, **overrides})


def open_members(aws: EmbeddedAws) -> None:
    aws.open_accounts([Account(one, users=0, groups=0, external_id=EXTERNAL_ID) for one in IDS])


def asked(aws: EmbeddedAws) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, _, action), count in aws.requests.items():
        found[action] += count
    return found


def assert_assignments(aws: EmbeddedAws, output: Output, read_accounts: list[str]) -> None:
    origin = {"partition": "aws"}
    expected = [{**origin, **row} for row in permission_sets.account_assignments(aws, read_accounts)]
    found = tables(output, ["account_assignments"])
    assert first_differences({"account_assignments": expected}, found) == []


def test_who_holds_what_where_is_read_completely_and_with_few_requests(aws: EmbeddedAws, tmp_path: Path) -> None:
    instance = open_identity_center(aws, [aws.account_id, *IDS])
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert_complete(aws, output, STREAMS)
    sizes = {stream: len(output.records(stream)) for stream in STREAMS[:5]}
    members = len(instance.memberships)
    assert sizes == dict(zip(STREAMS[:5], (1, 300, 40, members, 12), strict=True))
    requests = asked(aws)
    pairs = sum(len(one.provisioned) for one in instance.permission_sets.values())
    pages = 3 + 1 + sum(max(1, -(-row["member_count"] // 100)) for row in output.records("identity_center_groups"))
    assert requests["sso:ListAccountAssignments"] == pairs
    assert sum(requests.values()) <= pages + 6 * 12 + pairs + 100
    assert not [action for action in requests if action.startswith("identitystore:Describe")]


def test_a_role_is_that_of_its_permission_set_account_and_region(aws: EmbeddedAws, tmp_path: Path) -> None:
    """The seed has roles of longer names, of another Region and of an instance that was deleted."""
    open_identity_center(aws, [aws.account_id], region="eu-west-1")
    output = read(aws.config(**FAST), tmp_path, streams=["account_assignments", "roles"])
    assert_assignments(aws, output, [aws.account_id])
    roles = {row["arn"]: row for row in output.records("roles")}
    rows = output.records("account_assignments")
    assert {row["permission_set_name"] for row in rows} >= {"Admin", "Admin_0123456789abcdef", "Ops+Support=24,7"}
    assert all(roles[row["role_arn"]]["permission_set_name"] == row["permission_set_name"] for row in rows)
    assert all("/eu-west-1/" in row["role_arn"] for row in rows)


def test_the_roles_of_all_accounts_that_are_read_are_named(aws: EmbeddedAws, tmp_path: Path) -> None:
    open_members(aws)
    open_identity_center(aws, [aws.account_id, *IDS], FEW)
    output = read(organization(aws), tmp_path, streams=STREAMS)
    assert (output.exit_code, set(output.statuses.values())) == (0, {"COMPLETE"})
    assert_assignments(aws, output, IDS)
    unread = [row for row in output.records("account_assignments") if row["target_account_id"] == aws.account_id]
    assert unread
    assert {tuple(row["unavailable_fields"]) for row in unread} == {("role_arn", "role_id")}
    assert asked(aws)["iam:ListRoles"] == len(IDS)


def test_an_account_whose_roles_cannot_be_read_is_named_and_no_row_is_missing(aws: EmbeddedAws, tmp_path: Path) -> None:
    open_members(aws)
    open_identity_center(aws, IDS, FEW)
    aws.fail(Fault("iam:ListRoles", "unavailable", times=None, account_id=IDS[0]))
    output = read(organization(aws), tmp_path, streams=["account_assignments"], constants=FEW_ATTEMPTS)
    assert_assignments(aws, output, IDS[1:])
    assert any(f"Account {IDS[0]} is left out of account_assignments" in text for text in output.warnings)


def test_the_instance_of_a_member_account_is_read_too(aws: EmbeddedAws, tmp_path: Path) -> None:
    open_members(aws)
    open_identity_center(aws, IDS[:2], FEW)
    own = open_identity_center(aws, [], FEW, owner=IDS[1], region="eu-west-1")
    output = read(organization(aws), tmp_path, streams=STREAMS)
    assert set(output.statuses.values()) == {"COMPLETE"}
    streams = {stream: [*truth_of(aws, [stream])[stream], *of_member(aws, IDS[1], stream)] for stream in OF_STORE}
    assert first_differences(streams, tables(output, OF_STORE)) == []
    instances = {row["instance_arn"]: row for row in output.records("identity_center_instances")}
    assert instances[own.arn]["is_organization_instance"] is False
    assert instances[own.arn]["access_control_attributes"] == []
    assert own.arn not in {row["instance_arn"] for row in output.records("permission_sets")}
    assert asked(aws)["sso:ListInstances"] == 1 + len(IDS)


def of_member(aws: EmbeddedAws, account_id: str, stream: str) -> list[Any]:
    """What only that account sees."""
    view = aws.within(account_id)
    view.identity_center = [one for one in aws.identity_center if one.owner == account_id]
    return truth_of(view, [stream])[stream]


@pytest.mark.parametrize("home", ["hub", "member"])
def test_the_delegated_administrator_is_asked_where_the_credentials_are_of_another_account(
    home: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    """With the hub's own credentials if it is the one, and else with the role of the account that it is."""
    aws, management, member = empty_aws, "555555555555", IDS[0]
    administrator = aws.account_id if home == "hub" else member
    delegated = {aws.account_id: ["config.amazonaws.com"], member: []}
    delegated[administrator] = [*delegated[administrator], "sso.amazonaws.com"]
    described = Organization(accounts=[aws.account_id, *IDS], management=management, delegated=delegated)
    aws.organize(described)
    open_members(aws)
    open_identity_center(aws, IDS, FEW, owner=management)
    output = read(organization(aws), tmp_path, streams=STREAMS)
    assert set(output.statuses.values()) == {"COMPLETE"}, output.errors
    assert len(output.records("permission_sets")) == 5
    assert_assignments(aws, output, IDS)
    assert {key[0] for key in aws.requests if key[2] == "sso:DescribePermissionSet"} == {administrator}


def test_a_member_reads_people_and_is_told_which_account_reads_permission_sets(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    aws = empty_aws
    aws.organize(Organization(accounts=[aws.account_id, *IDS], management="555555555555"))
    open_identity_center(aws, IDS, FEW, owner="555555555555")
    output = read(aws.config(**FAST), tmp_path, streams=[*OF_STORE[1:], *OF_ADMINISTRATOR])
    assert output.statuses == {
        **dict.fromkeys(OF_STORE[1:], "COMPLETE"),
        **dict.fromkeys(OF_ADMINISTRATOR, "INCOMPLETE"),
    }
    assert first_differences(truth_of(aws, OF_STORE[1:]), tables(output, OF_STORE[1:])) == []
    assert all("The permission for sso:ListPermissionSets" in error["message"] for error in output.errors)
    assert all("to account 555555555555, the management account" in error["message"] for error in output.errors)


@pytest.mark.parametrize("in_organization", [True, False])
def test_no_instance_is_an_empty_stream_and_no_failure(
    empty_aws: EmbeddedAws, tmp_path: Path, *, in_organization: bool
) -> None:
    if in_organization:
        empty_aws.organize(Organization())
    output = read(empty_aws.config(**FAST), tmp_path, streams=STREAMS)
    assert (output.exit_code, output.statuses) == (0, dict.fromkeys(STREAMS, "COMPLETE"))
    assert {stream: output.records(stream) for stream in STREAMS} == {stream: [] for stream in STREAMS}
    for stream in STREAMS:
        assert f"{stream}: the accounts that are read see no instance of IAM Identity Center" in output.stdout
    assert asked(empty_aws)["sso:ListInstances"] == 1


def test_an_account_in_no_organization_may_have_an_instance(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(empty_aws, [], FEW)
    output = read(empty_aws.config(**FAST), tmp_path, streams=STREAMS)
    assert_complete(empty_aws, output, STREAMS)
    assert len(output.records("identity_center_users")) == 8
    assert output.records("permission_sets") == []


@pytest.mark.parametrize("given", ["nothing", "the Region"])
def test_the_region_of_the_instance_is_found_or_given(given: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [aws.account_id], FEW, region="ap-southeast-2")
    aws.knows_region_scope = False
    chosen = {"identity_center_region": "ap-southeast-2"} if given == "the Region" else {}
    output = read(aws.config(**FAST, **chosen), tmp_path, streams=STREAMS)
    assert_complete(aws, output, STREAMS)
    assert len(output.records("permission_sets")) == 5
    assert asked(aws)["sso:ListInstances"] == (1 if chosen else 1 + len(aws.regions))


def test_an_account_that_may_not_be_asked_is_named(aws: EmbeddedAws, tmp_path: Path) -> None:
    """Its own instance would be missing."""
    open_members(aws)
    open_identity_center(aws, IDS, FEW)
    aws.fail(Fault("sso:ListInstances", "access_denied", times=None, account_id=IDS[2]))
    output = read(organization(aws), tmp_path, streams=["identity_center_users", "sync_coverage"])
    assert (output.exit_code, output.statuses["identity_center_users"]) == (0, "INCOMPLETE")
    assert len(output.records("identity_center_users")) == 8
    assert any(f"Account {IDS[2]} is left out of identity_center_users" in text for text in output.warnings)
    [row] = [row for row in output.records("sync_coverage") if row["account_id"] == IDS[2]]
    assert (row["status"], row["missing_action"]) == ("denied", "sso:ListInstances")


def test_credentials_that_may_not_list_instances_fail(aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [aws.account_id], FEW)
    aws.fail(Fault("sso:ListInstances", "access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert (output.exit_code, output.statuses) == (1, dict.fromkeys(STREAMS, "INCOMPLETE"))
    assert all("sso:ListInstances" in error["message"] for error in output.errors)
    assert {error["failure_type"] for error in output.errors} == {"config_error"}


@pytest.mark.parametrize("kind", ["throttle", "reset", "truncated_body"])
def test_what_goes_wrong_on_page_two_loses_nothing(kind: Kind, aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [], People(people=250, groups=4, permission_sets=1))
    aws.fail(Fault("identitystore:ListUsers", kind, times=1, after=1))
    output = read(aws.config(**FAST), tmp_path, streams=["identity_center_users"])
    if kind == "truncated_body":
        assert output.statuses == {"identity_center_users": "INCOMPLETE"}
        [error] = output.errors
        assert error["failure_type"] == "transient_error"
        assert len(output.records("identity_center_users")) == 100
    else:
        assert_complete(aws, output, ["identity_center_users"])


def test_a_group_and_a_permission_set_that_are_deleted_meanwhile_are_left_out(aws: EmbeddedAws, tmp_path: Path) -> None:
    instance = open_identity_center(aws, [aws.account_id], FEW)
    group, one = list(instance.groups)[-1], list(instance.permission_sets)[-1]
    aws.after("identitystore:ListGroups", 1, lambda: instance.groups.pop(group))
    aws.after("sso:ListPermissionSets", 1, lambda: instance.permission_sets.pop(one))
    streams = ["identity_center_groups", "permission_sets"]
    output = read(aws.config(**FAST), tmp_path, streams=streams)
    assert_complete(aws, output, streams)


def test_the_assignment_of_a_user_who_was_deleted_stays(aws: EmbeddedAws, tmp_path: Path) -> None:
    instance = open_identity_center(aws, [aws.account_id], FEW)
    output = read(aws.config(**FAST), tmp_path, streams=["account_assignments"])
    [row] = [row for row in output.records("account_assignments") if row["principal_id"].endswith("-000000000000")]
    assert row["principal_id"] not in instance.users
    assert "principal_name" not in row
    assert row["unavailable_fields"] == []


def test_odd_users_groups_and_documents_become_rows(aws: EmbeddedAws, tmp_path: Path) -> None:
    instance = open_identity_center(aws, [aws.account_id], FEW)
    _make_odd(instance)
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert set(output.statuses.values()) == {"COMPLETE"}
    rows = {row["user_id"]: row for row in output.records("identity_center_users")}
    assert rows.keys() == instance.users.keys()
    assert len(output.records("identity_center_groups")) == 3
    [odd] = [row for row in output.records("permission_sets") if row.get("inline_policy_text")]
    assert odd["inline_policy_text"] == "[1, 2]"
    assert "inline_policy" not in odd
    [policy] = [row for row in output.records("permission_set_policies") if row.get("document_text")]
    assert (policy["policy_type"], policy["document_text"]) == ("inline", "[1, 2]")


def _make_odd(instance: Instance) -> None:
    first, second = list(instance.users)[:2]
    instance.users[first] = {"IdentityStoreId": instance.store_id, "UserId": first}
    instance.users[second]["Emails"] = [{"Type": "work"}, {}]
    instance.users[second]["UserName"] = "\u202eevil\u0000name\ud800"
    group = next(iter(instance.groups))
    instance.groups[group] = {"IdentityStoreId": instance.store_id, "GroupId": group}
    next(iter(instance.permission_sets.values())).inline = "[1, 2]"


BY_KMS = {
    "AccessDeniedException": ("KMS_ACCESS_DENIED", "Allow kms:Decrypt on that key", "config_error"),
    "ThrottlingException": ("KMS_THROTTLING", "AWS KMS kept throttling the decryption", "transient_error"),
}


@pytest.mark.parametrize("code", BY_KMS)
def test_a_key_of_the_customer_is_named_as_the_cause(code: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    reason, words, type_ = BY_KMS[code]
    open_identity_center(aws, [aws.account_id], FEW)
    body = f'{{"__type": "{code}", "Message": "KMS says no", "Reason": "{reason}", "RetryAfterSeconds": 1}}'

    def by_kms(_call: Call, answer: Answer) -> Answer:
        return Answer(400, body.encode(), answer.headers)

    aws.rewrite("identitystore:ListUsers", by_kms)
    output = read(aws.config(**FAST), tmp_path, streams=["identity_center_users"], constants=FEW_ATTEMPTS)
    assert output.statuses == {"identity_center_users": "INCOMPLETE"}
    [error] = output.errors
    assert error["failure_type"] == type_
    assert words in error["message"]
    assert "identitystore:ListUsers" in error["message"]


def test_a_call_that_aws_finds_invalid_is_not_taken_for_no_instance(aws: EmbeddedAws, tmp_path: Path) -> None:
    """Only with RegionScope it means that the endpoint does not know RegionScope."""
    open_identity_center(aws, [aws.account_id], FEW)
    body = b'{"__type": "ValidationException", "Message": "no"}'
    aws.rewrite("sso:ListInstances", lambda _, answer: Answer(400, body, answer.headers))
    output = read(aws.config(**FAST), tmp_path, streams=["identity_center_users"])
    assert (output.exit_code, output.statuses) == (1, {"identity_center_users": "INCOMPLETE"})
