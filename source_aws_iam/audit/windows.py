"""Windows of time, and the plan that hands them out.

Nobody can know beforehand how many events a window holds. So a Region starts as one window over all that has to be
read; whoever reads it and finds it too full gives the older rest back in pieces. A quiet Region costs one request, and
a busy one is cut until every piece is a checkpoint away.
"""

from __future__ import annotations

import math
import sys
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from source_aws_iam.audit.selection import ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SECOND: Final = timedelta(seconds=1)
# A piece this full takes half a minute at AWS's pace: a crash costs that much, and not more.
PAGES_PER_WINDOW: Final = 60
# The newest pages of a window say little about the rest of it when they fall into one burst.
PAGES_BEFORE_SPLITTING: Final = 4


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

    def rest_before(self, second: datetime, pages_read: int) -> list[Window]:
        """Cut [start, second] into pieces if it looks too full to be read in one go, else return [].

        The estimate is that the rest is as busy as what the `pages_read` pages from `second` to the end have shown.
        It is worth less with every hour further back, so each older piece is twice as long as the next: a busy Region
        cuts the long ones again, and a single burst in a quiet one costs a dozen requests and not hundreds.
        """
        read = max(self.end - second, SECOND)
        pages_left = pages_read * ((second - self.start) / read)
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
        return pieces


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
        self._ends = {pair: window.end for pair, window in windows.items()}
        self._spans = {pair: window.end - window.start for pair, window in windows.items()}
        self._failed: set[Pair] = set()
        self._turns = deque(windows)
        self._at_once = at_once
        self._per_pair = per_pair
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
        kept = Window(window.pair, second + SECOND, window.end)
        with self._changed:
            reading = self._reading[window.pair]
            reading[reading.index(window)] = kept
            self._waiting[window.pair] = sorted([*pieces, *self._waiting[window.pair]], key=lambda piece: piece.start)
            self._changed.notify_all()
        return kept

    def seal(self, window: Window) -> None:
        """`window` was read to its last page."""
        with self._changed:
            self._reading[window.pair].remove(window)
            self._changed.notify_all()

    def fail(self, pair: Pair) -> bool:
        """A window of `pair` could not be read, and stays open: hand out no more. Return whether that is news."""
        with self._changed:
            news = pair not in self._failed
            self._failed.add(pair)
            self._changed.notify_all()
            return news

    def complete_through(self, pair: Pair) -> datetime:
        """Return the time before which every event of `pair` that this plan covers has been read."""
        with self._changed:
            return min((window.start for window in self._open(pair)), default=self._ends[pair])

    def shares_left(self) -> dict[Pair, float]:
        """Return, for each pair that is neither done nor failed, which part of its time has not been read (0 to 1)."""
        with self._changed:
            open_windows = {pair: self._open(pair) for pair in self._turns if pair not in self._failed}
        return {
            pair: sum((window.end - window.start) / self._spans[pair] for window in windows)
            for pair, windows in open_windows.items()
            if windows
        }

    def has_failed(self, pair: Pair) -> bool:
        """Return whether a window of `pair` could not be read."""
        with self._changed:
            return pair in self._failed

    def _open(self, pair: Pair) -> list[Window]:
        return [*self._waiting[pair], *self._reading[pair]]

    def _ready(self) -> bool:
        in_flight = sum(len(reading) for pair, reading in self._reading.items() if pair not in self._failed)
        return in_flight < self._at_once and any(self._can_turn(pair) for pair in self._turns)

    def _can_turn(self, pair: Pair) -> bool:
        if not self._waiting[pair] or pair in self._failed:
            return False
        # The queries of one account and Region share its quota.
        reading = sum(len(windows) for other, windows in self._reading.items() if other[:2] == pair[:2])
        return not reading or reading < self._per_pair(pair)

    def _done(self) -> bool:
        return not any(self._open(pair) for pair in self._turns if pair not in self._failed)

    def _take(self) -> Window:
        while not self._can_turn(self._turns[0]):
            self._turns.rotate(-1)
        pair = self._turns[0]
        self._turns.rotate(-1)
        window = self._waiting[pair].pop(0)
        self._reading[pair].append(window)
        return window
