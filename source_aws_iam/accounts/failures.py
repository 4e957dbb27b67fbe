"""Which accounts could not be read, and why. The others are not held up by them."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.aws.errors import AwsError

logger = logging.getLogger("airbyte.source_aws_iam")


def without_frames(error: AwsError) -> AwsError:
    """Return the error, to be kept or raised again, without the frames that it and what caused it came through.

    The frames hold what was read of an account, and those that called them, which may be complete answers of AWS.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class Failures:
    """Remembers the first failure of each stream in each account. Thread-safe."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_stream: dict[str, dict[str, AwsError]] = {}
        self._told: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def add(self, stream: str, account_id: str, error: AwsError) -> None:
        """`stream` could not be read in the account."""
        without_frames(error)
        with self._lock:
            self._by_stream.setdefault(stream, {}).setdefault(account_id, error)

    def tell(self, stream: str, account_id: str, error: AwsError) -> None:
        """Warn of it, once for each cause that an account has."""
        with self._lock:
            news = (account_id, str(error)) not in self._told
            self._told.add((account_id, str(error)))
        if news:
            logger.warning(
                "Account %s is left out of %s, and of other streams that need the same. %s", account_id, stream, error
            )

    def of_stream(self, stream: str) -> Mapping[str, AwsError]:
        """Return {account id: its failure}, in the order of the ids."""
        with self._lock:
            return dict(sorted(self._by_stream.get(stream, {}).items()))

    def of_account(self, account_id: str) -> Mapping[str, AwsError]:
        """Return {stream: its failure}, in the order of the names."""
        with self._lock:
            found = {name: failed[account_id] for name, failed in self._by_stream.items() if account_id in failed}
        return dict(sorted(found.items()))

    def unread_streams(self, accounts: int) -> list[str]:
        """Return the streams that could be read in none of so many accounts."""
        with self._lock:
            return sorted(name for name, failed in self._by_stream.items() if len(failed) >= accounts)
