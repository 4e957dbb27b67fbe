"""password_policy: the account's rules for passwords, or that it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.errors import AbsentError
from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class PasswordPolicy(Inventory):
    """One row per account."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the policy. Where none is set, AWS says that there is no such entity."""
        try:
            policy = account(session).one("get_account_password_policy", "PasswordPolicy")["password_policy"]
        except AbsentError:
            yield {"is_set": False}
        else:
            yield {**policy, "is_set": True}
