"""The IAM lists that moto does not page, or shapes differently from AWS."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import AWSManagedPolicy, Group, IAMBackend, ManagedPolicy, Role, User

from integration_tests.embedded_aws import iam_shapes
from integration_tests.embedded_aws.calls import Call
from integration_tests.embedded_aws.cloud import Cloud
from integration_tests.embedded_aws.errors import AwsError, validation_error
from integration_tests.embedded_aws.iam_shapes import Members
from integration_tests.embedded_aws.paging import Position, one_page
from integration_tests.embedded_aws.principals import Principal

_DETAIL_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_ENTITY_TYPES = ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")


def list_users(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    users = _under_path(call, cloud.iam(caller.account_id).users)
    shown, more = one_page(call, users, cloud.page_cap)
    return {"Users": [iam_shapes.listed_user(user) for user in shown], **more}


def list_groups(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    groups = _under_path(call, cloud.iam(caller.account_id).groups)
    shown, more = one_page(call, groups, cloud.page_cap)
    return {"Groups": [iam_shapes.listed_group(group) for group in shown], **more}


def list_roles(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    roles = _under_path(call, cloud.iam(caller.account_id).roles)
    shown, more = one_page(call, roles, cloud.page_cap)
    return {"Roles": [iam_shapes.listed_role(role) for role in shown], **more}


def get_group(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    group = _group(cloud.iam(caller.account_id), call.params["GroupName"])
    shown, more = one_page(call, _by_name({user.name: user for user in group.users}), cloud.page_cap)
    members = [iam_shapes.bare_user(user) for user in shown]
    return {"Group": iam_shapes.listed_group(group), "Users": members, **more}


def list_policies(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    backend = cloud.iam(caller.account_id)
    attached, bounding = _policy_uses(backend)
    scope = call.params.get("Scope", "All")
    usage = bounding if call.params.get("PolicyUsageFilter") == "PermissionsBoundary" else attached
    policies = {
        arn: policy
        for arn, policy in backend.managed_policies.items()
        if scope in ("All", _scope(policy)) and (usage[arn] or not call.params.get("OnlyAttached"))
    }
    shown, more = one_page(call, _under_path(call, policies), cloud.page_cap)
    listed = [iam_shapes.listed_policy(policy, attached[policy.arn], bounding[policy.arn]) for policy in shown]
    return {"Policies": listed, **more}


def get_account_authorization_details(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Users, groups, roles and policies as one long list that MaxItems cuts wherever it falls."""
    backend = cloud.iam(caller.account_id)
    wanted = call.params.get("Filter") or list(_ENTITY_TYPES)
    for name in set(wanted) - set(_ENTITY_TYPES):
        raise validation_error(name, "filter", f"satisfy enum value set: [{', '.join(_ENTITY_TYPES)}]")
    attached, bounding = _policy_uses(backend)
    memberships = _group_names(backend)
    found: dict[Position, tuple[str, Callable[[], Members]]] = {}
    for name, user in backend.users.items() if "User" in wanted else ():
        found[0, name] = ("UserDetailList", partial(iam_shapes.user_detail, user, memberships[name]))
    for name, group in backend.groups.items() if "Group" in wanted else ():
        found[1, name] = ("GroupDetailList", partial(iam_shapes.group_detail, group))
    for name, role in backend.roles.items() if "Role" in wanted else ():
        found[2, name] = ("RoleDetailList", partial(iam_shapes.role_detail, role))
    for arn, policy in backend.managed_policies.items():
        uses = attached[arn], bounding[arn]
        if f"{_scope(policy)}ManagedPolicy" in wanted and (any(uses) or _scope(policy) == "Local"):
            found[3, arn] = ("Policies", partial(iam_shapes.policy_detail, policy, *uses))
    shown, more = one_page(call, found, cloud.page_cap)
    lists: dict[str, list[Members]] = {name: [] for name in _DETAIL_LISTS}
    for list_name, detail in shown:
        lists[list_name].append(detail())
    return {**lists, **more}


def _by_name(entities: dict[str, Any]) -> dict[Position, Any]:
    """IAM's lists are in the order of the names (of the ARNs, for policies)."""
    return {(name,): entity for name, entity in entities.items()}


def _under_path(call: Call, entities: dict[str, Any]) -> dict[Position, Any]:
    prefix = call.params.get("PathPrefix", "/")
    return _by_name({name: entity for name, entity in entities.items() if entity.path.startswith(prefix)})


def _group(backend: IAMBackend, name: str) -> Group:
    try:
        return backend.get_group(name)
    except ServiceException:
        text = f"The group with name {name} cannot be found."
        raise AwsError("NoSuchEntity", text, 404) from None


def _scope(policy: ManagedPolicy) -> str:
    return "AWS" if isinstance(policy, AWSManagedPolicy) else "Local"


def _policy_uses(backend: IAMBackend) -> tuple[Counter[str], Counter[str]]:
    """How often each policy is attached, and how often it bounds. Counted, because moto's own tally drifts
    when a policy is attached twice.
    """
    entities: list[User | Group | Role] = [
        *backend.users.values(),
        *backend.groups.values(),
        *backend.roles.values(),
    ]
    attached = Counter(arn for entity in entities for arn in entity.managed_policies)
    bounding = Counter(
        [iam_shapes.user_boundary_arn(user) for user in backend.users.values()]
        + [role.permissions_boundary_arn for role in backend.roles.values()]
    )
    return attached, Counter({arn: uses for arn, uses in bounding.items() if arn})


def _group_names(backend: IAMBackend) -> defaultdict[str, list[str]]:
    """User name -> names of their groups, in one pass; moto's `User.group_list` searches every group per
    user.
    """
    names: defaultdict[str, list[str]] = defaultdict(list)
    for group in backend.groups.values():
        for user in group.users:
            names[user.name].append(group.name)
    return names
