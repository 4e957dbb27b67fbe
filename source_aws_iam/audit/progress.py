"""What a long sync says of itself: once a minute, how far each Region is."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from source_aws_iam.audit.selection import ALL
from source_aws_iam.aws.values import utc

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_aws_iam.audit.plan import Plan
    from source_aws_iam.audit.windows import Pair

SECONDS_BETWEEN_REPORTS: Final = 60
# A large organization has a thousand Regions under way; a log has readers.
MOST_LINES: Final = 10
logger = logging.getLogger("airbyte.source_aws_iam")


class Progress:
    """Counts events and reports on the pairs that are not done yet, those with the most left first. Thread-safe."""

    def __init__(self, plan: Plan, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is in seconds."""
        self._plan = plan
        self._clock = clock
        self._reported = clock()
        # Accounts come one after the other: what was read in an hour says nothing of one that came a minute ago.
        self._began: dict[Pair, float] = {}
        self._events: Counter[Pair] = Counter()
        self._lock = threading.Lock()

    def begin(self, pair: Pair) -> None:
        """`pair` is asked for from now on, if it has not been before."""
        with self._lock:
            self._began.setdefault(pair, self._clock())

    def page(self, pair: Pair, events: int) -> None:
        """Count a page, and report if it is time to."""
        with self._lock:
            now = self._clock()
            self._events[pair] += events
            if now - self._reported < SECONDS_BETWEEN_REPORTS:
                return
            self._reported = now
        for line in self.lines(now):
            logger.info("%s", line)

    def lines(self, now: float) -> list[str]:
        """Return the report as of `now`."""
        left = sorted(self._plan.shares_left().items(), key=lambda share: -share[1])
        lines = [self._line(pair, share, now) for pair, share in left[:MOST_LINES]]
        if len(left) > MOST_LINES:
            lines.append(f"audit_events: {len(left) - MOST_LINES} more Regions have less left than these.")
        return lines

    def _line(self, pair: Pair, share_left: float, now: float) -> str:
        seconds = max(now - self._began.get(pair, now), 1)
        query = "" if pair.query == ALL else f" ({pair.query})"
        return (
            f"audit_events: account {pair.account_id}, Region {pair.region}{query} is complete through "
            f"{utc(self._plan.complete_through(pair))}; {self._events[pair]:,} events, "
            f"{self._events[pair] / seconds:.0f} per second; {_minutes(seconds, share_left)}."
        )


def _minutes(seconds: float, share_left: float) -> str:
    """Return how long it takes to read what is left, if it is as busy as what was read."""
    if share_left >= 1:
        return "too early to say how long it will take"
    minutes = seconds * share_left / (1 - share_left) / 60
    return f"about {minutes:,.0f} minutes left" if minutes >= 1 else "less than a minute left"
