"""Access that is harder to see than an attached policy: roles that lead to roles, in circles and over accounts,
policies as few people write them, and what permission sets grant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.iam.models import IAMBackend, ManagedPolicy

from embedded_aws.scenarios.seed_documents import OTHER_ACCOUNT, Statement, text
from embedded_aws.server.aws_policies import provide
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_ids import unique_id
from embedded_aws.server.iam_users import set_boundary
from embedded_aws.server.identity_center import Instance, PermissionSet
from embedded_aws.server.organization import Policy

WALKER = "walker"
"""A user whose roles lead to others."""
WRITER = "odd.writer"
"""A user with odd policies."""

_S3 = "arn:aws:s3:::"


def plant_access(cloud: Cloud, accounts: Sequence[str]) -> None:
    """Add users, roles and policies to the home account and to the last of `accounts`, which is another one."""
    _plant_writer(cloud)
    _plant_roles(cloud, accounts[-1])
    _plant_controls(cloud, accounts[-1])
    for instance in cloud.identity_center:
        for one in instance.permission_sets.values():
            for account_id in one.provisioned:
                _provision(cloud.iam(account_id), instance, one, account_id)


def _plant_writer(cloud: Cloud) -> None:
    backend, now = cloud.iam(), cloud.moto_now()
    limits = _policy(backend, "reading-only", "/limits/", _allow(["s3:Get*", "s3:List*", "sts:AssumeRole"], "*"))
    writer = backend.create_user(backend.region_name, WRITER, "/", [])
    writer.id, writer.create_date = unique_id("AIDA"), now
    set_boundary(writer, limits.arn)
    again = _allow("s3:ListBucket", f"{_S3}reports-0", Sid="Same")
    documents: dict[str, tuple[Statement, ...]] = {
        "one-statement": (_allow("S3:getobject", f"{_S3}one/*"),),
        "wildcards-within": (_allow(["s3:*Object", "s3:Put?bject*"], f"{_S3}reports-*/20??/*.csv"),),
        "same-sids": (again, again, _allow("s3:GetObject", [f"{_S3}same/*", f"{_S3}same/*"], Sid="Same")),
        "all-but": (
            _allow("s3:GetObject", NotResource=[f"{_S3}secret/*", f"{_S3}home/${{aws:username}}/*"]),
            {"Effect": "Allow", "NotAction": ["iam:*", "S3:*"], "Resource": "*"},
        ),
        "home": (_allow("s3:*", f"{_S3}home/${{aws:username}}/*"), _allow("s3:GetObject", f"{_S3}odd/${{*}}/${{?}}")),
        "in-vain": (_allow("s3:Get*", f"{_S3}reports-0/2026/private/*"),),
        "denied": (
            {"Effect": "Deny", "Action": "s3:*", "Resource": f"{_S3}reports-0/20?6/private*"},
            {"Effect": "Deny", "NotAction": "s3:List*", "NotResource": f"{_S3}*", "Condition": _MFA},
            {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"{_S3}home/${{aws:username}}/keys/*"},
            {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"{_S3}office/*", "Condition": _MFA},
        ),
        "no-condition": ({**_allow("s3:GetObject", f"{_S3}empty/*"), "Condition": {}},),
    }
    for name, statements in documents.items():
        writer.put_policy(name, text(*statements))


def _plant_roles(cloud: Cloud, other: str) -> None:
    """A user, and roles one behind the other: the second one is in another account, and the third one leads back."""
    home = f"arn:{cloud.partition}:iam::{cloud.account_id}"
    away = f"arn:{cloud.partition}:iam::{other}"
    backend, now = cloud.iam(), cloud.moto_now()
    walker = backend.create_user(backend.region_name, WALKER, "/people/", [])
    walker.id, walker.create_date = unique_id("AIDA"), now
    everywhere = text(_allow("sts:Assume*", "arn:aws:iam::*:role/step-*"))
    roles: list[tuple[str, str, tuple[Statement, ...]]] = [
        (cloud.account_id, "step-1", (_trust([walker.arn, f"{away}:role/step-3"]),)),
        (other, "step-2", (_trust(f"{home}:role/step-1", StringEquals={"sts:ExternalId": "of-step-2"}),)),
        (other, "step-3", (_trust(f"{away}:role/step-2"), _trust(OTHER_ACCOUNT, **_MFA))),
        (other, "step-4", (_trust(f"arn:{cloud.partition}:sts::{other}:assumed-role/step-3/nightly"),)),
        (cloud.account_id, "not-the-walker", (_trust(cloud.account_id), {**_trust(walker.arn), "Effect": "Deny"})),
        (cloud.account_id, "nobody", (_trust("*"), {**_trust("*"), "Effect": "Deny"})),
    ]
    for account_id, name, trusts in roles:
        iam = cloud.iam(account_id)
        role = iam.create_role(name, text(*trusts), "/", None, "", [], "3600")
        role.create_date = now
        role.put_policy("onward", everywhere)
        role.put_policy("work", text(_allow("s3:GetObject", f"{_S3}{name}/*")))


def _plant_controls(cloud: Cloud, account_id: str) -> None:
    """Policies of the organization for one account: a denial with a condition, and one of a resource without any."""
    if cloud.organization:
        elsewhere = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
        stop = {"Effect": "Deny", "Action": "ec2:St?p*", "Resource": "*", "Condition": elsewhere}
        odd = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{_S3}odd/x/*"}
        cloud.organization.policies.add(Policy("no-stops-elsewhere", text(stop), targets=[account_id]))
        cloud.organization.policies.add(Policy("nothing-odd", text(odd), "RESOURCE_CONTROL_POLICY", [account_id]))


def _provision(backend: IAMBackend, instance: Instance, one: PermissionSet, account_id: str) -> None:
    """Give the role of a permission set what the set grants, as Identity Center does."""
    name = instance.role_name(one, account_id)
    role = next((role for role in backend.roles.values() if role.name == name), None)
    if role is None:
        return
    for _, arn in one.managed:
        provide(backend, arn)
        backend.managed_policies[arn].attach_to(role)
    for policy_name, path in one.customer_managed[:1]:
        _policy(backend, policy_name, path, _allow("dynamodb:*", "*")).attach_to(role)
    if one.inline:
        role.put_policy("AwsSSOInlinePolicy", one.inline)
    if one.boundary and "ManagedPolicyArn" in one.boundary:
        role.permissions_boundary_arn = one.boundary["ManagedPolicyArn"]
        provide(backend, role.permissions_boundary_arn)
    elif one.boundary:
        reference = one.boundary["CustomerManagedPolicyReference"]
        limits = _policy(backend, reference["Name"], reference["Path"], _allow(["s3:*", "sts:*"], "*"))
        role.permissions_boundary_arn = limits.arn


def _policy(backend: IAMBackend, name: str, path: str, statement: Statement) -> ManagedPolicy:
    """The policy of an account, which is made if it is not there."""
    for policy in backend.managed_policies.values():
        if policy.name == name:
            return policy
    policy = backend.create_policy("", path, text(statement), name, [])
    policy.id = unique_id("ANPA")
    return policy


_MFA: Any = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def _allow(action: Any, resource: Any = None, **more: Any) -> Statement:
    statement = {"Effect": "Allow", "Action": action, **more}
    return {**statement, "Resource": resource} if resource is not None else statement


def _trust(principal: Any, **condition: Any) -> Statement:
    statement = {"Effect": "Allow", "Principal": "*" if principal == "*" else {"AWS": principal}}
    return {**statement, "Action": "sts:AssumeRole", **({"Condition": condition} if condition else {})}
