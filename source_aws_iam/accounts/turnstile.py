"""The order in which streams go through accounts: together, a few accounts at a time.

The CDK reads stream by stream. But all streams of an account are made from the same few AWS answers, which are kept in
memory until the last of them is done. So no stream may run far ahead of the others: an account is let in when it is
within `window` accounts of the oldest one that some stream has not finished.

Nobody waits for ever, as long as every stream either goes on or leaves: the oldest unfinished account is always let in,
so each stream has been given it, or is on its way to it; and reading it waits for no later account.
"""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator


class Turnstile:
    """Lets streams into accounts, which are numbers from 0. Thread-safe.

    A stream that is not among those that it was made for goes through freely.
    """

    def __init__(
        self, accounts: int, streams: Collection[str], *, window: int, release: Callable[[int], None] = lambda _: None
    ) -> None:
        """`release` is told of each account, once, that every stream has finished with it."""
        self._accounts = accounts
        self._streams = frozenset(streams)
        self._window = window
        self._release = release
        self._unread = [set(self._streams) for _ in range(accounts)]
        self._left = Counter(dict.fromkeys(self._streams, accounts))
        self._oldest = 0 if self._streams else accounts
        self._changed = threading.Condition()

    def turns(self, stream: str) -> Iterator[int]:
        """Yield the accounts for `stream`, each when it may be read. Whoever stops early leaves."""
        taken = 0
        try:
            for account in range(self._accounts):
                self._wait(partial(self._may_enter, stream, account))
                yield account
                taken = account + 1
        finally:
            for account in range(taken, self._accounts):
                self.done(stream, account)

    def done(self, stream: str, account: int) -> None:
        """`stream` has read `account`, or never will. To say it twice does nothing."""
        with self._changed:
            if stream not in self._unread[account]:
                return
            self._unread[account].remove(stream)
            self._left[stream] -= 1
            while self._oldest < self._accounts and not self._unread[self._oldest]:
                self._oldest += 1
            finished = self._finished(account)
            self._changed.notify_all()
        if finished:
            self._release(account)

    def wait_until_read(self, stream: str) -> None:
        """Wait until `stream` is done with all accounts."""
        self._wait(lambda: not self._left[stream])

    def finished(self) -> Iterator[int]:
        """Yield the accounts, each when all streams have finished with it."""
        for account in range(self._accounts):
            self._wait(partial(self._finished, account))
            yield account

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            self._changed.wait_for(condition)

    def _may_enter(self, stream: str, account: int) -> bool:
        return stream not in self._streams or account < self._oldest + self._window

    def _finished(self, account: int) -> bool:
        return not self._unread[account]
