"""account_summary: AWS's own counters and quotas of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.values import snake_case
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.summary import account_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


class AccountSummary(IamStream):
    """One row per account."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the counters: those of AWS as one object, and each in a column of its own."""
        counters = account_summary(session.reader("iam"))
        yield {**{snake_case(name): count for name, count in counters.items()}, "summary_map": counters}
