"""An account that is read, with its session."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aws_calls.errors import AwsError
from source_aws_iam.sync.failures import without_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.aws.session import Session


class AccountHandle:
    """An account with the session that reads it. Thread-safe.

    Each reader holds the account. When none does any more, everything that was kept of it is dropped.
    """

    def __init__(self, session: Session, known: Mapping[str, Any] | None = None, *, kept: bool = False) -> None:
        """`known` is what Organizations says of the account. A session that others use too is `kept`."""
        self.session = session
        self.account_id = session.account_id
        self.known = known
        self._kept = kept
        self._holders = 0
        self._failure: AwsError | None = None
        self._signed_in = False
        self._lock = threading.Lock()
        self._signing_in = threading.Lock()

    def hold(self) -> None:
        """Keep what is read of the account until `let_go`."""
        with self._lock:
            self._holders += 1

    def let_go(self) -> None:
        """Undo one `hold`."""
        with self._lock:
            self._holders -= 1
            if not self._holders and not self._kept:
                self.session.release()

    @contextmanager
    def held(self) -> Iterator[Session]:
        """Hold the account, and return its session. Raises AwsError where its role cannot be assumed."""
        self.hold()
        try:
            self.sign_in()
            yield self.session
        finally:
            self.let_go()

    def sign_in(self) -> None:
        """Assume the account's role, if that was not done before. A failure is not repeated in this sync."""
        with self._signing_in:
            if self._failure:
                raise without_frames(self._failure)
            if not self._signed_in:
                try:
                    self.session.sign_in()
                except AwsError as error:
                    self._failure = without_frames(error)
                    raise
                self._signed_in = True
