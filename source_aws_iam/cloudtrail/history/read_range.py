"""The read range: from what is complete to what has to be read now.

AWS lists an event some minutes after it happened, says nothing of how many, and forgets it after 90 days
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html). So a sync

    reads       from `through` less the lookback, for the late ones, up to the present second, and
    completes   no more than up to the present less SETTLING, because younger events may still be delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aws_calls.timestamps import utc
from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.windows import Window
from source_aws_iam.cloudtrail.state import Span

SETTLING: Final = timedelta(minutes=5)
RETENTION: Final = timedelta(days=90)
# The oldest window is read minutes after it was made, and AWS must not have forgotten its beginning by then.
EDGE: Final = timedelta(minutes=15)
# Its last page is read some minutes after its first.
CLOSEST: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class ReadRange:
    """The limits of one sync, the same for all its Regions."""

    now: datetime
    start_date: datetime | None
    lookback: timedelta

    @property
    def oldest(self) -> datetime:
        """The earliest time from which AWS still has events."""
        return floor(self.now - RETENTION + EDGE)

    @property
    def first(self) -> datetime:
        """The start of a Region that has not been read before."""
        return max(floor(self.start_date), self.oldest) if self.start_date else self.oldest

    def window(self, feed: Feed, done: Span | None) -> tuple[Window, Span]:
        """Return what to read of `feed`, and the span that this reading continues. The window may be empty.

        Where the start date was moved to before the span, the Region is read anew: otherwise a gap would be left. Where
        it was moved into the lookback, late events before it are not read, so the span is complete from there only.
        """
        end = max(floor(self.now), self.first)
        if done is None or self.first < done.since:
            return Window(feed, self.first, end), Span(self.first, self.first)
        late = done.through - self.lookback
        start = max(late, self.first)
        since = done.since if self.first <= late else self.first
        return Window(feed, min(start, end), end), Span(since, max(done.through, since))

    def lost(self, done: Span | None) -> Span | None:
        """Return the span after `done` of which AWS has forgotten the events, or None."""
        if done is None or done.through >= self.oldest or self.first > self.oldest:
            return None
        return Span(done.through, self.oldest)

    def completed(self, continued: Span, read_through: datetime) -> Span:
        """Return the span that is complete once everything before `read_through` was read."""
        settled = min(read_through, floor(self.now - SETTLING))
        return Span(continued.since, max(continued.through, settled))


def earliest_start(now: datetime) -> datetime:
    """Return the earliest start of a window that is begun now."""
    return floor(now - RETENTION + CLOSEST)


def future_start(start_date: datetime, now: datetime) -> str:
    """Return the sentence about a `start_date` that is later than `now`."""
    return (
        f"start_date is in the future: {utc(start_date)}, while the clock of this machine says {utc(floor(now))}. "
        "No audit events are read until then. Enter an earlier start_date, or set the clock."
    )


def floor(time: datetime) -> datetime:
    """Return `time` on the whole second."""
    return time.replace(microsecond=0) if time.microsecond else time
