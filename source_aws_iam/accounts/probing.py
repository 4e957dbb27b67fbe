"""Which accounts can be signed in to, in the time that somebody waits in front of a form."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from source_aws_iam.accounts.member import Member

# The call plan of the first account has to fit into a minute as well.
SECONDS: Final = 30
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
            parts.append(f"{slow} accounts gave no answer within {SECONDS} seconds.")
        parts += [f"Account {account_id} cannot be read: {error}" for account_id, error in self.distinct_errors.items()]
        return " ".join(parts)


def probe(members: Sequence[Member], most: int, *, workers: int, seconds: float = SECONDS) -> Probed:
    """Sign in to the first `most` accounts, side by side."""
    tried = members[:most]
    executor = ThreadPoolExecutor(workers, thread_name_prefix="probe")
    futures = {executor.submit(_sign_in, member): member for member in tried}
    answered, _ = wait(futures, timeout=seconds)
    executor.shutdown(wait=False, cancel_futures=True)
    result = Probed(len(members), len(tried))
    for future, member in futures.items():
        if future not in answered:
            continue
        error = future.result()
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
