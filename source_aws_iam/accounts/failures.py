"""Which accounts, or Regions of them, could not be read, and why. The others are not held up by them."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, NamedTuple

from source_aws_iam.aws.errors import AwsError
from source_aws_iam.resources import exhausted

if TYPE_CHECKING:
    from collections.abc import Mapping

# The Region of a Place that is a whole account.
WHOLE: Final = ""
logger = logging.getLogger("airbyte.source_aws_iam")


class Place(NamedTuple):
    """An account, or a Region of one that has others. The account is all of it where `region` is empty."""

    account_id: str
    region: str = WHOLE

    def __str__(self) -> str:
        """Return what the user knows it by."""
        return f"Region {self.region} of account {self.account_id}" if self.region else self.account_id


class Unexpected(NamedTuple):
    """A failure that is not AWS's, by the name of its exception. What the exception says may be part of a record.

    `lack` is the sentence about what the machine had too little of, where that was the reason.
    """

    code: str
    lack: str | None = None

    @property
    def cause(self) -> tuple[str, ...]:
        """What tells this failure from others."""
        return (self.code,)

    def __str__(self) -> str:
        """Return the sentence for the user."""
        return self.lack or (
            f"The connector failed with an unexpected {self.code}. This is a fault of the connector. The log of this "
            "sync has the details: report it with them."
        )


Failure = AwsError | Unexpected


def without_frames(error: AwsError) -> AwsError:
    """Return the error, to be kept or raised again, without the frames that it and what caused it came through.

    The frames hold what was read of an account, and those that called them, which may be complete answers of AWS.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _unexpected(error: Exception) -> Unexpected:
    return Unexpected(type(error).__name__, exhausted(error))


class Failures:
    """Remembers the first failure of each stream in each account, or in each Region of it. Thread-safe."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_stream: dict[str, dict[str, dict[str, Failure]]] = {}
        self._told: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()

    def add(self, stream: str, place: Place, error: Exception) -> Failure:
        """`stream` could not be read there. Return what is remembered of this error."""
        failure = without_frames(error) if isinstance(error, AwsError) else _unexpected(error)
        with self._lock:
            by_account = self._by_stream.setdefault(stream, {})
            by_account.setdefault(place.account_id, {}).setdefault(place.region, failure)
        return failure

    def nothing_read(self, stream: str, account_id: str) -> None:
        """`stream` could read no Region of the account: what failed is the account, if AWS is the reason."""
        with self._lock:
            by_account = self._by_stream.get(stream, {})
            if failed := by_account.get(account_id):
                by_account[account_id] = {WHOLE: failed[min(failed)]}

    def tell(self, stream: str, place: Place, error: Failure) -> None:
        """Warn of it, once for each cause that an account has."""
        with self._lock:
            news = (place.account_id, *error.cause) not in self._told
            self._told.add((place.account_id, *error.cause))
        if not news:
            return
        if place.region:
            logger.warning("%s is left out of %s. %s", place, stream, error)
        else:
            logger.warning(
                "Account %s is left out of %s, and of other streams that need the same. %s", place, stream, error
            )

    def of_stream(self, stream: str) -> Mapping[Place, Failure]:
        """Return {place: its failure}: whole accounts in the order of the ids, and then Regions of others."""
        with self._lock:
            found = {
                Place(account_id, region): error
                for account_id, failed in self._by_stream.get(stream, {}).items()
                for region, error in failed.items()
            }
        return dict(sorted(found.items(), key=lambda item: (item[0].region != WHOLE, item[0])))

    def of_account(self, account_id: str) -> Mapping[tuple[str, str], Failure]:
        """Return {(stream, Region): its failure} in a definite order. The Region is empty where all of them failed."""
        with self._lock:
            found = {
                (stream, region): error
                for stream, by_account in self._by_stream.items()
                for region, error in by_account.get(account_id, {}).items()
            }
        return dict(sorted(found.items()))

    def unread_streams(self, accounts: int) -> list[str]:
        """Return the streams that could be read in none of so many accounts."""
        with self._lock:
            return sorted(
                stream
                for stream, by_account in self._by_stream.items()
                if sum(WHOLE in failed for failed in by_account.values()) >= accounts
            )
