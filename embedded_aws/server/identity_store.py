"""The identity store of an instance of IAM Identity Center.

https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.server.calls import Call
from embedded_aws.server.identity_center import Instance
from embedded_aws.server.identity_center_calls import Operation, for_members, not_found, page


def _list_users(instance: Instance, call: Call) -> dict[str, Any]:
    return page(call, "Users", list(instance.users.values()))


def _list_groups(instance: Instance, call: Call) -> dict[str, Any]:
    return page(call, "Groups", list(instance.groups.values()))


def _list_group_memberships(instance: Instance, call: Call) -> dict[str, Any]:
    group_id = call.params["GroupId"]
    if group_id not in instance.groups:
        raise not_found("GROUP", group_id)
    return page(call, "GroupMemberships", [one for one in instance.memberships.values() if one["GroupId"] == group_id])


OPERATIONS: Mapping[str, Operation] = {
    "identitystore:ListGroupMemberships": for_members(_list_group_memberships),
    "identitystore:ListGroups": for_members(_list_groups),
    "identitystore:ListUsers": for_members(_list_users),
}
