"""Which accounts can be signed in to, in the time that somebody waits in front of a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.errors import AwsError
from source_aws_iam.aws.in_time import in_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from source_aws_iam.accounts.member import Member

DISTINCT_ERRORS: Final = 3


@dataclass
class Probed:
    """What became of `tried` accounts, out of `total`."""

    total: int
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
        tried = "" if self.tried == self.total else f" that were tried, of {self.total} in all,"
        parts = [f"{len(self.readable)} of {self.tried} accounts{tried} can be read."]
        slow = self.tried - len(self.readable) - len(self.errors)
        if slow:
            parts.append(f"{slow} account{'s' if slow > 1 else ''} gave no answer in time.")
        parts += [f"Account {account_id} cannot be read: {error}" for account_id, error in self.distinct_errors.items()]
        return " ".join(parts)


def probe(members: Sequence[Member], most: int, *, workers: int, seconds: float) -> Probed:
    """Sign in to the first `most` accounts, side by side. Whoever takes longer than `seconds` is only counted."""
    tried = members[:most]
    result = Probed(len(members), len(tried))
    for member, error in in_time(_sign_in, tried, workers=workers, seconds=seconds):
        if error:
            result.errors[member.account_id] = error
        else:
            result.readable.append(member)
    return result


def _sign_in(member: Member) -> AwsError | None:
    try:
        member.sign_in()
        _ = member.session.identity
    except AwsError as error:
        return error
    return None
