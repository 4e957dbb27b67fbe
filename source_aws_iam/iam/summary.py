"""AWS's own counts of an account's resources.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_calls.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.aws.reader import Reader


def account_summary(iam: Reader) -> Mapping[str, int]:
    """Return AWS's counters by AWS's names ("Users"). Raises AwsError."""
    return iam.once("summary", lambda: iam.one("get_account_summary")["summary_map"])


def summary(iam: Reader) -> Mapping[str, int] | None:
    """Return the same, or None where AWS denies it or answers without it: a comparison must not cost rows."""
    try:
        return iam.if_allowed(lambda: account_summary(iam))
    except AwsError as error:
        if not error.is_broken_answer:
            raise
        return None
