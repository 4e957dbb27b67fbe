"""Embedded applications and trusted token issuers: who may ask, where, and the pages; and the quotas of the service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Organization, StoppedClock
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.server.identity_center import Instance
from embedded_aws.tests.test_identity_center import code_of, of

MEMBER, ADMINISTRATOR, STRANGER = "222222222222", "333333333333", "444444444444"
FEW = People(people=5, groups=3, permission_sets=1)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=clock) as embedded:
        embedded.organize(
            Organization(accounts=[MEMBER, ADMINISTRATOR], delegated={ADMINISTRATOR: ["sso.amazonaws.com"]})
        )
        yield embedded


@pytest.fixture
def instance(aws: EmbeddedAws) -> Instance:
    return open_identity_center(aws, [MEMBER], FEW)


def calls(client: Any, instance: Instance) -> list[tuple[Any, dict[str, str]]]:
    """Every call, with its arguments."""
    application, issuer = next(iter(instance.applications)), next(iter(instance.issuers))
    return [
        (client.list_applications, {"InstanceArn": instance.arn}),
        (client.list_application_assignments, {"ApplicationArn": application}),
        (client.get_application_assignment_configuration, {"ApplicationArn": application}),
        (client.list_trusted_token_issuers, {"InstanceArn": instance.arn}),
        (client.describe_trusted_token_issuer, {"TrustedTokenIssuerArn": issuer}),
        (client.list_tags_for_resource, {"InstanceArn": instance.arn, "ResourceArn": application}),
        (client.list_tags_for_resource, {"ResourceArn": issuer}),
    ]


def test_the_administrators_of_the_organization_may_ask_and_others_may_not(
    aws: EmbeddedAws, instance: Instance
) -> None:
    for client in (aws.client("sso-admin"), of(aws, ADMINISTRATOR, "sso-admin")):
        assert all(call(**arguments) for call, arguments in calls(client, instance))
    for account_id in (MEMBER, STRANGER):
        for call, arguments in calls(of(aws, account_id, "sso-admin"), instance):
            assert code_of(call, **arguments) == "AccessDeniedException"


def test_a_member_may_list_the_applications_of_its_own_account_only(aws: EmbeddedAws, instance: Instance) -> None:
    member = of(aws, MEMBER, "sso-admin").list_applications
    own = member(InstanceArn=instance.arn, Filter={"ApplicationAccount": MEMBER})["Applications"]
    assert {one["ApplicationAccount"] for one in own} == {MEMBER}
    assert len(own) == 3
    other = {"ApplicationAccount": aws.account_id}
    assert code_of(member, InstanceArn=instance.arn, Filter=other) == "AccessDeniedException"


def test_applications_can_be_listed_by_account_and_provider(aws: EmbeddedAws, instance: Instance) -> None:
    admin = aws.client("sso-admin").list_applications
    saml = "arn:aws:sso::aws:applicationProvider/custom-saml"
    counts = [
        len(admin(InstanceArn=instance.arn, Filter=wanted)["Applications"])
        for wanted in ({}, {"ApplicationProvider": saml}, {"ApplicationAccount": MEMBER, "ApplicationProvider": saml})
    ]
    assert counts == [10, 5, 1]


def test_an_account_instance_has_applications_for_its_account(aws: EmbeddedAws) -> None:
    own = open_identity_center(aws, [], FEW, owner=MEMBER)
    member = of(aws, MEMBER, "sso-admin")
    assert all(call(**arguments) for call, arguments in calls(member, own))
    assert code_of(member.list_permission_sets, InstanceArn=own.arn) == "ValidationException"
    for call, arguments in calls(aws.client("sso-admin"), own):
        assert code_of(call, **arguments) == "AccessDeniedException"


def test_applications_are_in_the_region_of_their_instance(aws: EmbeddedAws, instance: Instance) -> None:
    for call, arguments in calls(aws.client("sso-admin", "eu-west-1"), instance):
        assert code_of(call, **arguments) == "AccessDeniedException"


def test_a_page_has_fifty_applications_and_tokens_belong_to_their_request(aws: EmbeddedAws) -> None:
    instance = open_identity_center(aws, [], People(people=120, groups=1, permission_sets=0, applications=101))
    client = aws.client("sso-admin")
    asked = {"InstanceArn": instance.arn, "MaxResults": 100}
    first = client.list_applications(**asked)
    second = client.list_applications(**asked, NextToken=first["NextToken"])
    third = client.list_applications(**asked, NextToken=second["NextToken"])
    assert [len(page["Applications"]) for page in (first, second, third)] == [50, 50, 1]
    assert "NextToken" not in third
    token = {"NextToken": first["NextToken"]}
    assert code_of(client.list_trusted_token_issuers, InstanceArn=instance.arn, **token) == "ValidationException"
    filtered = {"Filter": {"ApplicationAccount": aws.account_id}, **token}
    assert code_of(client.list_applications, InstanceArn=instance.arn, **filtered) == "ValidationException"
    crowded = list(instance.applications)[1]
    pages = [client.list_application_assignments(ApplicationArn=crowded)]
    pages.append(client.list_application_assignments(ApplicationArn=crowded, NextToken=pages[0]["NextToken"]))
    assert [len(page["ApplicationAssignments"]) for page in pages] == [100, 20]
    client.list_trusted_token_issuers(InstanceArn=instance.arn, MaxResults=1)
    for size in (0, 101):
        unchecked = aws.client_of(aws.base_key, "sso-admin", parameter_validation=False)
        refused = {"InstanceArn": instance.arn, "MaxResults": size}
        assert code_of(unchecked.list_applications, **refused) == "ValidationException"


def test_what_was_deleted_is_not_found(aws: EmbeddedAws, instance: Instance) -> None:
    made = calls(aws.client("sso-admin"), instance)
    instance.applications.clear()
    instance.issuers.clear()
    for call, arguments in made:
        if call.__name__.startswith("list_") and "ResourceArn" not in arguments and "InstanceArn" in arguments:
            continue
        assert code_of(call, **arguments) == "ResourceNotFoundException"


def test_all_calls_of_identity_center_share_a_quota_and_each_of_a_store_has_its_own(
    aws: EmbeddedAws, instance: Instance, clock: StoppedClock
) -> None:
    aws.identity_center_rate = 3
    admin = aws.client_of(aws.base_key, "sso-admin")
    abroad = aws.client_of(aws.base_key, "sso-admin", "eu-west-1")
    store = aws.client_of(aws.base_key, "identitystore")
    admin.list_instances()
    abroad.list_instances()
    admin.list_permission_sets(InstanceArn=instance.arn)
    assert code_of(admin.list_applications, InstanceArn=instance.arn) == "ThrottlingException"
    for _ in range(3):
        store.list_users(IdentityStoreId=instance.store_id)
    assert code_of(store.list_users, IdentityStoreId=instance.store_id) == "ThrottlingException"
    store.list_groups(IdentityStoreId=instance.store_id)
    assert aws.throttled_identity_center == {
        (aws.account_id, "sso"): 1,
        (aws.account_id, "identitystore:ListUsers"): 1,
    }
    # Neither other accounts nor other services nor the test itself are concerned.
    of(aws, ADMINISTRATOR, "sso-admin").list_instances()
    aws.client_of(aws.base_key, "iam").list_users()
    aws.client("sso-admin").list_instances()
    clock.advance(seconds=1)
    admin.list_instances()
    aws.reset_requests()
    assert not aws.throttled_identity_center
    aws.identity_center_rate = None
    for _ in range(5):
        admin.list_instances()


def test_the_quota_is_answered_as_aws_does_and_can_be_given_at_the_start() -> None:
    with EmbeddedAws(identity_center_rate=1, now=StoppedClock()) as aws:
        client = aws.client_of(aws.base_key, "sso-admin")
        client.list_instances()
        with pytest.raises(client.exceptions.ThrottlingException) as raised:
            client.list_instances()
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
