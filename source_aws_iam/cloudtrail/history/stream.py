"""audit_events for the CDK: windows as partitions, a cursor of its own, schema and key of the manifest."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record

from source_aws_iam.aws.operations import LOOKUP_EVENTS
from source_aws_iam.aws.values import utc
from source_aws_iam.cloudtrail.history.cursor import AuditCursor
from source_aws_iam.cloudtrail.history.feeds import AccountFeeds
from source_aws_iam.cloudtrail.history.odd_events import OddEvents
from source_aws_iam.cloudtrail.history.progress import Progress
from source_aws_iam.cloudtrail.history.read_range import ReadRange
from source_aws_iam.cloudtrail.history.reading import lookup, read_window
from source_aws_iam.cloudtrail.history.row import row
from source_aws_iam.cloudtrail.history.selection import Query, queries
from source_aws_iam.cloudtrail.state import ClockBehindError, ForeignStateError, read_state
from source_aws_iam.sync.traces import config_error, raise_for_accounts, traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

    from source_aws_iam.aws.calls import Caller
    from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
    from source_aws_iam.cloudtrail.history.windows import Window
    from source_aws_iam.sync.context import SyncContext

NAME: Final = "audit_events"
CURSOR_FIELD: Final = "event_time"
logger = logging.getLogger("airbyte.source_aws_iam")


def in_windows(declared: AbstractStream, context: SyncContext, cursor: AuditCursor) -> DefaultStream:
    """Return the stream that the manifest declares, read in sealed windows instead of as one listing."""
    keys = declared.as_airbyte_stream().source_defined_primary_key or []
    return DefaultStream(
        partition_generator=Windows(context, cursor),
        name=declared.name,
        json_schema=declared.get_json_schema,
        primary_key=[key for path in keys for key in path],
        cursor_field=CursorField(CURSOR_FIELD),
        logger=logging.getLogger(f"airbyte.{declared.name}"),
        cursor=cursor,
    )


class Windows(PartitionGenerator):
    """Schedules the windows of a sync and hands them out as partitions."""

    def __init__(self, context: SyncContext, cursor: AuditCursor) -> None:
        """Read the accounts of `context`, from where `cursor` says."""
        self._context = context
        self._cursor = cursor
        self._queries = queries(context.settings.selection)

    def generate(self) -> Iterable[Partition]:
        """Yield one partition per window. It runs in a thread of its own, and waits there for windows given back."""
        try:
            with self._context.noting(NAME):
                yield from self._partitions()
        finally:
            self._context.end(NAME)

    def _partitions(self) -> Iterator[Partition]:
        now = self._context.clock()
        try:
            known = read_state(self._cursor.state, now)
        except ClockBehindError as error:
            raise config_error(
                f"This machine's clock is behind the saved state of {NAME}, or was ahead when it was saved: the state "
                f"ends at {utc(error.through)}, the clock says {utc(now.replace(microsecond=0))}. Set the clock and "
                "sync again. The state is kept as it is.",
                NAME,
            ) from None
        except ForeignStateError as error:
            raise config_error(
                f"The saved state of {NAME} was not written by this connector, or was changed by hand (at: {error}). "
                f"Reset the stream {NAME} in the connection: it is then read again from start_date.",
                NAME,
            ) from None
        feeds = AccountFeeds(NAME, self._context, self._read_range, self._queries, known)
        scheduler = feeds.scheduler(self._cursor)
        sync = Sync(scheduler, Progress(scheduler), OddEvents(NAME), self._queries, self._context)
        try:
            for window in scheduler:
                yield WindowPartition(window, sync)
        finally:
            feeds.end()
            sync.odd_events.report()
        feeds.raise_unexpected()
        raise_for_accounts(NAME, self._context)

    def _read_range(self) -> ReadRange:
        settings = self._context.settings
        return ReadRange(self._context.clock(), settings.start_date, settings.lookback)


@dataclass(frozen=True)
class Sync:
    """What the windows of one sync share."""

    scheduler: WindowScheduler
    progress: Progress
    odd_events: OddEvents
    queries: Mapping[str, Query]
    context: SyncContext


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

    def read(self) -> Iterator[Record]:
        """Yield the window's events. Where a Region fails, the first error is raised; its windows are not sealed."""
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

    def _events(self) -> Iterator[Record]:
        feed = self._window.feed
        session = self._context.account(feed.account_id).session
        origin = {"account_id": feed.account_id, "partition": session.partition, "region": feed.region}
        enabled = not self._context.settings.regions
        cloudtrail = session.caller("cloudtrail", feed.region, enabled=enabled)
        rows = 0
        try:
            for event in read_window(self._pages(cloudtrail), self._window, self._give_back, self._idle):
                if self._query.wants(event):
                    columns, odd = row(event)
                    if odd:
                        self._odd_events.count(feed, event.id, odd)
                    rows += 1
                    yield Record(data={**origin, **columns}, stream_name=NAME)
        finally:
            self._context.coverage.add(NAME, feed.account_region, rows)

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
