"""The IAM lists that moto does not page, or shapes differently from AWS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy

from embedded_aws.server import iam_shapes
from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import validation_error
from embedded_aws.server.iam_entities import group_named
from embedded_aws.server.iam_policies import policy_uses
from embedded_aws.server.iam_shapes import Members
from embedded_aws.server.paging import Position, one_page
from embedded_aws.server.principals import Principal

_DETAIL_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_ENTITY_TYPES = ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")


_POLICIES_PER_PAGE = {"Local": 67, "AWS": 14}
"""Pages of account details are bounded by their payload too, and policies come with all of their documents. Live,
pages with MaxItems=1000 had 67 customer-managed policies, and 5 to 17 of AWS's.
"""


@dataclass(frozen=True)
class _Entry:
    """One of the account details. Of those that count, `per_page` fill a page."""

    list_name: str
    detail: Callable[[], Members]
    per_page: int | None = None


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
    group = group_named(cloud.iam(caller.account_id), call.params["GroupName"])
    shown, more = one_page(call, _by_name({user.name: user for user in group.users}), cloud.page_cap)
    members = [iam_shapes.bare_user(user) for user in shown]
    return {"Group": iam_shapes.listed_group(group), "Users": members, **more}


def list_policies(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    backend = cloud.iam(caller.account_id)
    attached, bounding = policy_uses(backend)
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
    """Users, groups, roles and policies as one long list that MaxItems cuts wherever it falls. Never with tags
    and descriptions of policies.
    """
    backend = cloud.iam(caller.account_id)
    wanted = call.params.get("Filter") or list(_ENTITY_TYPES)
    for name in set(wanted) - set(_ENTITY_TYPES):
        raise validation_error(name, "filter", f"satisfy enum value set: [{', '.join(_ENTITY_TYPES)}]")
    attached, bounding = policy_uses(backend)
    memberships = _group_names(backend)
    found: dict[Position, _Entry] = {}
    for name, user in backend.users.items() if "User" in wanted else ():
        found[0, name] = _Entry("UserDetailList", partial(iam_shapes.user_detail, user, memberships[name]))
    for name, group in backend.groups.items() if "Group" in wanted else ():
        found[1, name] = _Entry("GroupDetailList", partial(iam_shapes.group_detail, group))
    for name, role in backend.roles.items() if "Role" in wanted else ():
        found[2, name] = _Entry("RoleDetailList", partial(iam_shapes.role_detail, role))
    for arn, policy in backend.managed_policies.items():
        uses = attached[arn], bounding[arn]
        if f"{_scope(policy)}ManagedPolicy" in wanted and (any(uses) or _scope(policy) == "Local"):
            detail = partial(iam_shapes.policy_detail, policy, *uses)
            found[3, arn] = _Entry("Policies", detail, _POLICIES_PER_PAGE[_scope(policy)])
    shown, more = one_page(call, found, cloud.page_cap, _fitting)
    lists: dict[str, list[Members]] = {name: [] for name in _DETAIL_LISTS}
    for entry in shown:
        lists[entry.list_name].append(entry.detail())
    return {**lists, **more}


def _fitting(entries: list[_Entry]) -> int:
    """How many of them fit into one page."""
    filled = Fraction()
    for number, entry in enumerate(entries):
        filled += Fraction(1, entry.per_page) if entry.per_page else 0
        if filled > 1:
            return number
    return len(entries)


def _by_name(entities: dict[str, Any]) -> dict[Position, Any]:
    """IAM's lists are in the order of the names (of the ARNs, for policies)."""
    return {(name,): entity for name, entity in entities.items()}


def _under_path(call: Call, entities: dict[str, Any]) -> dict[Position, Any]:
    prefix = call.params.get("PathPrefix", "/")
    return _by_name({name: entity for name, entity in entities.items() if entity.path.startswith(prefix)})


def _scope(policy: ManagedPolicy) -> str:
    return "AWS" if isinstance(policy, AWSManagedPolicy) else "Local"


def _group_names(backend: IAMBackend) -> defaultdict[str, list[str]]:
    """User name -> names of their groups, in one pass; moto's `User.group_list` searches every group per
    user.
    """
    names: defaultdict[str, list[str]] = defaultdict(list)
    for group in backend.groups.values():
        for user in group.users:
            names[user.name].append(group.name)
    return names
