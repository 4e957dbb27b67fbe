"""Which accounts a stream that goes through them on its own is done with."""

from __future__ import annotations

import threading


class Departures:
    """Lets others wait until the stream is done with an account, for good or ill. Thread-safe.

    Who waits holds up nobody but itself. The stream has to `end`, however it ends, or they would wait for ever.
    """

    def __init__(self) -> None:
        """Nobody waits: the stream is not read."""
        self._ended = True
        self._left: set[str] = set()
        self._changed = threading.Condition()

    def expect(self) -> None:
        """Before the sync: the stream is read in it."""
        self._ended = False

    def leave(self, account_id: str) -> None:
        """The stream is done with the account."""
        with self._changed:
            self._left.add(account_id)
            self._changed.notify_all()

    def end(self) -> None:
        """The stream is done with all accounts, those that it never came to included."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, account_id: str) -> None:
        """Wait until the stream is done with the account."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or account_id in self._left)
