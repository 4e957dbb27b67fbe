"""Managed policies, their versions, and who has them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy, PolicyVersion

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import Row, aware


def policies(aws: Cloud) -> Iterator[Row]:
    """AWS's lists say neither descriptions nor tags."""
    uses = Counter((row["policy_arn"], row["as_boundary"]) for row in policy_attachments(aws))
    for policy in in_use(aws):
        yield {
            "policy_id": policy.id,
            "policy_name": policy.name,
            "arn": policy.arn,
            "path": policy.path,
            "default_version_id": default_version(policy).version_id,
            "attachment_count": uses[policy.arn, False],
            "permissions_boundary_usage_count": uses[policy.arn, True],
            "is_attachable": True,
            "is_aws_managed": _is_aws_managed(policy.arn),
            "description": None,
            "create_date": aware(policy.create_date),
            "update_date": aware(policy.update_date),
            "tags": None,
            "document": json.loads(default_version(policy).document),
            "document_text": None,
            "unavailable_fields": [],
        }


def policy_versions(aws: Cloud) -> Iterator[Row]:
    for policy in aws.iam().managed_policies.values():
        for version in () if isinstance(policy, AWSManagedPolicy) else policy.versions:
            yield {
                "policy_id": policy.id,
                "policy_name": policy.name,
                "policy_arn": policy.arn,
                "version_id": version.version_id,
                "is_default_version": version.version_id == policy.default_version_id,
                "create_date": aware(version.create_date),
                "document": json.loads(version.document),
                "document_text": None,
                "unavailable_fields": [],
            }


def policy_attachments(aws: Cloud) -> Iterator[Row]:
    for kind, holder_id, name, arn, policy_arn, as_boundary in _held(aws.iam()):
        yield {
            "policy_arn": policy_arn,
            "policy_name": policy_arn.split("/")[-1],
            "is_aws_managed": _is_aws_managed(policy_arn),
            "identity_type": kind,
            "identity_id": holder_id,
            "identity_name": name,
            "identity_arn": arn,
            "as_boundary": as_boundary,
        }


def in_use(aws: Cloud) -> list[ManagedPolicy]:
    """All of the customer's, and those of AWS's that somebody has."""
    used = {policy_arn for *_, policy_arn, _ in _held(aws.iam())}
    every = aws.iam().managed_policies.items()
    return [policy for arn, policy in every if arn in used or not isinstance(policy, AWSManagedPolicy)]


def default_version(policy: ManagedPolicy) -> PolicyVersion:
    [version] = [version for version in policy.versions if version.version_id == policy.default_version_id]
    return version


def _held(backend: IAMBackend) -> Iterator[tuple[str, str, str, str, str, bool]]:
    """Kind, id, name and ARN of the holder, the policy's ARN, and whether it is a boundary."""
    boundary: Row | None
    for user in backend.users.values():
        yield from (("user", user.id, user.name, user.arn, policy, False) for policy in user.managed_policies)
        boundary = getattr(user, "permissions_boundary", None)
        if boundary:
            yield "user", user.id, user.name, user.arn, boundary["PermissionsBoundaryArn"], True
    for group in backend.groups.values():
        yield from (("group", group.id, group.name, group.arn, policy, False) for policy in group.managed_policies)
    for role in backend.roles.values():
        yield from (("role", role.id, role.name, role.arn, policy, False) for policy in role.managed_policies)
        if role.permissions_boundary_arn:
            yield "role", role.id, role.name, role.arn, role.permissions_boundary_arn, True


def _is_aws_managed(arn: str) -> bool:
    return ":iam::aws:policy/" in arn
