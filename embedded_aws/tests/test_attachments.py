"""Embedded AWS's policies, one by one and as they are attached, and the groups of a user."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
TEXT = json.dumps(DOCUMENT)
NAMES = {"user": "ana", "group": "staff", "role": "worker"}
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """A user, a group and a role, each with five inline and five attached policies."""
    with EmbeddedAws() as embedded:
        iam = embedded.client("iam")
        iam.create_user(UserName="ana")
        iam.create_group(GroupName="staff")
        iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TEXT, Description="Works", MaxSessionDuration=7200)
        for number in range(5):
            path = "/teams/" if number % 2 else "/"
            tags = [{"Key": "Team", "Value": "x"}] if number == 1 else []
            arguments = {"PolicyName": f"p{number}", "PolicyDocument": TEXT, "Path": path, "Tags": tags}
            arn = iam.create_policy(Description=f"Policy {number}" if number else "", **arguments)["Policy"]["Arn"]
            for kind, name in NAMES.items():
                named = {f"{kind.title()}Name": name}
                getattr(iam, f"attach_{kind}_policy")(**named, PolicyArn=arn)
                getattr(iam, f"put_{kind}_policy")(**named, PolicyName=f"inline{number}", PolicyDocument=TEXT)
        yield embedded


def all_pages(call: Any, member: str, **arguments: Any) -> list[list[Any]]:
    answers = [call(**arguments)]
    while answers[-1]["IsTruncated"]:
        answers.append(call(**arguments, Marker=answers[-1]["Marker"]))
    return [answer[member] for answer in answers]


def error_of(call: Any, **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


@pytest.mark.parametrize("kind", NAMES)
def test_policies_of_an_entity_come_in_pages(aws: EmbeddedAws, kind: str) -> None:
    iam, named = aws.client("iam"), {f"{kind.title()}Name": NAMES[kind]}
    attached = all_pages(getattr(iam, f"list_attached_{kind}_policies"), "AttachedPolicies", **named, MaxItems=2)
    assert [len(page) for page in attached] == [2, 2, 1]
    assert {policy["PolicyName"] for page in attached for policy in page} == {f"p{number}" for number in range(5)}
    assert {frozenset(policy) for page in attached for policy in page} == {frozenset({"PolicyName", "PolicyArn"})}
    inline = all_pages(getattr(iam, f"list_{kind}_policies"), "PolicyNames", **named, MaxItems=3)
    assert inline == [["inline0", "inline1", "inline2"], ["inline3", "inline4"]]


@pytest.mark.parametrize("kind", NAMES)
def test_attached_policies_can_be_cut_to_a_path(aws: EmbeddedAws, kind: str) -> None:
    call = getattr(aws.client("iam"), f"list_attached_{kind}_policies")
    listed = call(**{f"{kind.title()}Name": NAMES[kind]}, PathPrefix="/teams/")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in listed] == ["p1", "p3"]


@pytest.mark.parametrize("kind", NAMES)
def test_inline_policies_are_read_one_by_one(aws: EmbeddedAws, kind: str) -> None:
    call = getattr(aws.client("iam"), f"get_{kind}_policy")
    named = {f"{kind.title()}Name": NAMES[kind]}
    answer = call(**named, PolicyName="inline3")
    del answer["ResponseMetadata"]
    assert answer == {**named, "PolicyName": "inline3", "PolicyDocument": DOCUMENT}
    code, status, message = error_of(call, **named, PolicyName="none")
    assert (code, status, message) == ("NoSuchEntity", 404, f"The {kind} policy with name none cannot be found.")


@pytest.mark.parametrize("kind", NAMES)
def test_unknown_entities_have_no_policies(aws: EmbeddedAws, kind: str) -> None:
    iam, named = aws.client("iam"), {f"{kind.title()}Name": "nobody"}
    for operation in (f"list_attached_{kind}_policies", f"list_{kind}_policies"):
        code, status, message = error_of(getattr(iam, operation), **named)
        assert (code, status, message) == ("NoSuchEntity", 404, f"The {kind} with name nobody cannot be found.")


@pytest.mark.parametrize("kind", NAMES)
def test_policies_of_aws_can_be_attached(aws: EmbeddedAws, kind: str) -> None:
    iam, named = aws.client("iam"), {f"{kind.title()}Name": NAMES[kind]}
    getattr(iam, f"attach_{kind}_policy")(**named, PolicyArn=AUDIT)
    attached = getattr(iam, f"list_attached_{kind}_policies")(**named)["AttachedPolicies"]
    assert {"PolicyName": "SecurityAudit", "PolicyArn": AUDIT} in attached
    listed = iam.list_policies(Scope="AWS", OnlyAttached=True)["Policies"]
    assert [(policy["Arn"], policy["AttachmentCount"]) for policy in listed] == [(AUDIT, 1)]
    for unknown in ("arn:aws:iam::aws:policy/NoSuch", "arn:aws:iam::123456789012:policy/none"):
        call = getattr(iam, f"attach_{kind}_policy")
        assert error_of(call, **named, PolicyArn=unknown)[:2] == ("NoSuchEntity", 404)


def test_groups_of_a_user_come_in_pages(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    for number in range(5):
        iam.create_group(GroupName=f"g{number}")
        iam.add_user_to_group(GroupName=f"g{number}", UserName="ana")
    pages = all_pages(iam.list_groups_for_user, "Groups", UserName="ana", MaxItems=2)
    assert [[group["GroupName"] for group in page] for page in pages] == [["g0", "g1"], ["g2", "g3"], ["g4"]]
    assert set(pages[0][0]) == {"Path", "GroupName", "GroupId", "Arn", "CreateDate"}
    assert iam.list_groups_for_user(UserName="connector")["Groups"] == []
    assert error_of(iam.list_groups_for_user, UserName="nobody")[:2] == ("NoSuchEntity", 404)


def test_get_policy_has_description_and_tags(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    arns = {policy["PolicyName"]: policy["Arn"] for policy in iam.list_policies(Scope="Local")["Policies"]}
    policy = iam.get_policy(PolicyArn=arns["p1"])["Policy"]
    assert (policy["Description"], policy["Tags"]) == ("Policy 1", [{"Key": "Team", "Value": "x"}])
    assert policy["AttachmentCount"] == 3
    bare = iam.get_policy(PolicyArn=arns["p0"])["Policy"]
    assert ("Description" in bare, bare["Tags"]) == (False, [])
    unknown = "arn:aws:iam::123456789012:policy/none"
    for call in (iam.get_policy, iam.list_policy_versions):
        code, status, message = error_of(call, PolicyArn=unknown)
        assert (code, status, message) == ("NoSuchEntity", 404, f"Policy {unknown} was not found.")
    assert iam.get_policy(PolicyArn=AUDIT)["Policy"]["PolicyName"] == "SecurityAudit"


def test_versions_are_listed_without_documents(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    arn = "arn:aws:iam::123456789012:policy/p0"
    other = json.dumps({**DOCUMENT, "Id": "second"})
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=other, SetAsDefault=True)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=TEXT)
    pages = all_pages(iam.list_policy_versions, "Versions", PolicyArn=arn, MaxItems=2)
    versions = [version for page in pages for version in page]
    assert [len(page) for page in pages] == [2, 1]
    assert [(one["VersionId"], one["IsDefaultVersion"]) for one in versions] == [
        ("v3", False),
        ("v2", True),
        ("v1", False),
    ]
    assert {frozenset(one) for one in versions} == {frozenset({"VersionId", "IsDefaultVersion", "CreateDate"})}
    second = iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert second["Document"]["Id"] == "second"
    assert error_of(iam.get_policy_version, PolicyArn=arn, VersionId="v9")[:2] == ("NoSuchEntity", 404)


def test_get_role_has_everything(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    boundary = "arn:aws:iam::123456789012:policy/p0"
    iam.tag_role(RoleName="worker", Tags=[{"Key": "Team", "Value": "x"}])
    iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=boundary)
    role = iam.get_role(RoleName="worker")["Role"]
    assert (role["Description"], role["MaxSessionDuration"], role["RoleLastUsed"]) == ("Works", 7200, {})
    assert role["Tags"] == [{"Key": "Team", "Value": "x"}]
    assert role["PermissionsBoundary"] == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    worker = aws.iam().get_role("worker")
    worker.last_used = worker.create_date
    worker.last_used_region = "eu-west-1"  # type: ignore[assignment]
    used = iam.get_role(RoleName="worker")["Role"]["RoleLastUsed"]
    assert used == {"LastUsedDate": role["CreateDate"], "Region": "eu-west-1"}
    bare = iam.get_role(RoleName="airbyte-connector")["Role"]
    assert {"Tags", "PermissionsBoundary"}.isdisjoint(bare)
    assert error_of(iam.get_role, RoleName="nobody")[:2] == ("NoSuchEntity", 404)


def test_pages_of_account_details_are_bounded_by_their_documents(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    for number in range(5, 140):
        iam.create_policy(PolicyName=f"p{number}", PolicyDocument=TEXT, Description="x", Tags=[])
    call = iam.get_account_authorization_details
    local = all_pages(call, "Policies", Filter=["LocalManagedPolicy"], MaxItems=1000)
    assert [len(page) for page in local] == [67, 67, 6]
    assert all({"Description", "Tags"}.isdisjoint(policy) for page in local for policy in page)
    assert len({policy["Arn"] for page in local for policy in page}) == 140
    for name in AWS_POLICIES:
        iam.attach_user_policy(UserName="ana", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    foreign = all_pages(call, "Policies", Filter=["AWSManagedPolicy"], MaxItems=1000)
    assert [len(page) for page in foreign] == [14, 14, 2]
    everyone = all_pages(call, "UserDetailList", MaxItems=1000)
    assert [len(page) for page in everyone][:2] == [2, 0]
    assert [len(page) for page in all_pages(call, "Policies", Filter=["LocalManagedPolicy"], MaxItems=50)] == [
        50,
        50,
        40,
    ]


AWS_POLICIES = [
    *("AdministratorAccess", "AmazonEC2FullAccess", "AmazonEC2ReadOnlyAccess", "AmazonS3FullAccess"),
    *("AmazonS3ReadOnlyAccess", "AmazonSNSFullAccess", "AmazonSNSReadOnlyAccess", "AmazonSQSFullAccess"),
    *("AmazonSQSReadOnlyAccess", "AmazonVPCFullAccess", "AmazonVPCReadOnlyAccess", "CloudFrontFullAccess"),
    *("CloudFrontReadOnlyAccess", "CloudWatchFullAccess", "CloudWatchReadOnlyAccess", "IAMFullAccess"),
    *("IAMReadOnlyAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit"),
    *("AmazonRDSFullAccess", "AmazonRDSReadOnlyAccess", "AmazonSESFullAccess", "AmazonSESReadOnlyAccess"),
    *("AmazonRoute53FullAccess", "AmazonRoute53ReadOnlyAccess", "AmazonDynamoDBFullAccess"),
    *("AmazonDynamoDBReadOnlyAccess", "AmazonRedshiftFullAccess", "AmazonRedshiftReadOnlyAccess"),
]
