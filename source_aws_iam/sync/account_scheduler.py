"""The order in which streams read accounts: together, a few accounts at a time.

The CDK reads stream by stream. But all streams of an account are made from the same few answers of AWS, which are kept
in memory until the last stream is done with the account. So no stream may run far ahead of the others: it may read an
account that is within `window` accounts of the oldest one that some stream has not read. Streams that share no answers,
such as audit_events, read the accounts independently.

No stream waits for ever, as long as every stream either continues or ends: the oldest unread account may always be
read, and reading it waits for no later account.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence


class AccountScheduler:
    """Decides when a stream may read an account, by its id. Thread-safe.

    A stream that it was not made for may read all accounts at once, and no other stream waits for it.
    """

    def __init__(
        self,
        accounts: Sequence[str],
        sharing: Collection[str],
        *,
        window: int,
        independent: Collection[str] = (),
        release: Callable[[str], None] = lambda _: None,
    ) -> None:
        """The streams `sharing` share what AWS answers for an account, those `independent` do not.

        `release` is called once for each account, when all streams of `sharing` are done with it.
        """
        self._accounts = accounts
        self._sharing = frozenset(sharing)
        self._window = window
        self._release = release
        self._numbers = {account: number for number, account in enumerate(accounts)}
        self._unread = {stream: set(accounts) for stream in (*sharing, *independent)}
        self._oldest = 0 if self._sharing else len(accounts)
        self._changed = threading.Condition()

    def turns(self, stream: str) -> Iterator[str]:
        """Yield the accounts for `stream`, each when it may be read. If the consumer stops, the rest is done too."""
        taken = 0
        try:
            for account in self._accounts:
                self._wait(partial(self._may_enter, stream, account))
                yield account
                taken += 1
        finally:
            for account in self._accounts[taken:]:
                self.done(stream, account)

    def done(self, stream: str, account: str) -> None:
        """Note that `stream` has read `account`, or will not read it. A second call has no effect."""
        with self._changed:
            unread = self._unread.get(stream, set())
            if account not in unread:
                return
            unread.remove(account)
            while self._oldest < len(self._accounts) and self._is_left(self._accounts[self._oldest]):
                self._oldest += 1
            released = stream in self._sharing and self._is_left(account)
            self._changed.notify_all()
        if released:
            self._release(account)

    def end(self, stream: str) -> None:
        """Note that `stream` is done with all accounts, also with those that it did not reach."""
        for account in self._accounts:
            self.done(stream, account)

    def wait_until_read(self, stream: str) -> None:
        """Wait until `stream` is done with all accounts."""
        self._wait(lambda: not self._unread.get(stream))

    def finished(self) -> Iterator[str]:
        """Yield the accounts, each when all streams have finished with it."""
        for account in self._accounts:
            self._wait(partial(self._finished, account))
            yield account

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            self._changed.wait_for(condition)

    def _may_enter(self, stream: str, account: str) -> bool:
        return stream not in self._sharing or self._numbers[account] < self._oldest + self._window

    def _is_left(self, account: str) -> bool:
        return not any(account in self._unread[stream] for stream in self._sharing)

    def _finished(self, account: str) -> bool:
        return not any(account in unread for unread in self._unread.values())
