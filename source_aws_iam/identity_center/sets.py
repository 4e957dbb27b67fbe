"""Reads permission sets, and what each grants. Rows are in snake_case. All streams share what was read.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_calls.answers import broken_answer
from aws_calls.errors import AbsentError
from source_aws_iam.aws.values import document
from source_aws_iam.identity_center.resource_tags import resource_tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance


class PermissionSet:
    """One permission set of an instance. Every method raises AwsError, and AbsentError where it is deleted."""

    def __init__(self, instance: Instance, arn: str) -> None:
        """`arn` is that of the permission set."""
        self.arn = arn
        self._instance = instance
        self._admin = instance.admin
        self._request: dict[str, Any] = {"InstanceArn": instance.arn, "PermissionSetArn": arn}

    def described(self) -> Row:
        """Return name, description, session duration and relay state."""

        def ask() -> Row:
            found: Row = self._admin.one("describe_permission_set", **self._request)["permission_set"]
            if not found.get("name"):
                raise broken_answer(self._admin.target("describe_permission_set"))
            return found

        found: Row = self._once("described", ask)
        return found

    def managed_policies(self) -> list[Row]:
        """Return the policies of AWS."""
        found: list[Row] = self._rows("list_managed_policies_in_permission_set", "AttachedManagedPolicies")
        return found

    def customer_managed_policies(self) -> list[Row]:
        """Return the names and paths of the policies that each account has to have."""
        found: list[Row] = self._rows(
            "list_customer_managed_policy_references_in_permission_set", "CustomerManagedPolicyReferences"
        )
        return found

    def inline_policy(self) -> Row:
        """Return the document as {"inline_policy", "inline_policy_text"}. Both are null where there is none."""
        sent = self._once(
            "inline", lambda: self._admin.one("get_inline_policy_for_permission_set", **self._request)
        ).get("inline_policy")
        found, text = document(sent) if sent else (None, None)
        return {"inline_policy": found, "inline_policy_text": text}

    def permissions_boundary(self) -> Row | None:
        """Return the boundary, or None where there is none."""

        def ask() -> Row | None:
            try:
                found = self._admin.one("get_permissions_boundary_for_permission_set", **self._request)
            except AbsentError:
                return None
            boundary: Row | None = found.get("permissions_boundary")
            return boundary

        found: Row | None = self._once("boundary", ask)
        return found

    def tags(self) -> dict[str, str | None]:
        """Return the tags as one object."""
        return resource_tags(self._instance, self.arn)

    def accounts(self) -> list[str]:
        """Return the ids of the accounts in which it is provisioned."""
        found: list[str] = self._rows("list_accounts_for_provisioned_permission_set", "AccountIds")
        return found

    def assignments(self, account_id: str) -> list[Row]:
        """Return who holds it in one account."""
        request = {**self._request, "AccountId": account_id}
        return [*self._admin.rows("list_account_assignments", "AccountAssignments", **request)]

    def _rows(self, operation: str, records: str) -> Any:
        return self._once(operation, lambda: [*self._admin.rows(operation, records, **self._request)])

    def _once(self, what: str, ask: Callable[[], Any]) -> Any:
        return self._admin.once((what, self.arn), ask)


def permission_sets(instance: Instance) -> list[PermissionSet]:
    """Return the permission sets of an instance."""
    admin = instance.admin

    def listed() -> list[PermissionSet]:
        arns: Any = admin.rows("list_permission_sets", "PermissionSets", InstanceArn=instance.arn)
        return [PermissionSet(instance, arn) for arn in dict.fromkeys(arns)]

    return admin.once(("permission sets", instance.arn), listed)
