"""Which accounts can be read, in the time that somebody waits in front of a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.errors import AwsError
from source_aws_iam.aws.in_time import in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from source_aws_iam.accounts.member import Member
    from source_aws_iam.aws.session import Session

DISTINCT_ERRORS: Final = 3


@dataclass
class Probed:
    """What became of `tried` accounts, out of `total`, which is None while nobody knows it."""

    total: int | None
    tried: int
    readable: list[Member] = field(default_factory=list)
    errors: dict[str, AwsError] = field(default_factory=dict)

    @property
    def distinct_errors(self) -> Mapping[str, AwsError]:
        """The first errors that differ in more than the account, by account id."""
        first: dict[tuple[str, str], str] = {}
        for account_id, error in self.errors.items():
            first.setdefault((error.code, error.target.action), account_id)
        return {account_id: self.errors[account_id] for account_id in [*first.values()][:DISTINCT_ERRORS]}

    def __str__(self) -> str:
        """Return how many accounts can be read, and why others cannot."""
        if not self.tried:
            return "No account was tried."
        tried = "" if self.tried == self.total else " that were tried"
        tried += f", of {self.total} in all," if tried and self.total else ""
        parts = [f"{len(self.readable)} of {self.tried} accounts{tried} can be read."]
        slow = self.tried - len(self.readable) - len(self.errors)
        if slow:
            parts.append(f"{slow} account{'s' if slow > 1 else ''} gave no answer in time.")
        parts += [f"Account {account_id} cannot be read: {error}" for account_id, error in self.distinct_errors.items()]
        return " ".join(parts)


def probe(
    members: Sequence[Member],
    unreadable: Callable[[Session], AwsError | None],
    *,
    workers: int,
    seconds: float,
    total: int | None,
) -> Probed:
    """Sign in to the accounts, and ask `unreadable` of each, side by side.

    Whoever takes longer than `seconds` is only counted.
    """

    def cause(member: Member) -> AwsError | None:
        try:
            member.sign_in()
        except AwsError as error:
            return error
        return unreadable(member.session)

    result = Probed(total, len(members))
    for member, error in in_time(cause, members, workers=workers, seconds=seconds):
        if error:
            result.errors[member.account_id] = error
        else:
            result.readable.append(member)
    return result
