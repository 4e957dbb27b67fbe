"""Users, groups, roles and instance profiles."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from moto.iam.models import InstanceProfile, ManagedPolicy, Role

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth import backend, sign_in
from embedded_aws.truth.values import SOME_TIME, Row, aware, by_key

ROOT = "<root_account>"
_SESSION = 3600


def users(aws: Cloud) -> Iterator[Row]:
    """The root user has a row too, though no list of users has it. Its age AWS tells only in the report."""
    unknown = ("path", "tags", "permissions_boundary_arn", "permissions_boundary_type", "group_names")
    yield {
        **dict.fromkeys((*unknown, "attached_policies", "inline_policies")),
        **sign_in.of_root(aws),
        "user_id": aws.account_id,
        "user_name": ROOT,
        "arn": f"arn:{aws.partition}:iam::{aws.account_id}:root",
        "is_root": True,
        "create_date": SOME_TIME,
        "password_last_used": None,
    }
    known = ("user_id", "user_name", "arn", "path", "create_date", "password_last_used", "tags")
    by_name, columns = aws.iam().users, sign_in.of_users(aws)
    for user in backend.users(aws.iam()):
        yield {
            **{column: user[column] for column in known},
            **_boundary(user["permissions_boundary_arn"]),
            **columns[by_name[user["user_name"]].id],
            "is_root": False,
            "group_names": user["groups"],
            "attached_policies": user["attached_policies"],
            "inline_policies": _inline(user["inline_policies"]),
        }


def groups(aws: Cloud) -> Iterator[Row]:
    members = Counter(membership["group_id"] for membership in backend.memberships(aws.iam()))
    known = ("group_id", "group_name", "arn", "path", "create_date", "attached_policies")
    for group in backend.groups(aws.iam()):
        yield {
            **{column: group[column] for column in known},
            "member_count": members[group["group_id"]],
            "inline_policies": _inline(group["inline_policies"]),
            "unavailable_fields": [],
        }


def group_members(aws: Cloud) -> Iterator[Row]:
    user_paths = {user["user_id"]: user["path"] for user in backend.users(aws.iam())}
    group_paths = {group["group_id"]: group["path"] for group in backend.groups(aws.iam())}
    for row in backend.memberships(aws.iam()):
        yield {**row, "user_path": user_paths[row["user_id"]], "group_path": group_paths[row["group_id"]]}


def roles(aws: Cloud) -> Iterator[Row]:
    profiles = list(aws.iam().instance_profiles.values())
    for role in aws.iam().roles.values():
        used: datetime | None = role.last_used
        yield {
            **_role(role),
            **_boundary(role.permissions_boundary_arn),
            "description": role.description or None,
            "max_session_duration": int(role.max_session_duration or _SESSION),
            "role_last_used_date": aware(used),
            "role_last_used_region": role.last_used_region if used else None,
            "tags": by_key(role.tags),
            "attached_policies": _attached(role.managed_policies),
            "inline_policies": _inline({name: json.loads(text) for name, text in role.policies.items()}),
            "instance_profiles": [_profile(profile) for profile in profiles if role in profile.roles],
            "is_service_linked": role.path.startswith("/aws-service-role/"),
            "permission_set_name": _permission_set(role),
            "source_role_template": None,
            "unavailable_fields": [],
        }


def instance_profiles(aws: Cloud) -> Iterator[Row]:
    for profile in aws.iam().instance_profiles.values():
        yield {**_profile(profile), "roles": [_role(role) for role in profile.roles]}


def _role(role: Role) -> Row:
    return {
        "role_id": role.id,
        "role_name": role.name,
        "arn": role.arn,
        "path": role.path,
        "create_date": aware(role.create_date),
        "assume_role_policy_document": json.loads(role.assume_role_policy_document),
        "document_text": None,
    }


def _profile(profile: InstanceProfile) -> Row:
    return {
        "instance_profile_id": profile.id,
        "instance_profile_name": profile.name,
        "arn": profile.arn,
        "path": profile.path,
        "create_date": aware(profile.create_date),
    }


def _permission_set(role: Role) -> str | None:
    """AWSReservedSSO_NAME_0123456789abcdef"""
    if not role.path.startswith("/aws-reserved/sso.amazonaws.com/"):
        return None
    name: str = role.name.removeprefix("AWSReservedSSO_").rsplit("_", 1)[0]
    return name


def _boundary(arn: str | None) -> Row:
    return {"permissions_boundary_arn": arn, "permissions_boundary_type": "Policy" if arn else None}


def _attached(policies: Mapping[str, ManagedPolicy]) -> list[Row]:
    return [{"policy_name": policy.name, "policy_arn": arn} for arn, policy in policies.items()]


def _inline(documents: Mapping[str, Any]) -> list[Row]:
    return [
        {"policy_name": name, "policy_document": document, "document_text": None}
        for name, document in documents.items()
    ]
