"""Policies of users, groups and roles, attached and inline, and the groups of a user.

The three kinds of entity have the same calls under three names, hence the factories.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from moto.iam.models import Group, IAMBackend, Role, User

from embedded_aws.server import iam_shapes
from embedded_aws.server.aws_policies import provide
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.iam_entities import (
    group_named,
    no_such_entity,
    role_named,
    user_named,
)
from embedded_aws.server.paging import one_page
from embedded_aws.server.principals import Principal

Kind = Literal["User", "Group", "Role"]
Operation = Callable[[Cloud, Call, Principal], dict[str, Any]]

_FIND: dict[Kind, Callable[[IAMBackend, str], User | Group | Role]] = {
    "User": user_named,
    "Group": group_named,
    "Role": role_named,
}


def list_attached(kind: Kind) -> Operation:
    """ListAttachedUserPolicies and its like."""

    def listed(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
        prefix = call.params.get("PathPrefix", "/")
        policies = _entity(kind, cloud, call, caller).managed_policies.values()
        found = {(policy.arn,): policy for policy in policies if policy.path.startswith(prefix)}
        shown, more = one_page(call, found, cloud.page_cap)
        return {"AttachedPolicies": iam_shapes.attached_policies(shown), **more}

    return listed


def list_inline(kind: Kind) -> Operation:
    """ListUserPolicies and its like."""

    def listed(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
        names = {(name,): name for name in _entity(kind, cloud, call, caller).policies}
        shown, more = one_page(call, names, cloud.page_cap)
        return {"PolicyNames": shown, **more}

    return listed


def get_inline(kind: Kind) -> Operation:
    """GetUserPolicy and its like."""

    def got(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
        entity, name = _entity(kind, cloud, call, caller), call.params["PolicyName"]
        if name not in entity.policies:
            raise no_such_entity(f"The {kind.lower()} policy with name {name} cannot be found.")
        document = iam_shapes.encoded(entity.policies[name])
        return {f"{kind}Name": entity.name, "PolicyName": name, "PolicyDocument": document}

    return got


def attach(kind: Kind) -> Operation:
    """AttachUserPolicy and its like. moto knows AWS's managed policies only on request."""

    def attached(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
        backend, arn = cloud.iam(caller.account_id), call.params["PolicyArn"]
        entity = _entity(kind, cloud, call, caller)
        provide(backend, arn)
        policy = backend.managed_policies.get(arn)
        if policy is None:
            raise no_such_entity(f"Policy {arn} does not exist or is not attachable.")
        if arn not in entity.managed_policies:
            policy.attach_to(entity)
        return {}

    return attached


def list_groups_for_user(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    backend = cloud.iam(caller.account_id)
    user = user_named(backend, call.params["UserName"])
    joined = {(group.name,): group for group in backend.groups.values() if user in group.users}
    shown, more = one_page(call, joined, cloud.page_cap)
    return {"Groups": [iam_shapes.listed_group(group) for group in shown], **more}


def _entity(kind: Kind, cloud: Cloud, call: Call, caller: Principal) -> User | Group | Role:
    return _FIND[kind](cloud.iam(caller.account_id), call.params[f"{kind}Name"])
