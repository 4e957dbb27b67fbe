"""The permission sets of IAM Identity Center and who holds them, as a sync of the home account has to bring them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.identity_center import Instance, PermissionSet
from embedded_aws.truth.identity_center import is_of_organization, principal_name, seen
from embedded_aws.truth.values import Row


def permission_sets(aws: Cloud) -> Iterator[Row]:
    for instance, one in _sets(aws):
        yield {
            "instance_arn": instance.arn,
            "permission_set_arn": one.arn,
            "name": one.name,
            "description": one.description,
            "created_date": one.created,
            "session_duration": one.session_duration,
            "relay_state": one.relay_state,
            "tags": dict(one.tags),
            "managed_policies": [{"name": name, "arn": arn} for name, arn in one.managed],
            "customer_managed_policies": [{"name": name, "path": path} for name, path in one.customer_managed],
            "inline_policy": json.loads(one.inline) if one.inline else None,
            "inline_policy_text": None,
            "permissions_boundary": _boundary(one),
            "provisioned_accounts": len(one.provisioned),
            "unavailable_fields": [],
        }


def permission_set_policies(aws: Cloud) -> Iterator[Row]:
    for instance, one in _sets(aws):
        for kind, policy, columns in _policies(one):
            yield {
                "instance_arn": instance.arn,
                "permission_set_arn": one.arn,
                "permission_set_name": one.name,
                "policy_type": kind,
                "policy": policy,
                "policy_arn": None,
                "policy_name": None,
                "policy_path": None,
                "policy_document": None,
                "document_text": None,
                **columns,
                "unavailable_fields": [],
            }


def account_assignments(aws: Cloud, read: Collection[str] = ()) -> Iterator[Row]:
    """Of the accounts `read`, by default the home account, the roles are known."""
    for instance, one in _sets(aws):
        for assigned in instance.assignments:
            if assigned.permission_set != one.arn:
                continue
            is_read = assigned.account_id in (read or (aws.account_id,))
            name = instance.role_name(one, assigned.account_id)
            roles = aws.iam(assigned.account_id).roles.values() if is_read else ()
            role = next((role for role in roles if role.name == name), None)
            member = aws.organization.members.get(assigned.account_id) if aws.organization else None
            yield {
                "instance_arn": instance.arn,
                "permission_set_arn": one.arn,
                "permission_set_name": one.name,
                "target_account_id": assigned.account_id,
                "account_name": member.known_as if member else None,
                "principal_type": assigned.kind,
                "principal_id": assigned.principal_id,
                "principal_name": principal_name(instance, assigned.principal_id),
                "role_arn": role.arn if role else None,
                "role_id": role.id if role else None,
                "unavailable_fields": [] if is_read else ["role_arn", "role_id"],
            }


def _policies(one: PermissionSet) -> Iterator[tuple[str, str, Row]]:
    for name, arn in one.managed:
        yield "aws_managed", arn, {"policy_arn": arn, "policy_name": name}
    for name, path in one.customer_managed:
        yield "customer_managed", path + name, {"policy_name": name, "policy_path": path}
    if one.inline:
        yield "inline", "inline", {"policy_document": json.loads(one.inline)}
    if one.boundary and "ManagedPolicyArn" in one.boundary:
        arn = one.boundary["ManagedPolicyArn"]
        yield "permissions_boundary", arn, {"policy_arn": arn, "policy_name": arn.split("/")[-1]}
    elif one.boundary:
        reference = one.boundary["CustomerManagedPolicyReference"]
        columns = {"policy_name": reference["Name"], "policy_path": reference["Path"]}
        yield "permissions_boundary", reference["Path"] + reference["Name"], columns


def _boundary(one: PermissionSet) -> Row | None:
    if one.boundary is None:
        return None
    if "ManagedPolicyArn" in one.boundary:
        return {"managed_policy_arn": one.boundary["ManagedPolicyArn"]}
    reference = one.boundary["CustomerManagedPolicyReference"]
    return {"customer_managed_policy_reference": {"name": reference["Name"], "path": reference["Path"]}}


def _sets(aws: Cloud) -> Iterator[tuple[Instance, PermissionSet]]:
    for instance in seen(aws):
        if is_of_organization(aws, instance):
            for one in instance.permission_sets.values():
                yield instance, one
