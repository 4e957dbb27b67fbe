"""Reads an identity store: users, groups and memberships. Rows are in snake_case.

ListUsers and ListGroups answer with all that is known of each, so no call for one of them is needed.
https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.identity_center.identified_rows import identified_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


def users(instance: Instance) -> Iterator[Row]:
    """Yield the users of the store, page by page."""
    request = {"IdentityStoreId": instance.store_id}
    yield from identified_rows(instance.store, "list_users", "Users", "user_id", **request)


def groups(instance: Instance) -> Mapping[str, Row]:
    """Return the groups of the store by id. All streams share them."""
    store, request = instance.store, {"IdentityStoreId": instance.store_id}
    return store.once(
        ("groups", instance.store_id),
        lambda: {
            row["group_id"]: row for row in identified_rows(store, "list_groups", "Groups", "group_id", **request)
        },
    )


def user_names(instance: Instance) -> Mapping[str, str | None]:
    """Return {id of a user: its name}. All streams share them. AWS allows 100,000 users."""
    store = instance.store
    return store.once(
        ("user names", instance.store_id), lambda: {row["user_id"]: row.get("user_name") for row in users(instance)}
    )


def group_names(instance: Instance) -> Mapping[str, str | None]:
    """Return {id of a group: its name}."""
    return {group_id: row.get("display_name") for group_id, row in groups(instance).items()}


def memberships(instance: Instance, group_id: str) -> list[Row]:
    """Return the memberships of one group. All streams share them. Raises AbsentError where the group is deleted."""
    store = instance.store
    request = {"IdentityStoreId": instance.store_id, "GroupId": group_id}
    return store.once(
        ("members", instance.store_id, group_id),
        lambda: [*store.rows("list_group_memberships", "GroupMemberships", **request)],
    )
