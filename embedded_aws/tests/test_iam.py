"""Embedded AWS's IAM: what each call leaves out, and what moto alone gets wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
ODD_ARN = "arn:aws:s3:::a b+c/é%20&<"
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": ODD_ARN}]}


@pytest.fixture
def empty() -> Iterator[EmbeddedAws]:
    """Nothing but the connector's own user and role."""
    with EmbeddedAws() as embedded:
        yield embedded


def error_of(call: Any, **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def test_each_call_leaves_out_what_aws_leaves_out(empty: EmbeddedAws) -> None:
    iam = empty.client("iam")
    tags = [{"Key": "Team", "Value": "x"}]
    iam.create_user(UserName="ana", Tags=tags, PermissionsBoundary=BOUNDARY)
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ana")
    empty.iam().users["ana"].password_last_used = empty.iam().users["ana"].create_date  # type: ignore[assignment]
    bare = {"Path", "UserName", "UserId", "Arn", "CreateDate"}
    assert set(iam.list_users(PathPrefix="/")["Users"][0]) == bare | {"PasswordLastUsed"}
    assert set(iam.get_group(GroupName="g")["Users"][0]) == bare
    page = iam.get_account_authorization_details()
    ana, connector = page["UserDetailList"]
    lists = {"GroupList", "AttachedManagedPolicies"}
    assert set(ana) == bare | lists | {"PermissionsBoundary", "Tags"}
    assert set(connector) == bare | lists  # no UserPolicyList when it is empty
    assert ana["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": BOUNDARY,
    }
    assert ana["Tags"] == tags
    assert page["GroupDetailList"][0]["GroupPolicyList"] == []
    assert page["GroupDetailList"][0]["AttachedManagedPolicies"] == []
    assert {"Description", "MaxSessionDuration"}.isdisjoint(page["RoleDetailList"][0])
    assert {"Tags", "PermissionsBoundary", "RoleLastUsed"}.isdisjoint(iam.list_roles()["Roles"][0])
    assert iam.list_roles()["Roles"][0]["MaxSessionDuration"] == 14400


def test_policy_documents_survive_the_wire(empty: EmbeddedAws) -> None:
    iam = empty.client("iam")
    text = json.dumps(DOCUMENT)
    iam.put_user_policy(UserName="connector", PolicyName="inline", PolicyDocument=text)
    iam.create_policy(PolicyName="managed", PolicyDocument=text)
    page = iam.get_account_authorization_details()
    assert page["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] == DOCUMENT
    assert page["Policies"][0]["PolicyVersionList"][0]["Document"] == DOCUMENT
    trust = page["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["StringEquals"]["sts:ExternalId"] == empty.external_id


def test_policies_say_how_often_they_are_used(empty: EmbeddedAws) -> None:
    iam = empty.client("iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    iam.create_policy(PolicyName="unused", PolicyDocument=json.dumps(DOCUMENT))
    for _ in range(2):  # attaching again changes nothing, though moto counts it
        iam.attach_user_policy(UserName="connector", PolicyArn=arn)
    iam.put_user_permissions_boundary(UserName="connector", PermissionsBoundary=arn)
    uses = [
        (policy["PolicyName"], policy["AttachmentCount"], policy["PermissionsBoundaryUsageCount"])
        for policy in iam.list_policies()["Policies"]
    ]
    assert uses == [("p", 1, 1), ("unused", 0, 0)]
    assert [policy["PolicyName"] for policy in iam.list_policies(OnlyAttached=True)["Policies"]] == ["p"]


def test_boundaries_are_kept_shown_and_removed(empty: EmbeddedAws) -> None:
    iam = empty.client("iam")
    iam.put_user_permissions_boundary(UserName="connector", PermissionsBoundary=BOUNDARY)
    held = iam.get_user(UserName="connector")["User"]["PermissionsBoundary"]
    assert held["PermissionsBoundaryArn"] == BOUNDARY
    assert empty.users_truth()[0]["permissions_boundary_arn"] == BOUNDARY
    iam.delete_user_permissions_boundary(UserName="connector")
    assert "PermissionsBoundary" not in iam.get_user(UserName="connector")["User"]


def test_a_renamed_user_keeps_id_tags_and_keys(empty: EmbeddedAws) -> None:
    iam = empty.client("iam")
    before = iam.create_user(UserName="ana", Tags=[{"Key": "Team", "Value": "x"}])["User"]
    iam.create_access_key(UserName="ana")
    iam.update_user(UserName="ana", NewUserName="anna", NewPath="/people/")
    after = iam.get_user(UserName="anna")["User"]
    assert (after["UserId"], after["Tags"]) == (before["UserId"], before["Tags"])
    assert after["Arn"] == "arn:aws:iam::123456789012:user/people/anna"
    assert iam.list_access_keys(UserName="anna")["AccessKeyMetadata"][0]["UserName"] == "anna"


def test_users_are_deleted_only_when_nothing_hangs_on_them(empty: EmbeddedAws) -> None:
    iam = empty.client("iam")
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ana")
    assert error_of(iam.delete_user, UserName="ana")[:2] == ("DeleteConflict", 409)
    iam.remove_user_from_group(GroupName="g", UserName="ana")
    iam.delete_user(UserName="ana")
    assert error_of(iam.delete_user, UserName="ana")[:2] == ("NoSuchEntity", 404)
    assert error_of(iam.get_group, GroupName="h")[:2] == ("NoSuchEntity", 404)


def test_names_are_unique_whatever_their_case(empty: EmbeddedAws) -> None:
    assert error_of(empty.client("iam").create_user, UserName="Connector")[0] == "EntityAlreadyExists"


def test_every_character_iam_allows_in_a_name_comes_through(empty: EmbeddedAws) -> None:
    iam = empty.client("iam")
    iam.create_user(UserName="a+b=c,d.e@f_g-h")
    assert iam.list_users()["Users"][0]["UserName"] == "a+b=c,d.e@f_g-h"


def test_calls_that_are_not_ours_go_to_moto(empty: EmbeddedAws) -> None:
    iam = empty.client_of(empty.base_key, "iam")
    iam.tag_role(RoleName="airbyte-connector", Tags=[{"Key": "a", "Value": "b"}])
    assert iam.list_role_tags(RoleName="airbyte-connector")["Tags"] == [{"Key": "a", "Value": "b"}]
    assert error_of(iam.list_organizations_features)[:2] == ("NotImplemented", 501)
    assert empty.client_of(empty.base_key, "cloudtrail").describe_trails()["trailList"] == []


def test_ec2_lists_exactly_the_enabled_regions(empty: EmbeddedAws) -> None:
    ec2 = empty.client("ec2")
    assert [region["RegionName"] for region in ec2.describe_regions()["Regions"]] == empty.regions
    assert ec2.describe_regions(RegionNames=["eu-west-1"])["Regions"][0]["OptInStatus"] == "opt-in-not-required"
    assert error_of(ec2.describe_regions, RegionNames=["af-south-1"])[0] == "InvalidParameterValue"
    empty.accounts.not_enabled[empty.account_id] = ["af-south-1"]
    assert [region["RegionName"] for region in ec2.describe_regions()["Regions"]] == empty.regions
    every = ec2.describe_regions(AllRegions=True)["Regions"]
    assert {region["RegionName"] for region in every if region["OptInStatus"] == "not-opted-in"} == {"af-south-1"}
    assert len(every) == len(empty.regions) + 1
