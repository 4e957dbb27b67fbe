"""Which accounts, and Regions of them, could not be read, and why. The others are read."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, NamedTuple

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.errors import AwsError
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.machine_limits import exhausted

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger("airbyte.source_aws_iam")


class Unexpected(NamedTuple):
    """A failure that is not AWS's, by the name of its exception. The exception's text may be part of a record.

    `sentence` is for the user, where there is one: about memory or threads, or what to change.
    """

    code: str
    sentence: str | None = None

    @property
    def cause(self) -> tuple[str, ...]:
        """The key by which equal failures are recognized."""
        return (self.code,)

    def __str__(self) -> str:
        """Return the sentence for the user."""
        return self.sentence or (
            f"The connector failed with an unexpected {self.code}. This is a fault of the connector. The log of this "
            "sync has the details: report it with them."
        )


Failure = AwsError | Unexpected


def without_frames(error: AwsError) -> AwsError:
    """Return the error without its traceback and its causes, to be kept or raised again.

    Frames of a traceback keep their variables in memory, which may be complete answers of AWS.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def failure_of(error: Exception) -> Failure:
    """Return the failure that is remembered of an error."""
    if isinstance(error, AwsError):
        return without_frames(error)
    sentence = error.message if isinstance(error, AirbyteTracedException) else exhausted(error)
    return Unexpected(type(error).__name__, sentence)


class Failures:
    """Remembers the first failure of each stream in each account, or in each Region of it. Thread-safe."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_stream: dict[str, dict[str, dict[str, Failure]]] = {}
        self._warned_of: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()

    def add(self, stream: str, where: AccountRegion, error: Exception) -> Failure:
        """Remember that `stream` could not be read in an account or Region, and return the failure."""
        failure = failure_of(error)
        with self._lock:
            by_account = self._by_stream.setdefault(stream, {})
            by_account.setdefault(where.account_id, {}).setdefault(where.region, failure)
        return failure

    def nothing_read(self, stream: str, account_id: str) -> None:
        """Note that `stream` could read no Region of the account. If they failed, the account as a whole has failed."""
        with self._lock:
            by_account = self._by_stream.get(stream, {})
            if failed := by_account.get(account_id):
                by_account[account_id] = {WHOLE: failed[min(failed)]}

    def warn(self, stream: str, where: AccountRegion, error: Failure) -> None:
        """Log a warning, once for each cause that an account has."""
        with self._lock:
            is_new = (where.account_id, *error.cause) not in self._warned_of
            self._warned_of.add((where.account_id, *error.cause))
        if not is_new:
            return
        if where.region:
            logger.warning("%s is left out of %s. %s", where, stream, error)
        else:
            logger.warning(
                "Account %s is left out of %s, and of other streams that need the same. %s", where, stream, error
            )

    def of_stream(self, stream: str) -> Mapping[AccountRegion, Failure]:
        """Return {AccountRegion: its failure}: whole accounts in the order of their ids, and then Regions of others."""
        with self._lock:
            found = {
                AccountRegion(account_id, region): error
                for account_id, failed in self._by_stream.get(stream, {}).items()
                for region, error in failed.items()
            }
        return dict(sorted(found.items(), key=lambda item: (item[0].region != WHOLE, item[0])))

    def of_account(self, account_id: str) -> Mapping[tuple[str, str], Failure]:
        """Return {(stream, Region): its failure}, sorted. The Region is WHOLE where the whole account failed."""
        with self._lock:
            found = {
                (stream, region): error
                for stream, by_account in self._by_stream.items()
                for region, error in by_account.get(account_id, {}).items()
            }
        return dict(sorted(found.items()))

    def unread_streams(self, accounts: int) -> list[str]:
        """Return the streams that failed in all of so many accounts."""
        with self._lock:
            return sorted(
                stream
                for stream, by_account in self._by_stream.items()
                if sum(WHOLE in failed for failed in by_account.values()) >= accounts
            )
