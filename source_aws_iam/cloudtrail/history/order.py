"""How far a listing of LookupEvents has come, newest first, and whether it can be cut there.

A cut is right only where it is certain on which side each event lies. AWS lists by the time at which an event happened;
an event that states no such time, several, or one outside of the window lies somewhere between its neighbors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.cloudtrail.history.read_range import floor
from source_aws_iam.cloudtrail.history.windows import SECOND

if TYPE_CHECKING:
    from datetime import datetime

    from source_aws_iam.cloudtrail.history.event import Event
    from source_aws_iam.cloudtrail.history.windows import Window


class Order:
    """The order of the events of one window. `oldest` is the oldest second seen, the window's end before the first."""

    def __init__(self, window: Window) -> None:
        """Start before the first event of the listing."""
        self.oldest = window.end
        self._window = window
        self._before = window.end - SECOND
        self._is_newest_first = True
        self._is_between = False
        self._is_blurred = False

    def take(self, event: Event) -> datetime:
        """Return the second to which the next event of the listing belongs. An event without a time gets that one.

        An event that does not say for certain when it happened belongs to the second of the one before it.
        """
        stated = event.stated_times()
        inside = [time for time in stated if self._window.start <= time < self._window.end]
        event.time = next(iter(inside or stated), self._before)
        second = floor(event.time)
        if not inside or any(floor(time) != second for time in stated):
            self._is_between = True
            return self._before
        if second < self.oldest:
            # Events without a certain time, listed just before this one, may belong to either second.
            self.oldest, self._is_blurred = second, self._is_between
        if second > self._before:
            # Relies on the documented order. Where AWS does not keep it, the window is read to its end instead.
            self._is_newest_first = False
        self._before, self._is_between = second, False
        return second

    def may_cut(self) -> bool:
        """Return whether all events newer than the oldest second were taken, and none of the older ones."""
        return self._is_newest_first and not self._is_blurred and self.oldest + SECOND < self._window.end
