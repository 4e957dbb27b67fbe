"""group_members: complete, however large the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.entities import known
from source_aws_iam.iam.identities import GROUP, USER
from source_aws_iam.iam.memberships import memberships

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class GroupMembers(Inventory):
    """One row per membership of a user in a group."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every membership with the names, ARNs and paths of both sides.

        A group or user that was not listed was deleted while AWS was answering: so was the membership.
        """
        iam = account(session)
        pairs = memberships(iam)
        groups, users = known(iam, GROUP), known(iam, USER)
        for group, user in ((groups[group], users[user]) for group, user in pairs if group in groups and user in users):
            yield {
                **{f"group_{name}": group[column] for name, column in _columns("group")},
                **{f"user_{name}": user[column] for name, column in _columns("user")},
            }


def _columns(kind: str) -> Iterable[tuple[str, str]]:
    return (("id", f"{kind}_id"), ("name", f"{kind}_name"), ("arn", "arn"), ("path", "path"))
