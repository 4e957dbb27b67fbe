"""account_summary: AWS's own counters and quotas of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.values import snake_case
from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.summary import account_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class AccountSummary(Inventory):
    """One row per account."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the counters, each in a column of its own and all together as AWS gave them."""
        counters = account_summary(account(session))
        yield {**{snake_case(name): count for name, count in counters.items()}, "summary_map": counters}
