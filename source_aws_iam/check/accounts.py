"""Which accounts can be read, within the time of a connection test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aws_calls.errors import AwsError
from aws_calls.in_time import in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from source_aws_iam.aws.session import Session
    from source_aws_iam.sync.account_handle import AccountHandle

DISTINCT_ERRORS: Final = 3


@dataclass
class ProbedAccounts:
    """The result of probing `count` accounts out of `total`, which is None while it is not known."""

    total: int | None
    count: int
    readable: list[AccountHandle] = field(default_factory=list)
    errors: dict[str, AwsError] = field(default_factory=dict)

    @property
    def distinct_errors(self) -> Mapping[str, AwsError]:
        """The first errors that differ by more than the account, by account id."""
        first: dict[tuple[str, str], str] = {}
        for account_id, error in self.errors.items():
            first.setdefault((error.code, error.target.action), account_id)
        return {account_id: self.errors[account_id] for account_id in [*first.values()][:DISTINCT_ERRORS]}

    def __str__(self) -> str:
        """Return how many accounts can be read, and why others cannot."""
        if not self.count:
            return "No account was tested."
        tested = "" if self.count == self.total else " that were tested"
        tested += f", of {self.total} in all," if tested and self.total else ""
        parts = [f"{len(self.readable)} of {self.count} accounts{tested} can be read."]
        slow = self.count - len(self.readable) - len(self.errors)
        if slow:
            parts.append(f"{slow} account{'s' if slow > 1 else ''} gave no answer in time.")
        parts += [f"Account {account_id} cannot be read: {error}" for account_id, error in self.distinct_errors.items()]
        return " ".join(parts)


def probe_accounts(
    accounts: Sequence[AccountHandle],
    unreadable: Callable[[Session], AwsError | None],
    *,
    workers: int,
    seconds: float,
    total: int | None,
) -> ProbedAccounts:
    """Sign in to the accounts, several at a time, and call `unreadable` for each.

    An account that takes longer than `seconds` is only counted.
    """

    def cause(account: AccountHandle) -> AwsError | None:
        try:
            account.sign_in()
        except AwsError as error:
            return error
        return unreadable(account.session)

    result = ProbedAccounts(total, len(accounts))
    for account, error in in_time(cause, accounts, workers=workers, seconds=seconds):
        if error:
            result.errors[account.account_id] = error
        else:
            result.readable.append(account)
    return result
