"""The streams of the identity stores of IAM Identity Center, as a sync of the home account has to bring them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.identity_center import seen
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


def users(aws: Cloud) -> Iterator[Row]:
    for instance in seen(aws):
        for user in instance.users.values():
            emails = user.get("Emails", [])
            primary = [email["Value"] for email in emails if email.get("Primary") or len(emails) == 1]
            yield {
                "instance_arn": instance.arn,
                **_renamed(user, {**_OF_ENTITY, **_OF_USER}),
                "primary_email": primary[0] if primary else None,
            }


def groups(aws: Cloud) -> Iterator[Row]:
    for instance in seen(aws):
        for group_id, group in instance.groups.items():
            members = [one for one in instance.memberships.values() if one["GroupId"] == group_id]
            yield {
                "instance_arn": instance.arn,
                **_renamed(group, {**_OF_ENTITY, **_OF_GROUP}),
                "member_count": len(members),
                "unavailable_fields": [],
            }


def group_members(aws: Cloud) -> Iterator[Row]:
    for instance in seen(aws):
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


def _renamed(members: Any, names: dict[str, str]) -> Row:
    return {column: _inner(members[name]) if name in members else None for name, column in names.items()}


def _inner(value: Any) -> Any:
    if isinstance(value, dict):
        return {_INNER[name]: _inner(one) for name, one in value.items()}
    return [_inner(one) for one in value] if isinstance(value, list) else value
