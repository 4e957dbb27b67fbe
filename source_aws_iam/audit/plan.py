"""The plan that hands windows out, and knows which of them were read."""

from __future__ import annotations

import sys
import threading
from collections import Counter, deque
from typing import TYPE_CHECKING

from source_aws_iam.audit.windows import SECOND, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from source_aws_iam.audit.windows import Pair


class Plan:
    """The windows of one sync: handed out pair by pair in turn, oldest first, and accounted for. Thread-safe."""

    def __init__(
        self,
        windows: Mapping[Pair, Window],
        *,
        at_once: int,
        per_pair: Callable[[Pair], int] = lambda _: sys.maxsize,
        coming: Iterator[Mapping[Pair, Window]] | None = None,
        accounts_at_once: int = 1,
    ) -> None:
        """Plan to read one window per pair, with at most `at_once` handed out and not yet returned.

        `per_pair` says how many of them may be of one pair: more than use its quota would only wait, and keep threads
        from other pairs. `coming` yields the windows of one account after the other; the next is asked for while fewer
        than `accounts_at_once` have windows left.
        """
        self._waiting: dict[Pair, list[Window]] = {}
        self._reading: dict[Pair, list[Window]] = {}
        self._unread: dict[Pair, list[Window]] = {}
        self._whole: dict[Pair, Window] = {}
        self._turns: deque[Pair] = deque()
        self._coming = coming
        self._asking = False
        self._failure: BaseException | None = None
        self._accounts_at_once = accounts_at_once
        self._at_once = at_once
        self._per_pair = per_pair
        self._in_flight = 0
        self._busy: Counter[tuple[str, str]] = Counter()
        self._changed = threading.Condition()
        self._let_in(windows)

    def __iter__(self) -> Iterator[Window]:
        """Yield windows until none is left or `coming` raises. Waits for those being read, which may give some back."""
        while True:
            with self._changed:
                if self._has_room() and self._coming:
                    # In a thread of its own: it takes calls to AWS, and no account is to wait for another's answers.
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

    def _ask_for_one(self, coming: Iterator[Mapping[Pair, Window]]) -> None:
        account, failure = None, None
        try:
            account = next(coming, None)
        except BaseException as error:  # noqa: BLE001 - it is raised where the plan is iterated
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
        pair = window.pair
        kept = Window(pair, second + SECOND, window.end)
        with self._changed:
            reading, waiting = self._reading[pair], self._waiting[pair]
            reading[reading.index(window)] = kept
            if not waiting:
                self._turns.append(pair)
            self._waiting[pair] = sorted([*pieces, *waiting], key=lambda piece: piece.start)
            self._changed.notify_all()
        return kept

    def idle(self, pair: Pair) -> int:
        """Return how many more readers `pair` could use at once, and would get if it had windows for them."""
        with self._changed:
            # One of the readers that a pair may have is there to wait.
            lacking = self._per_pair(pair) - 1 - self._busy[pair[:2]]
            if lacking <= 0:
                return 0
            waiting = sum(map(len, self._waiting.values()))
            return max(min(lacking, self._at_once - self._in_flight) - waiting, 0)

    def seal(self, window: Window) -> None:
        """`window` was read to its last page."""
        with self._changed:
            self._return(window)

    def fail(self, window: Window) -> bool:
        """`window` was not read, and stays open: hand out no more of its pair. Return whether that is news."""
        with self._changed:
            news = window.pair not in self._unread
            self._unread.setdefault(window.pair, []).append(window)
            self._return(window)
            return news

    def has_failed(self, pair: Pair) -> bool:
        """Return whether a window of `pair` could not be read."""
        with self._changed:
            return pair in self._unread

    def __contains__(self, pair: Pair) -> bool:
        """Return whether `pair` was let in."""
        with self._changed:
            return pair in self._whole

    def complete_through(self, pair: Pair) -> datetime:
        """Return the time before which every event of `pair` that this plan covers has been read."""
        with self._changed:
            return min((window.start for window in self._open(pair)), default=self._whole[pair].end)

    def shares_left(self) -> dict[Pair, float]:
        """Return, for each pair that is neither done nor failed, which part of its time has not been read (0 to 1)."""
        with self._changed:
            left = {pair: self._open(pair) for pair in self._whole if pair not in self._unread}
        return {
            pair: sum(window.length / self._whole[pair].length for window in windows)
            for pair, windows in left.items()
            if windows
        }

    def _open(self, pair: Pair) -> list[Window]:
        return [*self._waiting[pair], *self._reading[pair], *self._unread.get(pair, ())]

    def _let_in(self, windows: Mapping[Pair, Window]) -> None:
        for pair, window in windows.items():
            self._waiting[pair], self._reading[pair], self._whole[pair] = [window], [], window
            self._turns.append(pair)

    def _under_way(self) -> set[str]:
        waiting = {pair.account_id for pair in self._turns if self._has_turn(pair)}
        return waiting | {account_id for (account_id, _), windows in self._busy.items() if windows}

    def _has_room(self) -> bool:
        return self._coming is not None and not self._asking and len(self._under_way()) < self._accounts_at_once

    def _done(self) -> bool:
        return self._coming is None and not self._in_flight and not any(map(self._has_turn, self._turns))

    def _ready(self) -> bool:
        return self._in_flight < self._at_once and any(map(self._can_turn, self._turns))

    def _has_turn(self, pair: Pair) -> bool:
        return not self._failure and bool(self._waiting[pair]) and pair not in self._unread

    def _can_turn(self, pair: Pair) -> bool:
        # The queries of one account and Region share its quota.
        busy = self._busy[pair[:2]]
        return self._has_turn(pair) and (not busy or busy < self._per_pair(pair))

    def _take(self) -> Window:
        while not self._can_turn(self._turns[0]):
            self._turns.rotate(-1)
        pair = self._turns.popleft()
        window = self._waiting[pair].pop(0)
        if self._waiting[pair]:
            self._turns.append(pair)
        self._reading[pair].append(window)
        self._busy[pair[:2]] += 1
        self._in_flight += 1
        return window

    def _return(self, window: Window) -> None:
        self._reading[window.pair].remove(window)
        self._busy[window.pair[:2]] -= 1
        if not self._busy[window.pair[:2]]:
            del self._busy[window.pair[:2]]
        self._in_flight -= 1
        self._changed.notify_all()
