"""moto's IAM objects -> the members that each IAM call really returns.

What a call leaves out matters as much as what it has: ListUsers has no Tags and no PermissionsBoundary,
GetGroup and GetAccountAuthorizationDetails have no PasswordLastUsed. Source: the "does not include" notes of
the API reference, and live answers where it is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, cast
from urllib.parse import quote

from moto.iam.models import Group, InstanceProfile, ManagedPolicy, PolicyVersion, Role, User

Members = dict[str, Any]

ROOT_CREATED = datetime(2015, 3, 9, 14, 20, 7, tzinfo=timezone.utc)
"""When every account, and with it its root user, came into being. Neither is in moto."""


def seconds(time: datetime) -> datetime:
    """moto's naive UTC with microseconds -> IAM's resolution."""
    return time.replace(microsecond=0, tzinfo=timezone.utc)


def boundary(arn: str | None) -> Members | None:
    """Live AWS says "Policy" where the service model says "PermissionsBoundaryPolicy"."""
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None


def user_boundary_arn(user: User) -> str | None:
    """moto's users have no permissions boundary; `iam_users` and the seed set this attribute on them."""
    held: Members | None = getattr(user, "permissions_boundary", None)
    return held["PermissionsBoundaryArn"] if held else None


def password_last_used(user: User) -> datetime | None:
    """moto declares it None for ever, and invites to set it: https://github.com/getmoto/moto/issues/5927"""
    return cast("datetime | None", user.password_last_used)


def bare_user(user: User) -> Members:
    """A user inside GetGroup."""
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": seconds(user.create_date),
    }


def listed_user(user: User) -> Members:
    """A user of ListUsers."""
    used = password_last_used(user)
    return {**bare_user(user), "PasswordLastUsed": seconds(used) if used else None}


def whole_user(user: User) -> Members:
    """The user of GetUser, the only call with everything about it."""
    held = boundary(user_boundary_arn(user))
    return {**listed_user(user), "PermissionsBoundary": held, "Tags": user.tags or None}


def user_detail(user: User, group_names: list[str]) -> Members:
    """A user of GetAccountAuthorizationDetails. An empty UserPolicyList is left out, empty lists of others
    are not.
    """
    return {
        **bare_user(user),
        "UserPolicyList": inline_policies(user.policies) or None,
        "GroupList": group_names,
        "AttachedManagedPolicies": attached_policies(user.managed_policies.values()),
        "PermissionsBoundary": boundary(user_boundary_arn(user)),
        "Tags": user.tags or None,
    }


def listed_group(group: Group) -> Members:
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": seconds(group.create_date),
    }


def group_detail(group: Group) -> Members:
    return {
        **listed_group(group),
        "GroupPolicyList": inline_policies(group.policies),
        "AttachedManagedPolicies": attached_policies(group.managed_policies.values()),
    }


def bare_role(role: Role) -> Members:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": seconds(role.create_date),
        "AssumeRolePolicyDocument": encoded(role.assume_role_policy_document),
    }


def listed_role(role: Role) -> Members:
    duration = int(role.max_session_duration or 3600)
    return {**bare_role(role), "Description": role.description or None, "MaxSessionDuration": duration}


def whole_role(role: Role) -> Members:
    """The role of GetRole, the only call with everything about it."""
    return {**listed_role(role), **_role_extras(role)}


def role_detail(role: Role) -> Members:
    return {
        **bare_role(role),
        "InstanceProfileList": [instance_profile(profile) for profile in role.instance_profile_list],
        "RolePolicyList": inline_policies(role.policies),
        "AttachedManagedPolicies": attached_policies(role.managed_policies.values()),
        **_role_extras(role),
    }


def _role_extras(role: Role) -> Members:
    """What ListRoles leaves out. A role that was never used has an empty RoleLastUsed."""
    used = role.last_used
    return {
        "PermissionsBoundary": boundary(role.permissions_boundary_arn),
        "Tags": role.tags or None,
        "RoleLastUsed": {"LastUsedDate": seconds(used), "Region": role.last_used_region} if used else {},
    }


def listed_policy(policy: ManagedPolicy, attachments: int, boundaries: int) -> Members:
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": attachments,
        "PermissionsBoundaryUsageCount": boundaries,
        "IsAttachable": policy.is_attachable,
        "CreateDate": seconds(policy.create_date),
        "UpdateDate": seconds(policy.update_date),
    }


def policy_detail(policy: ManagedPolicy, attachments: int, boundaries: int) -> Members:
    versions = [policy_version(version) for version in policy.versions]
    return {**listed_policy(policy, attachments, boundaries), "PolicyVersionList": versions}


def listed_version(version: PolicyVersion) -> Members:
    return {
        "VersionId": version.version_id,
        "IsDefaultVersion": version.is_default,
        "CreateDate": seconds(version.create_date),
    }


def policy_version(version: PolicyVersion) -> Members:
    return {"Document": encoded(version.document), **listed_version(version)}


def encoded(document: str) -> str:
    """Policy documents travel URL-encoded as RFC 3986 has it."""
    return quote(document, safe="")


def inline_policies(policies: Mapping[str, str]) -> list[Members]:
    return [{"PolicyName": name, "PolicyDocument": encoded(document)} for name, document in policies.items()]


def attached_policies(policies: Iterable[ManagedPolicy]) -> list[Members]:
    return [{"PolicyName": policy.name, "PolicyArn": policy.arn} for policy in policies]


def instance_profile(profile: InstanceProfile) -> Members:
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": seconds(profile.create_date),
        "Roles": [bare_role(role) for role in profile.roles],
    }
