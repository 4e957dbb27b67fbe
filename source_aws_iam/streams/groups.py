"""groups: everything that ListGroups knows and more, from GetAccountAuthorizationDetails."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.streams.authorization import authorization

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class Groups(Inventory):
    """One row per IAM group."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every group with the number of its members."""
        snapshot = authorization(session)
        members = Counter(group["group_id"] for group, _ in snapshot.members())
        for group in snapshot.groups.values():
            yield {**group, "member_count": members[group["group_id"]]}
