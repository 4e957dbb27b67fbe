"""The progress of a long sync in the log: once a minute, how far each Region has been read."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from aws_calls.timestamps import utc
from source_aws_iam.cloudtrail.feed import ALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_aws_iam.cloudtrail.feed import Feed
    from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler

SECONDS_BETWEEN_REPORTS: Final = 60
# A large organization has a thousand Regions that are being read.
MOST_LINES: Final = 10
logger = logging.getLogger("airbyte.source_aws_iam")


class Progress:
    """Counts events and reports on the feeds that are not done yet, those with the most left first. Thread-safe."""

    def __init__(self, scheduler: WindowScheduler, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is in seconds."""
        self._scheduler = scheduler
        self._clock = clock
        self._reported = clock()
        # Accounts are opened one after the other, so each feed has a start time of its own.
        self._began: dict[Feed, float] = {}
        self._events: Counter[Feed] = Counter()
        self._lock = threading.Lock()

    def begin(self, feed: Feed) -> None:
        """Note the start time of `feed`, if it has none yet."""
        with self._lock:
            self._began.setdefault(feed, self._clock())

    def page(self, feed: Feed, events: int) -> None:
        """Count a page, and report if it is time to."""
        with self._lock:
            now = self._clock()
            self._events[feed] += events
            if now - self._reported < SECONDS_BETWEEN_REPORTS:
                return
            self._reported = now
        for line in self.lines(now):
            logger.info("%s", line)

    def lines(self, now: float) -> list[str]:
        """Return the report as of `now`."""
        left = sorted(self._scheduler.shares_left().items(), key=lambda share: -share[1])
        lines = [self._line(feed, share, now) for feed, share in left[:MOST_LINES]]
        if len(left) > MOST_LINES:
            lines.append(f"audit_events: {len(left) - MOST_LINES} more Regions have less left than these.")
        return lines

    def _line(self, feed: Feed, share_left: float, now: float) -> str:
        seconds = max(now - self._began.get(feed, now), 1)
        query = "" if feed.query == ALL else f" ({feed.query})"
        return (
            f"audit_events: account {feed.account_id}, Region {feed.region}{query} is complete through "
            f"{utc(self._scheduler.complete_through(feed))}; {self._events[feed]:,} events, "
            f"{self._events[feed] / seconds:.0f} per second; {_minutes(seconds, share_left)}."
        )


def _minutes(seconds: float, share_left: float) -> str:
    """Return how long the rest takes, if it is as busy as what was read."""
    if share_left >= 1:
        return "too early to say how long it will take"
    minutes = seconds * share_left / (1 - share_left) / 60
    return f"about {minutes:,.0f} minutes left" if minutes >= 1 else "less than a minute left"
