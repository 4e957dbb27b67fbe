"""Who can act in the accounts, with the policies that they have: users, root users, roles, and people as roles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from moto.iam.models import Group, IAMBackend, Role, User

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.policies import default_version
from embedded_aws.truth.policy_logic import Statement, several


@dataclass(frozen=True)
class Policy:
    """A policy of somebody, by itself or through a group."""

    kind: str
    name: str
    arn: str | None
    statements: Sequence[Statement]
    group_id: str | None = None
    group_name: str | None = None


@dataclass(frozen=True)
class Principal:
    """Who signs a request."""

    kind: str
    id: str
    name: str
    arn: str
    account_id: str
    policies: Sequence[Policy]
    boundary: str | None = None
    boundary_statements: Sequence[Statement] = ()
    is_service_linked: bool = False

    @property
    def statements(self) -> list[Statement]:
        return [statement for policy in self.policies for statement in policy.statements]


@dataclass(frozen=True)
class Assigned:
    """A person who may act as the role of a permission set."""

    key: str
    name: str
    arn: str
    group_id: str | None
    group_name: str | None
    permission_set_arn: str
    permission_set_name: str
    role_id: str


ROOT_STATEMENT: Statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def principals(aws: Cloud, accounts: Sequence[str]) -> dict[str, Principal]:
    """Those of these accounts, by id."""
    return {one.id: one for account_id in accounts for one in _of_account(aws, account_id)}


def assigned(aws: Cloud, accounts: Sequence[str]) -> Iterator[Assigned]:
    """The people of IAM Identity Center, once for each way to each role."""
    for instance in aws.identity_center:
        for one in instance.assignments:
            permission_set = instance.permission_sets[one.permission_set]
            role_name = instance.role_name(permission_set, one.account_id)
            roles = aws.iam(one.account_id).roles.values() if one.account_id in accounts else ()
            role_id = next((role.id for role in roles if role.name == role_name), None)
            if role_id is None:
                continue
            group = instance.groups.get(one.principal_id)
            members = [
                membership["MemberId"]["UserId"]
                for membership in instance.memberships.values()
                if membership["GroupId"] == one.principal_id
            ]
            for user_id in members if group else [one.principal_id]:
                user = instance.users.get(user_id)
                if user:
                    yield Assigned(
                        f"{instance.store_id}/{user_id}",
                        user["UserName"],
                        user["UserArn"],
                        one.principal_id if group else None,
                        group["DisplayName"] if group else None,
                        permission_set.arn,
                        permission_set.name,
                        role_id,
                    )


@cache
def document_statements(document: str) -> Sequence[Statement]:
    """The same ones each time: what many have is judged once."""
    return several(json.loads(document)["Statement"])


def _of_account(aws: Cloud, account_id: str) -> Iterator[Principal]:
    backend = aws.iam(account_id)
    root = Policy("root", "root", None, [ROOT_STATEMENT])
    arn = f"arn:{aws.partition}:iam::{account_id}:root"
    yield Principal("root user", account_id, "<root_account>", arn, account_id, [root])
    for user in backend.users.values():
        boundary = (getattr(user, "permissions_boundary", None) or {}).get("PermissionsBoundaryArn")
        groups = [group for group in backend.groups.values() if user in group.users]
        policies = [*_policies(user), *(policy for group in groups for policy in _policies(group, group))]
        yield _principal("IAM user", user, policies, backend, boundary)
    for role in backend.roles.values():
        is_linked = role.path.startswith("/aws-service-role/")
        boundary = role.permissions_boundary_arn
        yield _principal("role", role, [*_policies(role)], backend, boundary, is_service_linked=is_linked)


def _principal(
    kind: str,
    entity: User | Role,
    policies: Sequence[Policy],
    backend: IAMBackend,
    boundary: str | None,
    *,
    is_service_linked: bool = False,
) -> Principal:
    limits = document_statements(default_version(backend.managed_policies[boundary]).document) if boundary else []
    return Principal(
        kind,
        entity.id,
        entity.name,
        entity.arn,
        backend.account_id,
        policies,
        boundary,
        limits,
        is_service_linked,
    )


def _policies(entity: User | Role | Group, group: Group | None = None) -> Iterator[Policy]:
    through = (group.id, group.name) if group else (None, None)
    for arn, policy in entity.managed_policies.items():
        kind = "aws_managed" if ":iam::aws:policy/" in arn else "customer_managed"
        yield Policy(kind, policy.name, arn, document_statements(default_version(policy).document), *through)
    for name, document in entity.policies.items():
        yield Policy("inline", name, None, document_statements(document), *through)
