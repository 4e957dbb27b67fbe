"""CloudTrail's event history: 90 days of records per account and Region, in the order LookupEvents needs."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import count
from pathlib import Path
from threading import RLock
from uuid import NAMESPACE_OID, uuid5

from embedded_aws.server.event_shape import Attribute, Record, attributes_of, is_insight
from embedded_aws.server.trail_files import read_records

RETENTION = timedelta(days=90)
_JUST_NOW = 5
"""How many seconds ago the newest event of a loaded folder happened."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"

Position = tuple[int, str, int]
"""Where an entry stands: its time, and what breaks ties between events of the same second."""


@dataclass(frozen=True)
class Listing:
    """One of the lists that LookupEvents reads from: Insights events are never mixed with the others."""

    account_id: str
    region: str
    insight: bool = False


@dataclass(frozen=True)
class Entry:
    """A record in a listing."""

    position: Position
    record: Record
    visible_at: datetime | None

    @cached_property
    def attributes(self) -> frozenset[Attribute]:
        return attributes_of(self.record)

    @property
    def time(self) -> int:
        return self.position[0]


@dataclass(frozen=True)
class Snapshot:
    """What a lookup that began then may see: later arrivals must not shift its pages."""

    sequence: int
    at: datetime

    def shows(self, entry: Entry) -> bool:
        return entry.position[2] <= self.sequence and (entry.visible_at is None or entry.visible_at <= self.at)

    @property
    def horizon(self) -> int:
        """The oldest second still kept."""
        return int((self.at - RETENTION).timestamp())


class EventHistory:
    """Thread-safe. Each listing is kept sorted: adding an event is a bisection and an insertion, reading a
    page is a bisection and a slice.
    """

    def __init__(self, account_id: str, now: Callable[[], datetime]) -> None:
        self._account_id = account_id
        self._now = now
        self._listings: defaultdict[Listing, list[Entry]] = defaultdict(list)
        self._sequence = count(1)
        self._last = 0
        self._lock = RLock()

    def add(self, record: Record, *, visible_at: datetime | None = None) -> None:
        """List a record in its own Region and account, from `visible_at` on (default: at once)."""
        self._add(record, record.get("recipientAccountId") or self._account_id, visible_at)

    def load_folder(self, path: str | Path) -> list[Record]:
        """Play the log files under `path` as this account's history, moved in time so that the newest event
        is just now.

        Returns the records with their new eventTime, and with an eventID where they had none, because AWS lists
        every event by one; nothing else is changed. An eventID found twice is listed once, as AWS does. All are listed
        in the home account, whichever account recorded them.
        """
        records: dict[str, Record] = {}
        for record in read_records(Path(path)):
            event_id = record.get("eventID") or str(uuid5(NAMESPACE_OID, json.dumps(record, sort_keys=True)))
            records.setdefault(event_id, {**record, "eventID": event_id})
        newest = max(map(_seconds, records.values()), default=0)
        delta = int(self._now().timestamp()) - _JUST_NOW - newest
        shifted = [{**record, "eventTime": as_event_time(_seconds(record) + delta)} for record in records.values()]
        for record in shifted:
            self._add(record, self._account_id, None)
        return shifted

    def visible(
        self, region: str | None = None, account_id: str | None = None, *, insight: bool = False
    ) -> list[Record]:
        """What LookupEvents shows now, newest first: the truth to compare a sync with."""
        with self._lock:
            snapshot = self.snapshot()
            wanted = [
                listing
                for listing in self._listings
                if region in (None, listing.region)
                and account_id in (None, listing.account_id)
                and insight == listing.insight
            ]
            now = int(snapshot.at.timestamp())
            entries = [entry for listing in wanted for entry in self.newest_first(listing, snapshot, now)]
        return [entry.record for entry in sorted(entries, key=lambda entry: entry.position, reverse=True)]

    def snapshot(self) -> Snapshot:
        with self._lock:
            return Snapshot(self._last, self._now())

    def newest_first(
        self, listing: Listing, snapshot: Snapshot, end: int, start: int = 0, after: Position | None = None
    ) -> Iterator[Entry]:
        """Entries of [start, end], both inclusive, newest first; with `after`, those behind it."""
        oldest = max(start, snapshot.horizon)
        with self._lock:
            entries = self._listings.get(listing, [])
            first = bisect_left(entries, oldest, key=lambda entry: entry.time)
            if after is None:
                last = bisect_right(entries, end, key=lambda entry: entry.time)
            else:
                last = bisect_left(entries, after, key=lambda entry: entry.position)
            window = entries[first:last]
        return (entry for entry in reversed(window) if snapshot.shows(entry))

    def _add(self, record: Record, account_id: str, visible_at: datetime | None) -> None:
        listing = Listing(account_id, record["awsRegion"], is_insight(record))
        with self._lock:
            self._last = next(self._sequence)
            position = (_seconds(record), record["eventID"], self._last)
            entry = Entry(position, record, visible_at)
            insort(self._listings[listing], entry, key=lambda other: other.position)


def as_event_time(seconds: int) -> str:
    """CloudTrail's own spelling of a time."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime(_TIME)


def _seconds(record: Record) -> int:
    return int(datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00")).timestamp())
