"""identity_center_group_members: each user of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.identity_center.identity_center_stream import IdentityCenterStream
from source_aws_iam.identity_center.store import groups, memberships, user_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


class IdentityCenterGroupMembers(IdentityCenterStream):
    """One row per membership. A member is a user: groups do not nest."""

    def rows_of(self, instance: Instance) -> Iterator[Row]:
        """Yield the memberships, group by group."""
        store = instance.store
        names = store.if_allowed(lambda: user_names(instance))

        def of_group(group: Row) -> list[Row]:
            shared = {
                "identity_store_id": instance.store_id,
                "group_id": group["group_id"],
                "group_name": group.get("display_name"),
                "unavailable_fields": ["user_name"] if names is None else [],
            }
            return [_row(membership, shared, names or {}) for membership in memberships(instance, group["group_id"])]

        for rows in store.each("groups", of_group, groups(instance).values()):
            yield from rows


def _row(membership: Row, shared: Row, names: Mapping[Any, str | None]) -> Row:
    user_id = (membership.get("member_id") or {}).get("user_id")
    own = {column: value for column, value in membership.items() if column != "member_id"}
    return {**own, **shared, "user_id": user_id, "user_name": names.get(user_id)}
