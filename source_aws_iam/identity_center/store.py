"""Reads an identity store: users, groups and memberships. Rows are in snake_case.

ListUsers and ListGroups answer with all that is known of each, so no call for one of them is needed.
https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.aws.answers import broken_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


def users(instance: Instance) -> Iterator[Row]:
    """Yield the users of the store, page by page."""
    yield from _identified(instance, "list_users", "Users", "user_id")


def groups(instance: Instance) -> Mapping[str, Row]:
    """Return the groups of the store by id. All streams share them."""
    store = instance.store
    return store.once(
        ("groups", instance.store_id),
        lambda: {row["group_id"]: row for row in _identified(instance, "list_groups", "Groups", "group_id")},
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


def _identified(instance: Instance, operation: str, records: str, key: str) -> Iterator[Row]:
    """Yield users or groups with their ids. AWS always sends them, and memberships could not be read without."""
    for row in instance.store.rows(operation, records, IdentityStoreId=instance.store_id):
        if not row.get(key):
            raise broken_answer(instance.store.target(operation))
        yield row
