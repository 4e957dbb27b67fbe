"""The coverage of a sync: what was read of each stream in each account and Region, and what was not.

The streams note it while they read. `sync_coverage` makes rows of it when all other streams have ended. Nothing counts
as read before its stream has noted that it came to the end.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar

from aws_calls.errors import AwsError
from source_aws_iam.sync.account_region import WHOLE, AccountRegion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from source_aws_iam.sync.failures import Failure

T = TypeVar("T", frozenset[str], tuple[str, ...])

# Stands for streams of the organization, and for failures that keep a stream from every account.
NO_ACCOUNT: Final = AccountRegion("")
UNFINISHED: Final = "The stream ended before all of it was read."


class Status(Enum):
    """How much was read."""

    COMPLETE = "complete"
    PARTIAL = "partial"  # rows or columns are missing
    DENIED = "denied"  # nothing was read, because AWS denies it
    FAILED = "failed"  # nothing was read, for another reason
    NOT_ENABLED = "not_enabled"  # the account has not enabled the Region


@dataclass(slots=True)
class Covered:
    """What was read of a stream in one account and Region. One thread at a time notes it.

    `by_aws` is AWS's own count, and `comparable` the number of rows that this count includes. `gaps` are the columns
    that were unavailable in some row, and `missing` the denied IAM actions that would bring them. `since` and `through`
    are the bounds of the events that were read, also by earlier syncs.
    """

    rows: int = 0
    by_aws: int | None = None
    comparable: int | None = None
    gaps: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    since: datetime | None = None
    through: datetime | None = None
    failure: Failure | None = None
    is_read: bool = False
    is_enabled: bool = True

    def see(self, hidden: Collection[str] | None) -> None:
        """Count a row in which the columns `hidden` are unavailable."""
        self.rows += 1
        if hidden and not self.gaps.issuperset(hidden):
            self.gaps = self.gaps.union(hidden)

    @property
    def status(self) -> Status:
        """How much was read."""
        if not self.is_enabled:
            return Status.NOT_ENABLED
        if self.is_read and not self.failure:
            return Status.PARTIAL if self.gaps else Status.COMPLETE
        if self.rows:
            return Status.PARTIAL
        denied = isinstance(self.failure, AwsError) and self.failure.unavailable
        return Status.DENIED if denied else Status.FAILED

    @property
    def missing_actions(self) -> tuple[str, ...]:
        """The denied IAM actions that would make it complete."""
        if self.missing or not isinstance(self.failure, AwsError) or not self.failure.denied:
            return self.missing
        return (self.failure.target.action,)

    @property
    def error(self) -> str | None:
        """A sentence about what is missing, or why. None where nothing is."""
        if self.failure:
            return str(self.failure)
        if self.is_enabled and not self.is_read:
            return UNFINISHED
        return f"Some rows lack these columns: {', '.join(sorted(self.gaps))}." if self.gaps else None


# One object for all: an organization of a thousand accounts has ten thousand such Regions.
_NOT_ENABLED: Final = Covered(is_enabled=False)


class Coverage:
    """The coverage of all streams. Thread-safe."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._covered: dict[str, dict[str, dict[str, Covered]]] = {}
        self._shared: dict[object, object] = {}
        self._lock = threading.Lock()

    def at(self, stream: str, where: AccountRegion = NO_ACCOUNT) -> Covered:
        """Return what was read of `stream` in an account and Region, to be noted there."""
        with self._lock:
            return self._regions(stream, where.account_id).setdefault(sys.intern(where.region), Covered())

    def add(self, stream: str, where: AccountRegion, rows: int) -> None:
        """Count rows that one of several threads has read."""
        covered = self.at(stream, where)
        with self._lock:
            covered.rows += rows

    def failed(self, stream: str, where: AccountRegion, failure: Failure) -> None:
        """Note that `stream` could not be read to its end there. The first failure is kept."""
        covered = self.at(stream, where)
        with self._lock:
            covered.failure = covered.failure or failure

    def failed_accounts(self, stream: str) -> list[str]:
        """Return the ids of the accounts of which `stream` could not be read as a whole."""
        with self._lock:
            whole = {one: regions.get(WHOLE) for one, regions in self._covered.get(stream, {}).items() if one}
            return sorted(one for one, covered in whole.items() if covered and covered.failure)

    def lacks(self, covered: Covered, missing: tuple[str, ...]) -> None:
        """Note what makes it incomplete: the actions `missing`."""
        with self._lock:
            # Thousands of accounts and Regions lack the same.
            covered.gaps = self._share(covered.gaps)
            covered.missing = self._share(missing)

    def not_enabled(self, stream: str, account_id: str, regions: Collection[str]) -> None:
        """Note that `stream` is not read in these Regions, because the account has not enabled them."""
        with self._lock:
            self._regions(stream, account_id).update(dict.fromkeys(map(sys.intern, regions), _NOT_ENABLED))

    def accounts(self, stream: str) -> list[str]:
        """Return the ids of the accounts of which something of `stream` was to be read."""
        with self._lock:
            return sorted(filter(None, self._covered.get(stream, {})))

    def of(self, stream: str, account_id: str) -> Mapping[str, Covered]:
        """Return what was read of `stream` in an account, by Region; by WHOLE for streams without Regions.

        A failure of the account as a whole, or of the stream before it, is the failure of every Region that was not
        read.
        """
        with self._lock:
            found = dict(sorted(self._regions(stream, account_id).items())) or {WHOLE: Covered()}
            ended = [found.pop(WHOLE)] if len(found) > 1 and WHOLE in found else []
            ended += self._regions(stream, NO_ACCOUNT.account_id).values()
            causes = [covered.failure for covered in ended if covered.failure]
            for covered in found.values():
                if causes and covered.is_enabled and not covered.is_read:
                    covered.failure = covered.failure or causes[0]
            return found

    def _regions(self, stream: str, account_id: str) -> dict[str, Covered]:
        return self._covered.setdefault(stream, {}).setdefault(account_id, {})

    def _share(self, value: T) -> T:
        """Return an equal value that is kept already: thousands of Regions lack the same."""
        shared: T = self._shared.setdefault(value, value)  # type: ignore[assignment]
        return shared
