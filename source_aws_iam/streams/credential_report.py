"""credential_report: AWS's report as it is, typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.credential_report import credential_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class CredentialReport(Inventory):
    """One row per user of the report, the root user included."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the rows as old as the report is, so with users that have been deleted since."""
        yield from credential_report(account(session)).rows.values()
