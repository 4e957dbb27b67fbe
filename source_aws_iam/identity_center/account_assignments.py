"""account_assignments: who holds which permission set in which account, and as which role.

The assignments are listed for each permission set and each account in which it is provisioned. AWS could list them by
principal too (ListAccountAssignmentsForPrincipal), but then those of users and groups that were deleted would be
missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AbsentError, AwsError
from source_aws_iam.identity_center.identity_center_stream import PermissionSetStream
from source_aws_iam.identity_center.principal_names import PrincipalNames
from source_aws_iam.identity_center.role_names import OF_ROLE, PATH_PREFIX, role_of
from source_aws_iam.identity_center.sets import PermissionSet, permission_sets
from source_aws_iam.streams.columns import hidden, visible
from source_aws_iam.sync.account_region import AccountRegion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance
    from source_aws_iam.sync.account_handle import AccountHandle

    # By id. None where AWS denies them.
    Names = Mapping[Any, str | None] | None

_ROLE: Final = ("role_arn", "role_id")


class AccountAssignments(PermissionSetStream):
    """One row per permission set, account and principal."""

    def rows_for_administrator(self, instance: Instance) -> Iterator[Row]:
        """Yield the assignments, several permission sets and accounts at a time."""
        admin = instance.admin
        pairs = [
            (one, account_id)
            for one, accounts in admin.each("permission sets", _with_accounts, permission_sets(instance))
            for account_id in accounts
        ]
        names = PrincipalNames(instance)
        accounts = self._account_names({account_id for _, account_id in pairs})

        def of_pair(pair: tuple[PermissionSet, str]) -> list[Row]:
            one, account_id = pair
            assignments = one.assignments(account_id)
            shared = self._shared(instance, one, account_id, accounts) if assignments else {}
            return [_row(assignment, shared, names) for assignment in assignments]

        for rows in admin.each("permission sets", of_pair, pairs):
            yield from rows

    def _shared(self, instance: Instance, one: PermissionSet, account_id: str, accounts: Names) -> Row:
        """Return the columns that all assignments of a permission set in an account have in common."""
        named = visible({("permission_set_name",): lambda: {"permission_set_name": one.described()["name"]}})
        name = named["permission_set_name"]
        role = self._role(instance, name, account_id) if name else hidden(_ROLE)
        unnamed = ["account_name"] if accounts is None else []
        return {
            "permission_set_arn": one.arn,
            "target_account_id": account_id,
            **named,
            "account_name": (accounts or {}).get(account_id),
            **role,
            "unavailable_fields": [*named["unavailable_fields"], *unnamed, *role["unavailable_fields"]],
        }

    def _role(self, instance: Instance, permission_set: str, account_id: str) -> Row:
        """Return the role's columns. They are null and named where the account is not read, or could not be."""
        account = next((one for one in self.context.accounts() if one.account_id == account_id), None)
        if account is None:
            return hidden(_ROLE)
        try:
            roles = self.context.hub.reader("iam").settled((PATH_PREFIX, account_id), lambda: _roles(account))
        except AwsError as error:
            where = AccountRegion(account_id)
            if not error.unavailable and not self.context.failed(self.name, where, error, rows_missing=False):
                raise
            return hidden(_ROLE)
        role = role_of(permission_set, instance.region, roles) or {}
        return {"role_arn": role.get("arn"), "role_id": role.get("role_id"), "unavailable_fields": []}

    def _account_names(self, wanted: set[str]) -> Names:
        known = {one.account_id: one.known.get("name") for one in self.context.accounts() if one.known}
        if wanted <= known.keys():
            return known
        organizations = self.context.hub.reader("organizations")

        def listed() -> Mapping[Any, str | None]:
            return {row.get("id"): row.get("name") for row in organizations.rows("list_accounts", "Accounts")}

        try:
            return organizations.if_allowed(listed)
        except AbsentError:
            return {}  # there is no organization


def _with_accounts(one: PermissionSet) -> tuple[PermissionSet, list[str]]:
    return one, one.accounts()


def _roles(account: AccountHandle) -> list[Row]:
    """Return the roles of permission sets in an account, as far as `role_of` needs them."""
    with account.held() as session:
        rows = session.reader("iam").rows("list_roles", "Roles", PathPrefix=PATH_PREFIX)
        return [{column: row.get(column) for column in OF_ROLE} for row in rows]


def _row(assignment: Row, shared: Row, names: PrincipalNames) -> Row:
    named = names.columns(assignment)
    return {
        **shared,
        **named,
        "unavailable_fields": [*shared["unavailable_fields"], *named["unavailable_fields"]],
    }
