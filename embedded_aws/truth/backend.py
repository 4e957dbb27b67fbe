"""The content of IAM, read directly from moto's objects.

It shares no code with the HTTP answers, so that a mistake there cannot hide itself here. Times are
aware UTC at IAM's resolution of one second; policy documents are decoded; lists are in the order of their
names.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from moto.iam.models import Group, IAMBackend, ManagedPolicy, User


def users(backend: IAMBackend) -> list[dict[str, Any]]:
    names: defaultdict[int, list[str]] = defaultdict(list)
    for name, group in sorted(backend.groups.items()):
        for member in group.users:
            names[id(member)].append(name)
    return [_user(backend, user, names[id(user)]) for _, user in sorted(backend.users.items())]


def groups(backend: IAMBackend) -> list[dict[str, Any]]:
    return [_group(group) for _, group in sorted(backend.groups.items())]


def memberships(backend: IAMBackend) -> list[dict[str, Any]]:
    """One row per user in a group."""
    return [
        {
            "group_id": group.id,
            "group_name": group.name,
            "group_arn": group.arn,
            "user_id": user.id,
            "user_name": user.name,
            "user_arn": user.arn,
        }
        for _, group in sorted(backend.groups.items())
        for user in sorted(group.users, key=lambda member: member.name)
    ]


def _user(backend: IAMBackend, user: User, groups: list[str]) -> dict[str, Any]:
    boundary = getattr(user, "permissions_boundary", None)
    return {
        "user_id": user.id,
        "user_name": user.name,
        "path": user.path,
        "arn": user.arn,
        "create_date": _aware(user.create_date),
        "password_last_used": _aware(user.password_last_used),
        "permissions_boundary_arn": boundary["PermissionsBoundaryArn"] if boundary else None,
        "tags": {tag["Key"]: tag["Value"] for tag in backend.tagger.list_tags_for_resource(user.arn)["Tags"]},
        "groups": groups,
        "attached_policies": _attached(user.managed_policies),
        "inline_policies": _inline(user.policies),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "group_id": group.id,
        "group_name": group.name,
        "path": group.path,
        "arn": group.arn,
        "create_date": _aware(group.create_date),
        "attached_policies": _attached(group.managed_policies),
        "inline_policies": _inline(group.policies),
    }


def _attached(policies: Mapping[str, ManagedPolicy]) -> list[dict[str, str]]:
    return [{"policy_name": policy.name, "policy_arn": arn} for arn, policy in sorted(policies.items())]


def _inline(policies: Mapping[str, str]) -> dict[str, Any]:
    """Policy name -> document."""
    return {name: json.loads(document) for name, document in sorted(policies.items())}


def _aware(time: datetime | None) -> datetime | None:
    return time.replace(microsecond=0, tzinfo=timezone.utc) if time else None
