"""The scheduler of windows: which is read next, and which were read."""

from __future__ import annotations

import sys
import threading
from collections import Counter, deque
from typing import TYPE_CHECKING

from source_aws_iam.cloudtrail.history.windows import SECOND, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from source_aws_iam.cloudtrail.feed import Feed


class WindowScheduler:
    """Hands out the windows of one sync, feed by feed in turn and oldest first. Thread-safe."""

    def __init__(
        self,
        windows: Mapping[Feed, Window],
        *,
        at_once: int,
        per_feed: Callable[[Feed], int] = lambda _: sys.maxsize,
        coming: Iterator[Mapping[Feed, Window]] | None = None,
        accounts_at_once: int = 1,
    ) -> None:
        """Start with one window per feed, and hand out at most `at_once` that are not yet returned.

        `per_feed` returns how many of them may be of one feed: more than its quota allows would only wait, and block
        threads. `coming` yields the windows of one account after the other; the next account is taken while fewer than
        `accounts_at_once` have windows left.
        """
        self._waiting: dict[Feed, list[Window]] = {}
        self._reading: dict[Feed, list[Window]] = {}
        self._unread: dict[Feed, list[Window]] = {}
        self._whole: dict[Feed, Window] = {}
        self._turns: deque[Feed] = deque()
        self._coming = coming
        self._asking = False
        self._failure: BaseException | None = None
        self._accounts_at_once = accounts_at_once
        self._at_once = at_once
        self._per_feed = per_feed
        self._in_flight = 0
        self._busy: Counter[tuple[str, str]] = Counter()
        self._changed = threading.Condition()
        self._let_in(windows)

    def __iter__(self) -> Iterator[Window]:
        """Yield windows until none is left or `coming` raises. Wait for those being read, which may give some back."""
        while True:
            with self._changed:
                if self._has_room() and self._coming:
                    # In a thread of its own: it calls AWS, and the windows of other accounts must not wait for it.
                    self._asking = True
                    threading.Thread(target=self._ask_for_one, args=(self._coming,), name="coming", daemon=True).start()
                self._changed.wait_for(lambda: self._ready() or self._has_room() or self._done())
                ready, done = self._ready(), self._done()
                window = self._take() if ready else None
            if window:
                yield window
            elif done and self._failure:
                raise self._failure
            elif done:
                return

    def _ask_for_one(self, coming: Iterator[Mapping[Feed, Window]]) -> None:
        account, failure = None, None
        try:
            account = next(coming, None)
        except BaseException as error:  # noqa: BLE001 - it is raised where the scheduler is iterated
            failure = error
        with self._changed:
            self._asking, self._failure = False, failure
            if account is None:
                self._coming = None
            else:
                self._let_in(account)
            self._changed.notify_all()

    def reads(self, account_id: str) -> bool:
        """Return whether windows of the account are left."""
        with self._changed:
            return account_id in self._under_way()

    def give_back(self, window: Window, second: datetime, pieces: list[Window]) -> Window:
        """Replace `window`, which is being read, by its part after `second` and, to be read, `pieces`."""
        feed = window.feed
        kept = Window(feed, second + SECOND, window.end)
        with self._changed:
            reading, waiting = self._reading[feed], self._waiting[feed]
            reading[reading.index(window)] = kept
            if not waiting:
                self._turns.append(feed)
            self._waiting[feed] = sorted([*pieces, *waiting], key=lambda piece: piece.start)
            self._changed.notify_all()
        return kept

    def idle(self, feed: Feed) -> int:
        """Return how many more readers `feed` would get at once if it had more windows."""
        with self._changed:
            # One of the readers of a feed waits for its turn while the others use the whole quota.
            lacking = self._per_feed(feed) - 1 - self._busy[feed.account_region]
            if lacking <= 0:
                return 0
            waiting = sum(map(len, self._waiting.values()))
            return max(min(lacking, self._at_once - self._in_flight) - waiting, 0)

    def seal(self, window: Window) -> None:
        """Note that `window` was read to its last page."""
        with self._changed:
            self._return(window)

    def fail(self, window: Window) -> bool:
        """Note that `window` could not be read, and hand out no more of its feed. Return whether it is the first."""
        with self._changed:
            is_first = window.feed not in self._unread
            self._unread.setdefault(window.feed, []).append(window)
            self._return(window)
            return is_first

    def has_failed(self, feed: Feed) -> bool:
        """Return whether a window of `feed` could not be read."""
        with self._changed:
            return feed in self._unread

    def is_read(self, feed: Feed) -> bool:
        """Return whether all windows of `feed`, if it had any, were read to their last page."""
        with self._changed:
            return feed not in self._whole or not self._open(feed)

    def __contains__(self, feed: Feed) -> bool:
        """Return whether `feed` was opened."""
        with self._changed:
            return feed in self._whole

    def complete_through(self, feed: Feed) -> datetime:
        """Return the time before which every event of `feed` that this scheduler covers has been read."""
        with self._changed:
            return min((window.start for window in self._open(feed)), default=self._whole[feed].end)

    def shares_left(self) -> dict[Feed, float]:
        """Return, for each feed that is neither done nor failed, which part of its time has not been read (0 to 1)."""
        with self._changed:
            left = {feed: self._open(feed) for feed in self._whole if feed not in self._unread}
        return {
            feed: sum(window.length / self._whole[feed].length for window in windows)
            for feed, windows in left.items()
            if windows
        }

    def _open(self, feed: Feed) -> list[Window]:
        return [*self._waiting[feed], *self._reading[feed], *self._unread.get(feed, ())]

    def _let_in(self, windows: Mapping[Feed, Window]) -> None:
        for feed, window in windows.items():
            self._waiting[feed], self._reading[feed], self._whole[feed] = [window], [], window
            self._turns.append(feed)

    def _under_way(self) -> set[str]:
        waiting = {feed.account_id for feed in self._turns if self._has_turn(feed)}
        return waiting | {account_id for (account_id, _), windows in self._busy.items() if windows}

    def _has_room(self) -> bool:
        return self._coming is not None and not self._asking and len(self._under_way()) < self._accounts_at_once

    def _done(self) -> bool:
        return self._coming is None and not self._in_flight and not any(map(self._has_turn, self._turns))

    def _ready(self) -> bool:
        return self._in_flight < self._at_once and any(map(self._can_turn, self._turns))

    def _has_turn(self, feed: Feed) -> bool:
        return not self._failure and bool(self._waiting[feed]) and feed not in self._unread

    def _can_turn(self, feed: Feed) -> bool:
        # The queries of one account and Region share its quota.
        busy = self._busy[feed.account_region]
        return self._has_turn(feed) and (not busy or busy < self._per_feed(feed))

    def _take(self) -> Window:
        while not self._can_turn(self._turns[0]):
            self._turns.rotate(-1)
        feed = self._turns.popleft()
        window = self._waiting[feed].pop(0)
        if self._waiting[feed]:
            self._turns.append(feed)
        self._reading[feed].append(window)
        self._busy[feed.account_region] += 1
        self._in_flight += 1
        return window

    def _return(self, window: Window) -> None:
        self._reading[window.feed].remove(window)
        self._busy[window.feed.account_region] -= 1
        if not self._busy[window.feed.account_region]:
            del self._busy[window.feed.account_region]
        self._in_flight -= 1
        self._changed.notify_all()
