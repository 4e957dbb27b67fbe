"""One window of audit_events, as a partition of the CDK."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from aws_calls.timestamps import utc
from source_aws_iam.aws.operations import LOOKUP_EVENTS
from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.history.reading import lookup, read_window
from source_aws_iam.cloudtrail.history.row import row
from source_aws_iam.sync.record_queue import Page
from source_aws_iam.sync.traces import traced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from aws_calls.calls import Caller
    from source_aws_iam.cloudtrail.history.event import Event
    from source_aws_iam.cloudtrail.history.progress import Progress
    from source_aws_iam.cloudtrail.history.selection import Query
    from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
    from source_aws_iam.cloudtrail.history.windows import Window
    from source_aws_iam.cloudtrail.odd_events import OddEvents
    from source_aws_iam.sync.context import SyncContext


@dataclass(frozen=True)
class Sync:
    """What the windows of one sync share."""

    scheduler: WindowScheduler
    progress: Progress
    odd_events: OddEvents
    queries: Mapping[str, Query]
    context: SyncContext
    making: threading.Lock = field(default_factory=threading.Lock)
    """Whoever makes rows has it. Python lets each thread that computes run for 5 ms while others wait. A request that
    waits for several of them leaves so late that AWS counts it with the next ones: of the requests to 24 busy Regions,
    it throttled 1.2 to 1.8 %, and 0.2 to 0.6 % with this.
    """


class WindowPartition(Partition):
    """One window. `sealed` is the part of it that was read to the last page, and None until then."""

    def __init__(self, window: Window, sync: Sync) -> None:
        """`window` was handed out by the scheduler of `sync`."""
        self.sealed: Window | None = None
        self._window = window
        self._query = sync.queries[window.feed.query]
        self._scheduler = sync.scheduler
        self._progress = sync.progress
        self._odd_events = sync.odd_events
        self._context = sync.context
        self._making = sync.making

    def read(self) -> Iterator[Page]:  # type: ignore[override]
        """Yield the window's events in pages, which RecordQueue takes in the place of records.

        Where a Region fails, the first error is raised; its windows are not sealed.
        """
        if self._scheduler.has_failed(self._window.feed):
            self._scheduler.fail(self._window)
            return
        try:
            yield from self._events()
        except Exception as error:
            # A Region that cannot be read is one error, however many of its windows are being read. It is noted before
            # the scheduler counts the window, because after the last window the sync looks at the failures.
            goes_on = self._context.failed(NAME, self._window.feed.account_region, error)
            is_first = self._scheduler.fail(self._window)
            if not goes_on and is_first:
                with traced(NAME):
                    raise
        except BaseException:
            self._scheduler.fail(self._window)
            raise
        else:
            self.sealed = self._window

    def _events(self) -> Iterator[Page]:
        feed = self._window.feed
        session = self._context.account(feed.account_id).session
        origin = {
            "account_id": feed.account_id,
            "partition": session.partition,
            "region": feed.region,
            "audit_source": "event_history",
            "log_file": None,
        }
        enabled = not self._context.settings.regions
        cloudtrail = session.caller("cloudtrail", feed.region, enabled=enabled)
        rows = 0
        try:
            pages = self._pages(cloudtrail)
            for events in read_window(pages, self._window, self._give_back, self._idle, self._making):
                with self._making:
                    page = Page(self._record(event, origin) for event in events if self._query.wants(event))
                rows += len(page)
                if page:
                    yield page
        finally:
            self._context.coverage.add(NAME, feed.account_region, rows)

    def _record(self, event: Event, origin: Mapping[str, str | None]) -> Record:
        columns, odd = row(event)
        if odd:
            self._odd_events.count(self._window.feed, event.id, odd)
        return Record(data={**origin, **columns}, stream_name=NAME)

    def _give_back(self, second: datetime, pieces: list[Window]) -> None:
        self._window = self._scheduler.give_back(self._window, second, pieces)

    def _idle(self) -> int:
        # Where answers are quick, one reader reads the rest in seconds, and sharing it would cost requests.
        feed = self._window.feed
        limiter = self._context.account(feed.account_id).session.limiter(LOOKUP_EVENTS, feed.region)
        return self._scheduler.idle(feed) if limiter.slow else 0

    def _pages(self, cloudtrail: Caller) -> Iterator[Mapping[str, Any]]:
        self._progress.begin(self._window.feed)
        for page in lookup(cloudtrail, self._window, self._query, self._context.clock()):
            self._progress.page(self._window.feed, len(page["Events"]))
            yield page

    def to_slice(self) -> Mapping[str, Any]:
        """Return the window as the log shows it."""
        feed, window = self._window.feed, self._window
        return {**feed._asdict(), "start": utc(window.start), "end": utc(window.end)}

    def stream_name(self) -> str:
        """Return the stream's name."""
        return NAME

    def __hash__(self) -> int:
        """Each partition is its own: the window changes when a part of it is given back."""
        return id(self)
