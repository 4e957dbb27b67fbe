"""groups: everything that ListGroups knows and more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.groups import groups
from source_aws_iam.iam.memberships import group_sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class Groups(Inventory):
    """One row per IAM group."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every group with the number of its members."""
        iam = account(session)
        sizes = iam.if_allowed(lambda: group_sizes(iam))
        hidden = ["member_count"] if sizes is None else []
        for group in groups(iam).values():
            size = None if sizes is None or not group["group_name"] else sizes[group["group_name"]]
            yield {**group, "member_count": size, "unavailable_fields": [*group["unavailable_fields"], *hidden]}
