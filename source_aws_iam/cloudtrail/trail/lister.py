"""Lists what has to be read of one account and Region, in batches in the order of the times in their keys."""

from __future__ import annotations

import heapq
from itertools import chain
from typing import TYPE_CHECKING, Final

from source_aws_iam.cloudtrail.trail.odd_objects import Kind
from source_aws_iam.cloudtrail.trail.reading import listings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, timedelta

    from source_aws_iam.cloudtrail.trail.bucket import Bucket, StoredObject
    from source_aws_iam.cloudtrail.trail.keys import Folder
    from source_aws_iam.cloudtrail.trail.odd_objects import OddObjects
    from source_aws_iam.cloudtrail.trail.reading import Batch, Listing, Reading

# A batch is read in a second or two. So much is read again after a crash.
OBJECTS: Final = 20
BYTES: Final = 4 << 20

_Timed = tuple["datetime", "StoredObject"]
_Page = tuple["datetime", "list[StoredObject]"]


def batches(reading: Reading, bucket: Bucket, lookback: timedelta, odd: OddObjects) -> Iterator[Batch]:
    """List everything of `reading` that has to be read. Raises AwsError."""
    planned = [*listings(reading.before, lookback)]
    for listing in planned:
        yield from _of(listing, reading, bucket, odd)
        reading.end(last=listing is planned[-1])


def _of(listing: Listing, reading: Reading, bucket: Bucket, odd: OddObjects) -> Iterator[Batch]:
    pages = [bucket.objects(folder.prefix, folder.start_after(listing.start)) for folder in reading.folders]
    # S3 says what it had stored when it was asked. What comes later is for the next sync.
    first = [next(listed) for listed in pages]
    reading.begin(listing, min(now for now, _ in first))
    timed = (
        _timed(folder, chain([page], rest), listing, odd)
        for folder, page, rest in zip(reading.folders, first, pages, strict=True)
    )
    waiting: list[_Timed] = []
    for time, stored in heapq.merge(*timed, key=lambda found: found[0]):
        if not listing.has(time, stored) or not _is_readable(stored, odd, reading):
            continue
        waiting.append((time, stored))
        if len(waiting) >= OBJECTS or sum(one.size for _, one in waiting) >= BYTES:
            yield reading.hand_out(waiting)
            waiting = []
    if waiting:
        yield reading.hand_out(waiting)


def _timed(folder: Folder, pages: Iterable[_Page], listing: Listing, odd: OddObjects) -> Iterator[_Timed]:
    """Yield the log files of a folder with the times in their keys, which never go back."""
    for _, page in pages:
        for stored in page:
            time = folder.time(stored.key)
            if time is None:
                # Consoles make an empty object for each folder.
                if not (stored.key.endswith("/") and not stored.size):
                    odd.count(Kind.FOREIGN, stored.key)
                continue
            if listing.end is not None and time >= listing.end:
                return
            yield time, stored


def _is_readable(stored: StoredObject, odd: OddObjects, reading: Reading) -> bool:
    if not stored.size:
        odd.count(Kind.EMPTY, stored.key)
        return False
    if stored.is_archived:
        odd.count(Kind.ARCHIVED, stored.key)
        reading.miss()
        return False
    return True
