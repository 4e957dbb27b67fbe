"""Embedded IAM Identity Center: who may ask, where, and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Organization
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.server.identity_center import Instance

MEMBER, ADMINISTRATOR, STRANGER = "222222222222", "333333333333", "444444444444"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as embedded:
        delegated = {ADMINISTRATOR: ["sso.amazonaws.com"], MEMBER: ["config.amazonaws.com"]}
        embedded.organize(Organization(accounts=[MEMBER, ADMINISTRATOR], delegated=delegated))
        yield embedded


@pytest.fixture
def instance(aws: EmbeddedAws) -> Instance:
    return open_identity_center(aws, [aws.account_id], People(people=5, groups=3, permission_sets=3))


def of(aws: EmbeddedAws, account_id: str, service: str, region: str = "us-east-1") -> Any:
    return aws.client_of(aws.open_account(account_id), service, region)


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    code: str = raised.value.response["Error"]["Code"]
    return code


def test_all_members_see_the_instance_and_strangers_do_not(aws: EmbeddedAws, instance: Instance) -> None:
    for account_id, count in ((MEMBER, 1), (ADMINISTRATOR, 1), (STRANGER, 0)):
        key = aws.open_account(account_id)
        assert len(aws.client_of(key, "sso-admin").list_instances()["Instances"]) == count, account_id
        store = aws.client_of(key, "identitystore")
        if count:
            assert len(store.list_users(IdentityStoreId=instance.store_id)["Users"]) == 5
        else:
            assert code_of(store.list_users, IdentityStoreId=instance.store_id) == "ResourceNotFoundException"


def test_an_instance_is_in_one_region(aws: EmbeddedAws, instance: Instance) -> None:
    elsewhere = aws.client("sso-admin", "eu-west-1")
    assert elsewhere.list_instances()["Instances"] == []
    assert len(elsewhere.list_instances(RegionScope="ALL_REGIONS")["Instances"]) == 1
    assert code_of(elsewhere.list_permission_sets, InstanceArn=instance.arn) == "AccessDeniedException"
    store = aws.client("identitystore", "eu-west-1")
    assert code_of(store.list_users, IdentityStoreId=instance.store_id) == "ResourceNotFoundException"
    aws.knows_region_scope = False
    assert code_of(elsewhere.list_instances, RegionScope="ALL_REGIONS") == "ValidationException"


def test_permission_sets_are_for_the_management_account_and_the_delegated_administrator(
    aws: EmbeddedAws, instance: Instance
) -> None:
    for client in (aws.client("sso-admin"), of(aws, ADMINISTRATOR, "sso-admin")):
        assert len(client.list_permission_sets(InstanceArn=instance.arn)["PermissionSets"]) == 3
    for account_id in (MEMBER, STRANGER):
        denied = of(aws, account_id, "sso-admin").list_permission_sets
        assert code_of(denied, InstanceArn=instance.arn) == "AccessDeniedException"


def test_the_instance_of_a_member_has_no_permission_sets(aws: EmbeddedAws) -> None:
    own = open_identity_center(aws, [], People(people=2, groups=1, permission_sets=0), owner=MEMBER)
    member = of(aws, MEMBER, "sso-admin")
    assert [one["InstanceArn"] for one in member.list_instances()["Instances"]] == [own.arn]
    assert aws.client("sso-admin").list_instances()["Instances"] == []
    assert code_of(member.list_permission_sets, InstanceArn=own.arn) == "ValidationException"


def test_pages_have_a_hundred_and_tokens_belong_to_their_request(aws: EmbeddedAws) -> None:
    instance = open_identity_center(aws, [], People(people=201, groups=3, permission_sets=1))
    store = aws.client("identitystore")
    first = store.list_users(IdentityStoreId=instance.store_id)
    second = store.list_users(IdentityStoreId=instance.store_id, NextToken=first["NextToken"])
    last = store.list_users(IdentityStoreId=instance.store_id, NextToken=second["NextToken"])
    assert [len(page["Users"]) for page in (first, second, last)] == [100, 100, 1]
    assert "NextToken" not in last
    assert len({user["UserId"] for page in (first, second, last) for user in page["Users"]}) == 201
    wrong = {"IdentityStoreId": instance.store_id, "NextToken": first["NextToken"]}
    assert code_of(store.list_groups, **wrong) == "ValidationException"


def test_what_is_not_there_is_not_found(aws: EmbeddedAws, instance: Instance) -> None:
    admin, store = aws.client("sso-admin"), aws.client("identitystore")
    unknown = f"{next(iter(instance.permission_sets))[:-16]}0000000000000000"
    asked = {"InstanceArn": instance.arn, "PermissionSetArn": unknown}
    assert code_of(admin.describe_permission_set, **asked) == "ResourceNotFoundException"
    group = {"IdentityStoreId": instance.store_id, "GroupId": "0" * 8 + "-0000-0000-0000-" + "0" * 12}
    assert code_of(store.list_group_memberships, **group) == "ResourceNotFoundException"
    boundaries = {
        arn: admin.get_permissions_boundary_for_permission_set(InstanceArn=instance.arn, PermissionSetArn=arn)
        for arn, one in instance.permission_sets.items()
        if one.boundary
    }
    assert len(boundaries) == 2
    [bare] = [arn for arn, one in instance.permission_sets.items() if not one.boundary]
    without = {"InstanceArn": instance.arn, "PermissionSetArn": bare}
    assert code_of(admin.get_permissions_boundary_for_permission_set, **without) == "ResourceNotFoundException"
    assert admin.get_inline_policy_for_permission_set(**without)["InlinePolicy"] == ""
