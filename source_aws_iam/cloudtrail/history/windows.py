"""Windows of time, and how they are cut.

AWS does not say how many events a window has. So a Region starts as one window over everything that has to be read. A
reader that finds it too full gives the older rest back in pieces. A quiet Region costs one request, and a busy one is
cut until each piece takes half a minute.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from source_aws_iam.cloudtrail.feed import Feed

SECOND: Final = timedelta(seconds=1)
# So many pages take half a minute at AWS's quota. That much work is lost in a crash, and not more.
PAGES_PER_WINDOW: Final = 60
# The newest pages of a window say little about the rest of it if they are part of one burst.
PAGES_BEFORE_SPLITTING: Final = 4
# A rest of fewer pages is not shared.
PAGES_TO_SHARE: Final = 2


@dataclass(frozen=True)
class Window:
    """The events of `feed` with start <= time < end."""

    feed: Feed
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How much time it covers."""
        return self.end - self.start

    def rest_before(self, second: datetime, pages_read: int, idle: int = 0) -> list[Window]:
        """Cut [start, second] into pieces if it looks too full to be read in one go, else return [].

        While `idle` readers wait, a rest of more than a page or two is shared with them: where answers take long, one
        reader leaves most of the quota unused, and cutting costs fewer requests than that.

        The rest is assumed to be as busy as the `pages_read` pages from `second` to the end. That estimate gets worse
        the older the events are, so each older piece is twice as long as the next. A busy Region cuts the long ones
        again, and a single burst in a quiet one costs a dozen requests and not hundreds.
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
            pieces.insert(0, Window(self.feed, start, end))
            end, length = start, 2 * length
        # A single piece is given back only after a whole window. Before, its reader would soon give most of it back.
        return pieces if len(pieces) > 1 or pages_read >= PAGES_PER_WINDOW else []

    def _shared(self, end: datetime, readers: int) -> list[Window]:
        """Cut [start, end) into equal pieces, of a second at least."""
        seconds = (end - self.start) // SECOND
        count = min(readers, seconds)
        edges = [self.start + number * seconds // count * SECOND for number in range(count + 1)]
        return [Window(self.feed, start, end) for start, end in pairwise(edges)]
