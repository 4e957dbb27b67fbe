"""permission_set_policies: one row per policy of a permission set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.identity_center.identity_center_stream import PermissionSetStream
from source_aws_iam.identity_center.sets import PermissionSet, permission_sets
from source_aws_iam.streams.columns import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance

_COLUMNS: Final = ("policy_arn", "policy_name", "policy_path", "policy_document", "document_text")


class PermissionSetPolicies(PermissionSetStream):
    """One row per policy of AWS, policy of the customer, inline policy and permissions boundary."""

    def rows_for_administrator(self, instance: Instance) -> Iterator[Row]:
        """Yield the policies, permission set by permission set."""
        for rows in instance.admin.each("permission sets", lambda one: [*_rows(one)], permission_sets(instance)):
            yield from rows


def _rows(one: PermissionSet) -> Iterator[Row]:
    named = visible({("permission_set_name",): lambda: {"permission_set_name": one.described()["name"]}})
    for kind, columns in _policies(one):
        key = columns.get("policy_arn") or f"{columns.get('policy_path') or ''}{columns.get('policy_name') or ''}"
        yield {
            "permission_set_arn": one.arn,
            **named,
            "policy_type": kind,
            "policy": key or "inline",
            **dict.fromkeys(_COLUMNS),
            **columns,
        }


def _policies(one: PermissionSet) -> Iterator[tuple[str, dict[str, Any]]]:
    for policy in one.managed_policies():
        yield "aws_managed", _of_aws(policy.get("arn"), policy.get("name"))
    for policy in one.customer_managed_policies():
        yield "customer_managed", _of_customer(policy)
    inline = one.inline_policy()
    if any(inline.values()):
        yield "inline", {"policy_document": inline["inline_policy"], "document_text": inline["inline_policy_text"]}
    boundary = one.permissions_boundary()
    if boundary:
        reference, arn = boundary.get("customer_managed_policy_reference"), boundary.get("managed_policy_arn")
        columns = _of_customer(reference) if reference else _of_aws(arn, (arn or "").rpartition("/")[2] or None)
        yield "permissions_boundary", columns


def _of_aws(arn: str | None, name: str | None) -> dict[str, Any]:
    return {"policy_arn": arn, "policy_name": name}


def _of_customer(reference: Row) -> dict[str, Any]:
    return {"policy_name": reference.get("name"), "policy_path": reference.get("path") or "/"}
