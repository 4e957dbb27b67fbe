"""The reading of one account and Region: what is listed, who reads it, and what has been read of it by now."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from source_aws_iam.cloudtrail.feed import Feed
    from source_aws_iam.cloudtrail.read_times import ReadTimes
    from source_aws_iam.cloudtrail.trail.bucket import StoredObject
    from source_aws_iam.cloudtrail.trail.keys import Folder

# S3 stores an object with the time at which its upload began, and lists it when it has ended.
UPLOAD: Final = timedelta(minutes=15)
# Accounts and Regions that were read in the same minutes have the same time in the state, which makes it small.
TOGETHER: Final = timedelta(minutes=5)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Listing(NamedTuple):
    """What is listed in one go: keys with `start` <= time < `end`, or without an end.

    Of these, objects stored before `stored` were read, none where it is None. When all others are read, so is
    everything from `claimed` on.
    """

    claimed: datetime
    start: datetime
    end: datetime | None
    stored: datetime | None

    def has(self, time: datetime, found: StoredObject) -> bool:
        """Return whether an object with this time in its key has to be read.

        S3 does not tell when an object was restored, so a restored one may not have been read yet.
        """
        if time < self.start or (self.end is not None and time >= self.end):
            return False
        return self.stored is None or found.is_restored or found.stored >= self.stored - UPLOAD


def listings(times: ReadTimes, lookback: timedelta) -> Iterator[Listing]:
    """Yield what has to be listed. What is older than the lookback and was read is not listed again."""
    claimed = times.since
    for part in times.parts:
        start = part.start
        if part.stored is not None:
            start = max(start, (part.stored - lookback).replace(hour=0, minute=0, second=0, microsecond=0))
        if part.end is None or start < part.end:
            yield Listing(claimed, start, part.end, part.stored)
            claimed = part.end or claimed


@dataclass
class _Progress:
    """How far one listing is read. `at` is None when it has come to its end."""

    listing: Listing
    now: datetime
    at: datetime | None
    unread: dict[int, datetime] = field(default_factory=dict)

    @property
    def through(self) -> datetime | None:
        """The time in keys before which all is read, None where that is the end of the listing."""
        return min((time for time in (self.at, *self.unread.values()) if time is not None), default=None)


class Reading:
    """The reading of one feed in a sync, by one thread that lists and several that read. Thread-safe."""

    def __init__(self, feed: Feed, folders: Sequence[Folder], times: ReadTimes) -> None:
        """`times` are those before the sync. A trail of an account and one of its organization have a folder each."""
        self.feed = feed
        self.folders = folders
        self.before = times
        self._missed = 0
        self._now: datetime | None = None
        self._listed: list[_Progress] = []
        self._numbers = 0
        self._has_failed = False
        self._is_listed = False
        self._lock = threading.Lock()

    @property
    def has_failed(self) -> bool:
        """Whether something could not be read. Then nothing more is."""
        return self._has_failed

    @property
    def is_read(self) -> bool:
        """Whether everything was read."""
        with self._lock:
            return self._is_listed and not any(progress.unread for progress in self._listed)

    def fail(self) -> bool:
        """Note that something could not be read. Return whether it is the first."""
        with self._lock:
            is_first, self._has_failed = not self._has_failed, True
            return is_first

    def miss(self) -> None:
        """Note that an object is archived or was deleted, so that its events are missing."""
        with self._lock:
            self._missed += 1

    @property
    def missed(self) -> int:
        """How many objects could not be read, although nothing has failed."""
        return self._missed

    def begin(self, listing: Listing, now: datetime) -> None:
        """Note that a listing was begun at `now`, by S3's clock. The time of the first counts for all."""
        with self._lock:
            self._now = self._now or now - (now - _EPOCH) % TOGETHER
            self._listed.append(_Progress(listing, self._now, listing.start))

    def hand_out(self, objects: Sequence[tuple[datetime, StoredObject]]) -> Batch:
        """Return the next objects of the listing, each with the time in its key, as a batch that has to be read."""
        with self._lock:
            self._numbers += 1
            progress = self._listed[-1]
            progress.unread[self._numbers] = min(time for time, _ in objects)
            progress.at = max(time for time, _ in objects)
            return Batch(self, self._numbers, objects)

    def done(self, number: int) -> None:
        """Note that a batch was read."""
        with self._lock:
            for progress in self._listed:
                progress.unread.pop(number, None)

    def end(self, *, last: bool) -> None:
        """Note that the listing has come to its end, and whether it was the last one."""
        with self._lock:
            self._listed[-1].at, self._is_listed = None, last

    def times(self) -> ReadTimes:
        """Return the read times as of now."""
        with self._lock:
            found = self.before
            for progress in self._listed:
                listing, through = progress.listing, progress.through
                if through is None:
                    found = found.read(listing.claimed, listing.end, progress.now)
                elif through > listing.start:
                    found = found.read(listing.claimed, through, progress.now)
            return found


class Batch(NamedTuple):
    """Objects of a reading that are read one after the other, each with the time in its key."""

    reading: Reading
    number: int
    objects: Sequence[tuple[datetime, StoredObject]]
