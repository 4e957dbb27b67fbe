"""The streams of IAM Identity Center, as a sync of the home account has to bring them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.identity_center import Instance, PermissionSet
from embedded_aws.truth.values import Row

_OF_ENTITY = {
    "IdentityStoreId": "identity_store_id",
    "Revision": "revision",
    "CreatedAt": "created_at",
    "CreatedBy": "created_by",
    "UpdatedAt": "updated_at",
    "UpdatedBy": "updated_by",
    "ExternalIds": "external_ids",
    "DisplayName": "display_name",
}
_OF_USER = {
    "UserId": "user_id",
    "UserArn": "user_arn",
    "UserName": "user_name",
    "Name": "name",
    "Emails": "emails",
    "PhoneNumbers": "phone_numbers",
    "Addresses": "addresses",
    "UserType": "user_type",
    "Title": "title",
    "UserStatus": "user_status",
    "NickName": "nick_name",
    "ProfileUrl": "profile_url",
    "PreferredLanguage": "preferred_language",
    "Locale": "locale",
    "Timezone": "timezone",
    "Photos": "photos",
    "Website": "website",
    "Birthdate": "birthdate",
    "Roles": "roles",
}
_OF_GROUP = {"GroupId": "group_id", "GroupArn": "group_arn", "Description": "description"}
_INNER = {
    "GivenName": "given_name",
    "FamilyName": "family_name",
    "Value": "value",
    "Type": "type",
    "Primary": "primary",
    "Issuer": "issuer",
    "Id": "id",
    "StreetAddress": "street_address",
    "Locality": "locality",
    "Country": "country",
}


def instances(aws: Cloud) -> Iterator[Row]:
    for instance in _seen(aws):
        of_organization = _is_of_organization(aws, instance)
        attributes = instance.attributes if of_organization else {}
        yield {
            "instance_arn": instance.arn,
            "region": instance.region,
            "identity_store_id": instance.store_id,
            "identity_store_arn": instance.store_arn,
            "owner_account_id": instance.owner,
            "is_organization_instance": of_organization,
            "name": instance.name,
            "created_date": instance.created,
            "status": instance.status,
            "status_reason": None,
            "primary_region": instance.region,
            "regions": [
                {
                    "region_name": region,
                    "status": "ACTIVE",
                    "added_date": instance.created,
                    "is_primary_region": region == instance.region,
                }
                for region in (instance.region, *instance.replicas)
            ],
            "access_control_attributes": [{"key": key, "source": source} for key, source in attributes.items()],
            "unavailable_fields": [],
        }


def users(aws: Cloud) -> Iterator[Row]:
    for instance in _seen(aws):
        for user in instance.users.values():
            emails = user.get("Emails", [])
            primary = [email["Value"] for email in emails if email.get("Primary") or len(emails) == 1]
            yield {
                "instance_arn": instance.arn,
                **_renamed(user, {**_OF_ENTITY, **_OF_USER}),
                "primary_email": primary[0] if primary else None,
            }


def groups(aws: Cloud) -> Iterator[Row]:
    for instance in _seen(aws):
        for group_id, group in instance.groups.items():
            members = [one for one in instance.memberships.values() if one["GroupId"] == group_id]
            yield {
                "instance_arn": instance.arn,
                **_renamed(group, {**_OF_ENTITY, **_OF_GROUP}),
                "member_count": len(members),
                "unavailable_fields": [],
            }


def group_members(aws: Cloud) -> Iterator[Row]:
    for instance in _seen(aws):
        for membership_id, one in instance.memberships.items():
            user_id = one["MemberId"]["UserId"]
            yield {
                "instance_arn": instance.arn,
                "identity_store_id": instance.store_id,
                "membership_id": membership_id,
                "membership_arn": one["MembershipArn"],
                "group_id": one["GroupId"],
                "group_name": instance.groups[one["GroupId"]]["DisplayName"],
                "user_id": user_id,
                "user_name": instance.users[user_id]["UserName"] if user_id in instance.users else None,
                "created_at": one["CreatedAt"],
                "created_by": one["CreatedBy"],
                "updated_at": one["UpdatedAt"],
                "updated_by": one["UpdatedBy"],
                "unavailable_fields": [],
            }


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
            named = {**instance.users, **instance.groups}.get(assigned.principal_id, {})
            yield {
                "instance_arn": instance.arn,
                "permission_set_arn": one.arn,
                "permission_set_name": one.name,
                "target_account_id": assigned.account_id,
                "account_name": member.known_as if member else None,
                "principal_type": assigned.kind,
                "principal_id": assigned.principal_id,
                "principal_name": named.get("UserName") or named.get("DisplayName"),
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


def _seen(aws: Cloud) -> Iterator[Instance]:
    """Yield what the home account sees: its own instance, and that of its organization."""
    for instance in aws.identity_center:
        if instance.owner == aws.account_id or (_is_of_organization(aws, instance) and _is_member(aws)):
            yield instance


def _sets(aws: Cloud) -> Iterator[tuple[Instance, PermissionSet]]:
    for instance in _seen(aws):
        if _is_of_organization(aws, instance):
            for one in instance.permission_sets.values():
                yield instance, one


def _is_of_organization(aws: Cloud, instance: Instance) -> bool:
    return aws.organization is not None and aws.organization.management == instance.owner


def _is_member(aws: Cloud) -> bool:
    return aws.organization is not None and aws.account_id in aws.organization.members


def _renamed(members: Any, names: dict[str, str]) -> Row:
    return {column: _inner(members[name]) if name in members else None for name, column in names.items()}


def _inner(value: Any) -> Any:
    if isinstance(value, dict):
        return {_INNER[name]: _inner(one) for name, one in value.items()}
    return [_inner(one) for one in value] if isinstance(value, list) else value
