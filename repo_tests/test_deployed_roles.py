"""The roles of deploy/, made as CloudFormation would make them, are enough for every stream and for nothing else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import AccessKey, EmbeddedAws, Seed
from embedded_aws.truth.coverage import OF_ORGANIZATION
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, read, run
from repo_tests.cloudformation import Json, Stack, load
from tools.deploy import ACCOUNT, ORGANIZATION

BASE = "arn:aws:iam::123456789012:user/connector"
MEMBER = "210987654321"
# What is about the organization is for the hub of one, which embedded AWS does not have here.
OF_ACCOUNT = tuple(stream for stream in EVERY_STREAM if stream not in OF_ORGANIZATION)
COMPLETE = dict.fromkeys(OF_ACCOUNT, "COMPLETE")


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(seed=Seed(users=25, groups=6, events=60), lookup_rate=None) as embedded:
        yield embedded


@pytest.fixture
def external_id() -> str:
    """As the guide's command makes it."""
    return secrets.token_hex(16)


def create(iam: Any, properties: Json) -> str:
    """Make the role of a resolved AWS::IAM::Role, and return its ARN."""
    plain = {name: value for name, value in properties.items() if name not in ("AssumeRolePolicyDocument", "Policies")}
    trust = json.dumps(properties["AssumeRolePolicyDocument"])
    arn = iam.create_role(
        **{**plain, "MaxSessionDuration": int(plain["MaxSessionDuration"])}, AssumeRolePolicyDocument=trust
    )["Role"]["Arn"]
    for policy in properties["Policies"]:
        iam.put_role_policy(
            RoleName=plain["RoleName"],
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )
    return str(arn)


def of_account(external_id: str, **parameters: str) -> Stack:
    return Stack(
        template=load(ACCOUNT.read_text(encoding="utf-8")),
        parameters={"PrincipalArn": BASE, "ExternalId": external_id, **parameters},
        attributes={},
        account_id="123456789012",
    )


def config(aws: EmbeddedAws, base: AccessKey, role_arn: str, external_id: str | None) -> Json:
    """A configuration that assumes the role with these keys."""
    given = {
        "auth_type": "iam_role",
        "role_arn": role_arn,
        "external_id": external_id,
        "access_key_id": base.access_key_id,
        "secret_access_key": base.secret_access_key,
        "session_token": base.session_token,
    }
    credentials = {name: value for name, value in given.items() if value is not None}
    return {**aws.config(regions=aws.regions, **FAST), "credentials": credentials}


def assume(aws: EmbeddedAws, role_arn: str, external_id: str) -> AccessKey:
    sts = aws.client_of(aws.base_key, "sts")
    made = sts.assume_role(RoleArn=role_arn, RoleSessionName="hub", ExternalId=external_id)["Credentials"]
    return AccessKey(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def assert_check_is_complete(settings: Json, folder: Path) -> None:
    output = run("check", folder=folder, config=settings)
    assert output.connection_status[0] == "SUCCEEDED"
    said = [line for line in output.log if line.startswith("Stream ") and line.split()[1] in OF_ACCOUNT]
    assert said == [f"Stream {name} can be read completely." for name in OF_ACCOUNT]


def test_with_the_role_of_an_account_every_stream_is_complete(
    aws: EmbeddedAws, external_id: str, tmp_path: Path
) -> None:
    role_arn = create(aws.client("iam"), of_account(external_id, RolePath="/audit/").properties("Role"))
    settings = config(aws, aws.base_key, role_arn, external_id)

    assert role_arn == "arn:aws:iam::123456789012:role/audit/airbyte-read"
    assert_check_is_complete(settings, tmp_path)
    output = read(settings, tmp_path, streams=OF_ACCOUNT)
    assert (output.exit_code, output.statuses, output.errors) == (0, COMPLETE, [])
    assert [row["user_name"] for row in output.records("users")]
    assert {row["role_name"] for row in output.records("roles")} >= {"airbyte-read"}
    assert output.records("audit_events")


def test_without_audit_events_their_streams_fail_alone_and_name_the_permission(
    aws: EmbeddedAws, external_id: str, tmp_path: Path
) -> None:
    role_arn = create(aws.client("iam"), of_account(external_id, AuditEvents="no").properties("Role"))
    output = read(config(aws, aws.base_key, role_arn, external_id), tmp_path, streams=OF_ACCOUNT)

    assert output.statuses == {**COMPLETE, **dict.fromkeys(("audit_events", "trails"), "INCOMPLETE")}
    assert {error["failure_type"] for error in output.errors} == {"config_error"}
    named = {error["message"].split("The permission for ")[1].split(" ")[0] for error in output.errors}
    assert named == {"cloudtrail:LookupEvents", "cloudtrail:DescribeTrails"}


def test_with_audit_events_alone_the_inventory_is_closed(aws: EmbeddedAws, external_id: str, tmp_path: Path) -> None:
    role_arn = create(aws.client("iam"), of_account(external_id, Inventory="no", Ec2="no").properties("Role"))
    output = read(config(aws, aws.base_key, role_arn, external_id), tmp_path, streams=OF_ACCOUNT)

    complete = dict.fromkeys(("audit_events", "trails", "sync_coverage"), "COMPLETE")
    assert output.statuses == {**dict.fromkeys(OF_ACCOUNT, "INCOMPLETE"), **complete}


@pytest.mark.parametrize("shown", [None, "another-external-id"])
def test_nobody_assumes_the_role_without_its_external_id(
    shown: str | None, aws: EmbeddedAws, external_id: str, tmp_path: Path
) -> None:
    role_arn = create(aws.client("iam"), of_account(external_id).properties("Role"))
    output = run("check", folder=tmp_path, config=config(aws, aws.base_key, role_arn, shown))

    assert output.connection_status[0] == "FAILED"
    assert "external" in output.connection_status[1].lower()


def test_nobody_else_assumes_the_role(aws: EmbeddedAws, external_id: str, tmp_path: Path) -> None:
    role_arn = create(aws.client("iam"), of_account(external_id).properties("Role"))
    stranger = aws.open_account(MEMBER)
    output = run("check", folder=tmp_path, config=config(aws, stranger, role_arn, external_id))

    assert output.connection_status[0] == "FAILED"


def test_the_hub_of_an_organization_reads_its_own_account_and_each_member(
    aws: EmbeddedAws, external_id: str, tmp_path: Path
) -> None:
    given = {"HubExternalId": external_id, "MemberExternalId": secrets.token_hex(16), "OrganizationalUnitIds": "r-ab12"}
    organization = Stack(
        template=load(ORGANIZATION.read_text(encoding="utf-8")),
        parameters={"PrincipalArn": BASE, **given},
        attributes={"HubRole.Arn": "arn:aws:iam::123456789012:role/airbyte-hub"},
        account_id="123456789012",
    )
    hub_arn = create(aws.client("iam"), organization.properties("HubRole"))
    stack_set = organization.properties("MemberRoles")
    member = Stack(
        template=load(stack_set["TemplateBody"]),
        parameters={one["ParameterKey"]: one["ParameterValue"] for one in stack_set["Parameters"]},
        attributes={},
        account_id=MEMBER,
    )
    member_arn = create(aws.client_of(aws.open_account(MEMBER), "iam"), member.properties("Role"))
    hub = assume(aws, hub_arn, external_id)

    assert hub_arn == organization.outputs()["HubRoleArn"]
    assert member_arn == f"arn:aws:iam::{MEMBER}:role/{organization.outputs()['MemberRoleName']}"
    for base, role_arn, secret in ((aws.base_key, hub_arn, external_id), (hub, member_arn, given["MemberExternalId"])):
        settings = config(aws, base, role_arn, secret)
        assert_check_is_complete(settings, tmp_path)
        output = read(settings, tmp_path, streams=OF_ACCOUNT)
        assert (output.exit_code, output.statuses, output.errors) == (0, COMPLETE, [])
        assert {row["account_id"] for row in output.records("users")} == {role_arn.split(":")[4]}
    # The member's role trusts the hub and not whoever assumes that.
    refused = run("check", folder=tmp_path, config=config(aws, aws.base_key, member_arn, given["MemberExternalId"]))
    assert refused.connection_status[0] == "FAILED"
