"""identity_center_groups: every group of an identity store, with its number of members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.identity_center.identity_center_stream import IdentityCenterStream
from source_aws_iam.identity_center.store import groups, memberships
from source_aws_iam.streams.columns import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


class IdentityCenterGroups(IdentityCenterStream):
    """One row per group."""

    def rows_of(self, instance: Instance) -> Iterator[Row]:
        """Yield the groups."""

        def row(group: Row) -> Row:
            counted = visible({("member_count",): lambda: _count(instance, group["group_id"])})
            return {"identity_store_id": instance.store_id, **group, **counted}

        yield from instance.store.each("groups", row, groups(instance).values())


def _count(instance: Instance, group_id: str) -> Row:
    return {"member_count": len(memberships(instance, group_id))}
