"""permission_sets: each permission set with all that it grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from source_aws_iam.identity_center.identity_center_stream import PermissionSetStream
from source_aws_iam.identity_center.sets import PermissionSet, permission_sets
from source_aws_iam.streams.columns import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


_DESCRIBED: Final = ("name", "description", "created_date", "session_duration", "relay_state")


class PermissionSets(PermissionSetStream):
    """One row per permission set."""

    def rows_for_administrator(self, instance: Instance) -> Iterator[Row]:
        """Yield the permission sets, several at a time."""
        yield from instance.admin.each("permission sets", _row, permission_sets(instance))


def _row(one: PermissionSet) -> Row:
    found = visible(
        {
            _DESCRIBED: lambda: {column: one.described().get(column) for column in _DESCRIBED},
            ("tags",): lambda: {"tags": one.tags()},
            ("managed_policies",): lambda: {"managed_policies": one.managed_policies()},
            ("customer_managed_policies",): lambda: {"customer_managed_policies": one.customer_managed_policies()},
            ("inline_policy", "inline_policy_text"): one.inline_policy,
            ("permissions_boundary",): lambda: {"permissions_boundary": one.permissions_boundary()},
            ("provisioned_accounts",): lambda: {"provisioned_accounts": len(one.accounts())},
        }
    )
    return {**found, "permission_set_arn": one.arn}
