"""Windows of time, and the plan that hands them out.

Nobody can know beforehand how many events a window holds. So a Region starts as one window over all that has to be
read; whoever reads it and finds it too full gives the older rest back in pieces. A quiet Region costs one request, and
a busy one is cut until every piece is a checkpoint away.
"""

from __future__ import annotations

import math
import sys
import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from source_aws_iam.audit.selection import ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SECOND: Final = timedelta(seconds=1)
# A piece this full takes half a minute at AWS's pace: a crash costs that much, and not more.
PAGES_PER_WINDOW: Final = 60
# The newest pages of a window say little about the rest of it when they fall into one burst.
PAGES_BEFORE_SPLITTING: Final = 4
# What is left must be worth a page for each who shares it.
PAGES_TO_SHARE: Final = 2


class Pair(NamedTuple):
    """Account and Region: where LookupEvents lists events, and what its quota is counted by.

    A selection of several queries is several pairs of the same account and Region.
    """

    account_id: str
    region: str
    query: str = ALL


@dataclass(frozen=True)
class Window:
    """The events of `pair` with start <= time < end."""

    pair: Pair
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How much time it covers."""
        return self.end - self.start

    def rest_before(self, second: datetime, pages_read: int, idle: int = 0) -> list[Window]:
        """Cut [start, second] into pieces if it looks too full to be read in one go, else return [].

        While `idle` readers wait, anything that is more than a page or two is shared with them: where answers take
        long, one reader leaves most of AWS's pace unused, and the requests that cutting costs are those it leaves.

        The estimate is that the rest is as busy as what the `pages_read` pages from `second` to the end have shown.
        It is worth less with every hour further back, so each older piece is twice as long as the next: a busy Region
        cuts the long ones again, and a single burst in a quiet one costs a dozen requests and not hundreds.
        """
        read = max(self.end - second, SECOND)
        pages_left = pages_read * ((second - self.start) / read)
        if idle > 0 and pages_left >= PAGES_TO_SHARE:
            return self._shared(second + SECOND, idle + 1)
        fits = pages_left < 1 or pages_read + pages_left <= PAGES_PER_WINDOW
        if fits or pages_read < PAGES_BEFORE_SPLITTING:
            return []
        pieces: list[Window] = []
        length = max(math.floor(PAGES_PER_WINDOW / pages_read * (read / SECOND)), 1) * SECOND
        end = second + SECOND
        while end > self.start:
            start = end - length if end - self.start >= 2 * length else self.start
            pieces.insert(0, Window(self.pair, start, end))
            end, length = start, 2 * length
        # To give all of it back would read a rest of two windows in nibbles. After a whole window it is a fresh start.
        return pieces if len(pieces) > 1 or pages_read >= PAGES_PER_WINDOW else []

    def _shared(self, end: datetime, readers: int) -> list[Window]:
        """Cut [start, end) into equal pieces, of a second at least."""
        seconds = (end - self.start) // SECOND
        count = min(readers, seconds)
        edges = [self.start + number * seconds // count * SECOND for number in range(count + 1)]
        return [Window(self.pair, start, end) for start, end in pairwise(edges)]


class Plan:
    """The windows of one sync: handed out pair by pair in turn, oldest first, and accounted for. Thread-safe."""

    def __init__(
        self, windows: Mapping[Pair, Window], *, at_once: int, per_pair: Callable[[Pair], int] = lambda _: sys.maxsize
    ) -> None:
        """Plan to read one window per pair, with at most `at_once` handed out and not yet returned.

        `per_pair` says how many of them may be of one pair: more than use its quota would only wait, and keep threads
        from other pairs.
        """
        self._waiting = {pair: [window] for pair, window in windows.items()}
        self._reading: dict[Pair, list[Window]] = {pair: [] for pair in windows}
        self._unread: dict[Pair, list[Window]] = {}
        self._whole = dict(windows)
        self._turns = deque(windows)
        self._at_once = at_once
        self._per_pair = per_pair
        self._in_flight = 0
        self._busy: Counter[tuple[str, str]] = Counter()
        self._changed = threading.Condition()

    def __iter__(self) -> Iterator[Window]:
        """Yield windows until none is left. Waits while those being read may still give something back."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._done() or self._ready())
                if self._done():
                    return
                window = self._take()
            yield window

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

    def _done(self) -> bool:
        return not self._in_flight and not any(map(self._has_turn, self._turns))

    def _ready(self) -> bool:
        return self._in_flight < self._at_once and any(map(self._can_turn, self._turns))

    def _has_turn(self, pair: Pair) -> bool:
        return bool(self._waiting[pair]) and pair not in self._unread

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
        self._in_flight -= 1
        self._changed.notify_all()
