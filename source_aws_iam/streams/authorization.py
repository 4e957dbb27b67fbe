"""The users and groups of an account with all that is attached to them, read once per sync for all streams.

iam:GetAccountAuthorizationDetails answers for every user what would otherwise be nine calls each; three streams need
it. It is kept whole, which AWS's own quotas bound: 5,000 users and 500 groups per account
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.values import plain, tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.aws.session import Session

Row = dict[str, Any]


@dataclass(frozen=True)
class Authorization:
    """Rows by name, as GetAccountAuthorizationDetails refers to groups by name. IAM names are unique in an account."""

    users: Mapping[str, Row]
    groups: Mapping[str, Row]

    def members(self) -> list[tuple[Row, Row]]:
        """Return (group, user) for every membership.

        A group that a user names but that was not listed was deleted while AWS was answering: so was the membership.
        """
        return [
            (self.groups[name], user)
            for user in self.users.values()
            for name in user["group_names"]
            if name in self.groups
        ]


def authorization(session: Session) -> Authorization:
    """Return the account's users and groups; all callers of one session get the same snapshot."""
    return session.once("authorization", lambda: _read(session))


def _read(session: Session) -> Authorization:
    iam = session.caller("iam")
    user_list, group_list = (
        iam.shape("get_account_authorization_details", member) for member in ("UserDetailList", "GroupDetailList")
    )
    users: dict[str, Row] = {}
    groups: dict[str, Row] = {}
    for page in iam.pages("get_account_authorization_details", expect="IsTruncated", Filter=["User", "Group"]):
        for user in plain(page.get("UserDetailList", []), user_list):
            users[user["user_name"]] = _user(user)
        for group in plain(page.get("GroupDetailList", []), group_list):
            groups[group["group_name"]] = _group(group)
    return Authorization(users, groups)


def _user(detail: Row) -> Row:
    boundary = detail.get("permissions_boundary") or {}
    return {
        **_identity(detail, "user"),
        "tags": tags(detail.get("tags", [])),
        "permissions_boundary_type": boundary.get("permissions_boundary_type"),
        "permissions_boundary_arn": boundary.get("permissions_boundary_arn"),
        "group_names": detail.get("group_list", []),
        "attached_policies": detail.get("attached_managed_policies", []),
        "inline_policies": detail.get("user_policy_list", []),
    }


def _group(detail: Row) -> Row:
    return {
        **_identity(detail, "group"),
        "attached_policies": detail.get("attached_managed_policies", []),
        "inline_policies": detail.get("group_policy_list", []),
    }


def _identity(detail: Row, kind: str) -> Row:
    return {name: detail.get(name) for name in (f"{kind}_id", f"{kind}_name", "arn", "path", "create_date")}
