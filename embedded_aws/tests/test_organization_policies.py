"""Policies of embedded AWS Organizations for plain boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Organization, Policy, StoppedClock
from embedded_aws.scenarios.company import DISABLED, company
from embedded_aws.server.organization_tree import OrganizationTree
from embedded_aws.tests.test_organization import every, pages, refusal

SHOP, LOGS = "111111111111", "222222222222"
CONTROL, RESOURCE, TAG = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY"
ARN = "arn:aws:organizations::123456789012"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=StoppedClock()) as embedded:
        yield embedded


@pytest.fixture
def tree(aws: EmbeddedAws) -> OrganizationTree:
    return aws.organize(company([SHOP], LOGS, controls=24))


def by_name(aws: EmbeddedAws, kind: str) -> dict[str, Any]:
    return {policy["Name"]: policy for policy in every(aws, "list_policies", Filter=kind)}


def test_the_root_has_the_types_that_are_not_disabled(aws: EmbeddedAws, tree: OrganizationTree) -> None:
    [root] = every(aws, "list_roots")
    assert {one["Type"]: one["Status"] for one in root["PolicyTypes"]} == {
        **dict.fromkeys((CONTROL, RESOURCE, TAG), "ENABLED"),
        "CHATBOT_POLICY": "PENDING_ENABLE",
    }


def test_policies_are_listed_by_type_in_pages_of_twenty_at_most(aws: EmbeddedAws, tree: OrganizationTree) -> None:
    assert [len(page) for page in pages(aws, "list_policies", Filter=CONTROL)] == [20, 5]
    smaller = pages(aws, "list_policies", Filter=CONTROL, PaginationConfig={"PageSize": 10})
    assert [len(page) for page in smaller] == [10, 10, 5]
    assert by_name(aws, CONTROL).keys() == {"FullAWSAccess", *(f"control-{number:02}" for number in range(24))}
    tree.empty_pages = 1
    assert [len(page) for page in pages(aws, "list_policies", Filter=CONTROL)] == [0, 20, 0, 5]


def test_a_policy_is_listed_with_all_that_the_api_says_but_its_content(
    aws: EmbeddedAws, tree: OrganizationTree
) -> None:
    [team] = every(aws, "list_policies", Filter=TAG)
    assert team == {
        "Id": team["Id"],
        "Arn": f"{ARN}:policy/o-a1b2c3d4e5/tag_policy/{team['Id']}",
        "Name": "team",
        "Description": "Everything has a team.",
        "Type": TAG,
        "AwsManaged": False,
    }
    described = aws.client("organizations").describe_policy(PolicyId=team["Id"])["Policy"]
    assert described == {"PolicySummary": team, "Content": tree.policies.own[team["Id"]].content}


@pytest.mark.parametrize(("kind", "policy_id"), [(CONTROL, "p-FullAWSAccess"), (RESOURCE, "p-RCPFullAWSAccess")])
def test_the_policy_of_aws_is_attached_to_everything(
    aws: EmbeddedAws, tree: OrganizationTree, kind: str, policy_id: str
) -> None:
    policy = by_name(aws, kind)[policy_id.removeprefix("p-")]
    assert (policy["Id"], policy["AwsManaged"]) == (policy_id, True)
    assert policy["Arn"] == f"arn:aws:organizations::aws:policy/{kind.lower()}/{policy_id}"
    content = json.loads(aws.client("organizations").describe_policy(PolicyId=policy_id)["Policy"]["Content"])
    assert [one["Effect"] for one in content["Statement"]] == ["Allow"]
    targets = every(aws, "list_targets_for_policy", PolicyId=policy_id)
    assert {one["TargetId"] for one in targets} == {tree.root_id, *tree.units, *tree.members}


def test_targets_are_those_that_a_policy_is_attached_to(aws: EmbeddedAws, tree: OrganizationTree) -> None:
    team = by_name(aws, TAG)["team"]["Id"]
    targets = every(aws, "list_targets_for_policy", PolicyId=team)
    assert sorted(targets, key=lambda one: str(one["Type"])) == [
        {"TargetId": LOGS, "Arn": f"{ARN}:account/{tree.id}/{LOGS}", "Name": f"account-{LOGS}", "Type": "ACCOUNT"},
        {"TargetId": "r-ab12", "Arn": f"{ARN}:root/{tree.id}/r-ab12", "Name": "Root", "Type": "ROOT"},
    ]
    [europe] = every(aws, "list_targets_for_policy", PolicyId=by_name(aws, CONTROL)["control-00"]["Id"])
    place = tree.place("Production/Europe")
    assert europe == {
        "TargetId": place,
        "Arn": f"{ARN}:ou/{tree.id}/{place}",
        "Name": "Europe",
        "Type": "ORGANIZATIONAL_UNIT",
    }
    tree.remove(LOGS)
    assert [one["TargetId"] for one in every(aws, "list_targets_for_policy", PolicyId=team)] == ["r-ab12"]


def test_targets_come_in_pages(aws: EmbeddedAws) -> None:
    aws.organize(company([f"{500000000000 + number}" for number in range(30)], LOGS))
    found = pages(aws, "list_targets_for_policy", PolicyId="p-FullAWSAccess")
    # The root, two units, the administrator and the management account beside them.
    assert [len(page) for page in found] == [20, 15]


def test_a_disabled_type_lists_its_policies_all_the_same(aws: EmbeddedAws, tree: OrganizationTree) -> None:
    assert [*by_name(aws, "BACKUP_POLICY"), *by_name(aws, "CHATBOT_POLICY")] == [*DISABLED]
    assert by_name(aws, "S3_POLICY") == {}


def test_a_type_that_botocore_does_not_know_is_listed_where_the_root_has_it(aws: EmbeddedAws) -> None:
    new = Policy("new", "{}", "MOON_POLICY")
    aws.organize(Organization(policies=[new], policy_types={"MOON_POLICY": "ENABLED"}))
    assert by_name(aws, "MOON_POLICY").keys() == {"new"}


def test_without_all_features_there_are_no_types(aws: EmbeddedAws) -> None:
    aws.organize(Organization(all_features=False))
    [root] = every(aws, "list_roots")
    described = aws.client("organizations").describe_organization()["Organization"]
    assert (root["PolicyTypes"], described["AvailablePolicyTypes"]) == ([], [])
    assert described["FeatureSet"] == "CONSOLIDATED_BILLING"


def test_a_policy_that_is_deleted_is_gone(aws: EmbeddedAws, tree: OrganizationTree) -> None:
    team = by_name(aws, TAG)["team"]["Id"]
    tree.policies.remove(team)
    client = aws.client("organizations")
    assert by_name(aws, TAG) == {}
    assert refusal(client.describe_policy, PolicyId=team)[0] == "PolicyNotFoundException"
    assert refusal(client.list_targets_for_policy, PolicyId=team)[0] == "PolicyNotFoundException"


def test_what_cannot_be_meant_is_refused(aws: EmbeddedAws, tree: OrganizationTree) -> None:
    client = aws.client("organizations")
    token = client.list_policies(Filter=CONTROL)["NextToken"]
    for call, arguments in (
        (client.list_policies, {"Filter": "SCP"}),
        (client.list_policies, {"Filter": CONTROL, "MaxResults": 21}),
        (client.list_policies, {"Filter": TAG, "NextToken": token}),
        (client.list_targets_for_policy, {"PolicyId": "p-FullAWSAccess", "NextToken": token}),
        (client.list_targets_for_policy, {"PolicyId": "p-FullAWSAccess", "MaxResults": 21}),
        (client.list_targets_for_policy, {"PolicyId": "FullAWSAccess"}),
        (client.describe_policy, {"PolicyId": "p-short"}),
    ):
        assert refusal(call, **arguments)[:2] == ("InvalidInputException", 400), arguments
