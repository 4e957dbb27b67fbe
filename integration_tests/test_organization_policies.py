"""delegated_administrators, organization_policies and organization_policy_targets, as Airbyte reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import Answer, EmbeddedAws, Fault, Organization
from embedded_aws.scenarios.company import DISABLED, company
from embedded_aws.scenarios.member_accounts import account_ids
from embedded_aws.server.calls import Call
from embedded_aws.server.organization_tree import OrganizationTree
from integration_tests.conftest import FAST
from integration_tests.connector import Output, read, run
from integration_tests.test_read import assert_complete

DELEGATED, POLICIES, TARGETS = "delegated_administrators", "organization_policies", "organization_policy_targets"
STREAMS = (DELEGATED, POLICIES, TARGETS)
ADMINISTRATOR, *IDS = account_ids(31)
HUB = "123456789012"


@pytest.fixture
def tree(empty_aws: EmbeddedAws) -> OrganizationTree:
    return empty_aws.organize(company(IDS[:1], ADMINISTRATOR))


def synced(aws: EmbeddedAws, folder: Path, *streams: str) -> Output:
    return read(aws.config(**FAST), folder, streams=streams or STREAMS)


def asked(aws: EmbeddedAws, call: str) -> int:
    return aws.requests[HUB, "us-east-1", f"organizations:{call}"]


def change(records: str, *edits: Callable[[dict[str, Any]], object]) -> Callable[[Call, Answer], Answer]:
    """Return a rewrite of the first items of a list, one for each edit."""

    def rewrite(_: Call, answer: Answer) -> Answer:
        said = json.loads(answer.body)
        for item, edit in zip(said[records], edits, strict=False):
            edit(item)
        return replace(answer, body=json.dumps(said).encode())

    return rewrite


@pytest.mark.parametrize("empty_pages", [0, 1])
def test_every_row_is_right_on_every_page(empty_pages: int, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """Of service control policies there are two pages, and so there are of what AWS's own is attached to."""
    found = empty_aws.organize(company(IDS, ADMINISTRATOR, controls=21))
    found.empty_pages = empty_pages
    output = synced(empty_aws, tmp_path)
    assert_complete(empty_aws, output, STREAMS)
    assert {row["service_principal"] for row in output.records(DELEGATED)} == {
        "config.amazonaws.com",
        "guardduty.amazonaws.com",
    }
    names = [row["policy_name"] for row in output.records(POLICIES)]
    assert len(names) == 25
    assert not {*DISABLED} & {*names}
    everything = [row["target_id"] for row in output.records(TARGETS) if row["policy_id"] == "p-FullAWSAccess"]
    assert sorted(everything) == sorted([found.root_id, *found.parents])
    assert len(everything) > 30
    assert asked(empty_aws, "ListPolicies") == (2 + 1 + 1) * (1 + empty_pages), "once, for both streams"


def test_paths_are_those_of_units_and_accounts(tree: OrganizationTree, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    output = synced(empty_aws, tmp_path, TARGETS, "organizational_units", "accounts")
    paths = {row["target_id"]: row["path"] for row in output.records(TARGETS)}
    units = {row["ou_id"]: row["path"] for row in output.records("organizational_units")}
    [account] = output.records("accounts")
    assert paths.items() >= {**units, account["account_id"]: account["ou_path"]}.items()
    assert paths[tree.root_id] == f"{tree.id}/{tree.root_id}/"
    assert paths[IDS[0]] == units[tree.place("Production/Europe")]


@pytest.mark.parametrize("described", [None, Organization(all_features=False)], ids=["no organization", "billing only"])
def test_without_policies_the_streams_are_empty(
    described: Organization | None, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    if described:
        empty_aws.organize(described)
    output = synced(empty_aws, tmp_path)
    assert_complete(empty_aws, output, STREAMS)
    assert [output.records(stream) for stream in STREAMS] == [[], [], []]


def test_a_member_account_is_told_what_it_may_not_ask(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.organize(Organization(accounts=[HUB], management=IDS[0]))
    output = synced(empty_aws, tmp_path)
    assert output.statuses == dict.fromkeys(STREAMS, "INCOMPLETE")
    first = {DELEGATED: "ListDelegatedAdministrators", POLICIES: "ListRoots", TARGETS: "ListRoots"}
    for error in output.errors:
        name = error["stream_descriptor"]["name"]
        assert f"The permission for organizations:{first[name]} in account {HUB}" in error["message"]


def test_a_delegated_administrator_reads_the_same(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.organize(replace(company(IDS[:1], HUB), management=IDS[1]))
    assert_complete(empty_aws, synced(empty_aws, tmp_path), STREAMS)


DENIED = {
    "ListDelegatedAdministrators": [DELEGATED],
    "ListDelegatedServicesForAccount": [DELEGATED],
    "ListPolicies": [POLICIES, TARGETS],
    "ListTargetsForPolicy": [TARGETS],
}


@pytest.mark.parametrize("call", DENIED)
def test_a_stream_whose_rows_are_denied_fails_and_names_the_permission(
    call: str, tree: OrganizationTree, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.fail(Fault(f"organizations:{call}", "access_denied", times=None))
    output = synced(empty_aws, tmp_path)
    failed = DENIED[call]
    assert output.statuses == {name: "INCOMPLETE" if name in failed else "COMPLETE" for name in STREAMS}
    assert {error["failure_type"] for error in output.errors} == {"config_error"}
    for error in output.errors:
        assert f"The permission for organizations:{call} in account {HUB}" in error["message"]
    assert not [row for name in failed for row in output.records(name)]


def test_content_that_is_denied_costs_no_row_and_is_named(
    tree: OrganizationTree, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.fail(Fault("organizations:DescribePolicy", "access_denied", times=None))
    output = synced(empty_aws, tmp_path, POLICIES, "sync_coverage")
    assert (output.exit_code, output.errors) == (0, [])
    rows = output.records(POLICIES)
    assert len(rows) == 5
    assert {tuple(row["unavailable_fields"]) for row in rows} == {("content", "content_text", "statements")}
    assert not [row for row in rows if {"content", "content_text", "statements"} & row.keys()]
    [covered] = output.records("sync_coverage")
    assert (covered["status"], covered["missing_action"]) == ("partial", "organizations:DescribePolicy")


def test_check_names_what_is_missing(tree: OrganizationTree, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    for call in ("ListTargetsForPolicy", "DescribePolicy", "ListDelegatedServicesForAccount"):
        empty_aws.fail(Fault(f"organizations:{call}", "access_denied", times=None))
    output = run("check", folder=tmp_path, config=empty_aws.config(**FAST))
    status, message = output.connection_status
    assert status == "SUCCEEDED"
    assert f"Cannot be read: {DELEGATED}, {TARGETS}." in message
    assert f"Can be read without some columns: {POLICIES}" in message


@pytest.mark.parametrize("call", [*DENIED, "DescribePolicy"])
@pytest.mark.parametrize("kind", ["missing_members", "truncated_body"])
def test_a_broken_answer_is_no_empty_list(
    call: str, kind: Any, tree: OrganizationTree, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    empty_aws.fail(Fault(f"organizations:{call}", kind, times=None))
    output = synced(empty_aws, tmp_path)
    failed = DENIED.get(call, [POLICIES])
    assert {name for name, status in output.statuses.items() if status == "INCOMPLETE"} == {*failed}
    assert {error["failure_type"] for error in output.errors} == {"transient_error"}
    for error in output.errors:
        assert f"organizations:{call} in account {HUB}" in error["message"]


def test_what_is_deleted_while_it_is_read_is_left_out(
    tree: OrganizationTree, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    [team] = [policy_id for policy_id, policy in tree.policies.own.items() if policy.name == "team"]

    empty_aws.after("organizations:ListDelegatedAdministrators", 1, tree.delegations.clear)
    empty_aws.after("organizations:ListPolicies", 3, lambda: tree.policies.remove(team))
    output = synced(empty_aws, tmp_path)
    assert_complete(empty_aws, output, STREAMS)
    assert output.records(DELEGATED) == []
    assert team not in {row["policy_id"] for name in (POLICIES, TARGETS) for row in output.records(name)}


def test_odd_records_become_rows(tree: OrganizationTree, empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    def without(*names: str) -> Callable[[dict[str, Any]], object]:
        return lambda item: [item.pop(name) for name in names]

    def content(_: Call, answer: Answer) -> Answer:
        said = json.loads(answer.body)
        said["Policy"]["Content"] = "no JSON %41"
        return replace(answer, body=json.dumps(said).encode())

    empty_aws.rewrite("organizations:DescribePolicy", content)
    empty_aws.rewrite("organizations:ListPolicies", change("Policies", without("Id", "Name"), without("Arn")))
    empty_aws.rewrite(
        "organizations:ListTargetsForPolicy",
        change("Targets", without("TargetId"), lambda item: item.update(Type=7)),
    )
    empty_aws.rewrite(
        "organizations:ListDelegatedServicesForAccount",
        change("DelegatedServices", lambda item: item.update(DelegationEnabledDate="soon")),
    )
    empty_aws.rewrite("organizations:ListDelegatedAdministrators", change("DelegatedAdministrators", without("Id")))
    output = synced(empty_aws, tmp_path)
    assert (output.exit_code, output.errors) == (0, [])
    policies = output.records(POLICIES)
    assert len({row["policy_id"] for row in policies}) == 5
    assert {(row.get("content"), row["content_text"]) for row in policies} == {(None, "no JSON %41")}
    assert len([row for row in policies if "policy_name" not in row]) == 3
    everything = [row["target_id"] for row in output.records(TARGETS) if row["policy_id"] == "p-FullAWSAccess"]
    assert {*everything} == {tree.root_id, *tree.parents}
    delegated = output.records(DELEGATED)
    assert [row["account_id"] for row in delegated] == [ADMINISTRATOR] * 2
    assert len([row for row in delegated if "service_delegation_enabled_date" not in row]) == 1
    assert [text for text in output.warnings if "soon" in text]
