"""Group Management and User Access Management: members of groups, and what groups and users are given."""

from __future__ import annotations

from typing import Final

from destination_security_lake.ocsf.cloudtrail import Event
from destination_security_lake.ocsf.events import ASSIGNMENTS
from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.identities import USER, account, named
from destination_security_lake.ocsf.json_values import Json

_REQUEST: Final = "requestParameters"
_RESPONSE: Final = "responseElements"
_PRIVILEGES: Final = (1, 2)
_MEMBERS: Final = (3, 4)


def group_management(event: Event, record: Fields, number: int) -> dict[str, Json]:
    """Return the group, and its member or privileges. Empty where the record lacks one of them."""
    if event.name in ASSIGNMENTS:
        given = _given(record)
        return {"group": {"uid": record.text(_REQUEST, "principalId")}, **given} if given else {}
    group = {
        "uid": record.text(_RESPONSE, "group", "arn"),
        "name": record.first((_REQUEST, "groupName"), (_RESPONSE, "group", "groupName")),
    }
    if number in _MEMBERS:
        member = record.text(_REQUEST, "userName")
        user = {"name": member, "account": account(event.account_id), **USER}
        return {"group": group, "user": user} if member else {}
    if number in _PRIVILEGES:
        policy = record.first((_REQUEST, "policyArn"), (_REQUEST, "policyName"))
        return {"group": group, "privileges": [policy]} if policy else {}
    # IAM makes groups without privileges, and deletes only those that have none left.
    return {"group": group, "privileges": []}


def user_access(record: Fields) -> dict[str, Json]:
    """Return the user of Identity Center, the permission set and the account.

    The id of the user is uid_alt in all rows. Here it is uid too: the record has no ARN, and OCSF asks for a uid.
    """
    user_id = record.text(_REQUEST, "principalId")
    return {"user": named({"uid": user_id, "uid_alt": user_id, **USER}), **_given(record)}


def _given(record: Fields) -> dict[str, Json]:
    permission_set = record.text(_REQUEST, "permissionSetArn")
    if not permission_set:
        return {}
    target = {"uid": record.text(_REQUEST, "targetId"), "type": record.text(_REQUEST, "targetType")}
    return {"privileges": [permission_set], "resource": target if target["uid"] else None}
