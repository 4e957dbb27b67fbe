"""Windows of time, and how they are cut.

Nobody can know beforehand how many events a window holds. So a Region starts as one window over all that has to be
read; whoever reads it and finds it too full gives the older rest back in pieces. A quiet Region costs one request, and
a busy one is cut until every piece is a checkpoint away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from source_aws_iam.audit.selection import ALL

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
