"""AWS's own count of what an account holds.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.aws.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.iam.account import Account


def account_summary(account: Account) -> Mapping[str, int]:
    """Return AWS's counters by AWS's names ("Users"). Raises AwsError."""
    return account.once("summary", lambda: account.one("get_account_summary", "SummaryMap")["summary_map"])


def summary(account: Account) -> Mapping[str, int] | None:
    """Return the same, or None where AWS refuses it or answers without it: rows are not held up by a comparison."""
    try:
        return account.if_allowed(lambda: account_summary(account))
    except AwsError as error:
        if not error.is_broken_answer:
            raise
        return None
