"""group_members: the users' group lists turned around, which no page size of GetGroup can cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.streams.authorization import authorization

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class GroupMembers(Inventory):
    """One row per membership of a user in a group."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every membership with the names, ARNs and paths of both sides."""
        for group, user in authorization(session).members():
            yield {
                "group_id": group["group_id"],
                "group_name": group["group_name"],
                "group_arn": group["arn"],
                "group_path": group["path"],
                "user_id": user["user_id"],
                "user_name": user["user_name"],
                "user_arn": user["arn"],
                "user_path": user["path"],
            }
