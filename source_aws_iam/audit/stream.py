"""audit_events as the CDK reads it: windows as partitions, our cursor, the schema and key of the manifest."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record

from source_aws_iam.audit.accounts import Planning
from source_aws_iam.audit.checkpoint import ClockBehindError, ForeignStateError, read_state
from source_aws_iam.audit.cursor import AuditCursor
from source_aws_iam.audit.horizon import Horizon
from source_aws_iam.audit.odd_events import OddEvents
from source_aws_iam.audit.progress import Progress
from source_aws_iam.audit.pulse import Pulse
from source_aws_iam.audit.reading import lookup, read_window
from source_aws_iam.audit.rows import row
from source_aws_iam.audit.selection import Query, queries
from source_aws_iam.aws.values import utc
from source_aws_iam.components.connection import connection
from source_aws_iam.components.failures import config_error, raise_for_accounts, traced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

    from source_aws_iam.audit.plan import Plan
    from source_aws_iam.audit.windows import Window
    from source_aws_iam.aws.calls import Caller
    from source_aws_iam.components.connection import Connection
    from source_aws_iam.in_order import Messages

NAME: Final = "audit_events"
CURSOR_FIELD: Final = "event_time"
logger = logging.getLogger("airbyte.source_aws_iam")


def in_windows(
    declared: AbstractStream,
    config: Mapping[str, Any],
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    state_manager: ConnectorStateManager,
    messages: Messages,
) -> DefaultStream:
    """Return the stream that the manifest declares, read in sealed windows instead of as one listing."""
    cursor = AuditCursor(declared.name, state_manager, messages)
    keys = declared.as_airbyte_stream().source_defined_primary_key or []
    return DefaultStream(
        partition_generator=Windows(connection(config), cursor, Pulse(declared.name, cursor, messages), clock),
        name=declared.name,
        json_schema=declared.get_json_schema,
        primary_key=[key for path in keys for key in path],
        cursor_field=CursorField(CURSOR_FIELD),
        logger=logging.getLogger(f"airbyte.{declared.name}"),
        cursor=cursor,
    )


class Windows(PartitionGenerator):
    """Plans a sync and hands out its windows as partitions."""

    def __init__(self, shared: Connection, cursor: AuditCursor, pulse: Pulse, clock: Callable[[], datetime]) -> None:
        """`clock` says what time it is, in UTC."""
        settings = shared.settings
        self._connection = shared
        self._cursor = cursor
        self._pulse = pulse
        self._clock = clock
        self._queries = queries(settings.selection)

    def generate(self) -> Iterable[Partition]:
        """Yield one partition per window. Runs in a thread of its own, and waits there for windows given back."""
        try:
            yield from self._partitions()
        finally:
            self._connection.left_by_audit.end()

    def _partitions(self) -> Iterator[Partition]:
        now = self._clock()
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
        planning = Planning(NAME, self._connection, self._horizon, self._queries, known)
        plan = planning.plan(self._cursor, self._pulse)
        sync = Sync(plan, Progress(plan), OddEvents(NAME), self._queries, self._connection, self._clock)
        try:
            for window in plan:
                yield WindowPartition(window, sync)
        finally:
            planning.end()
            sync.odd_events.report()
        planning.raise_unexpected()
        raise_for_accounts(NAME, self._connection)

    def _horizon(self) -> Horizon:
        settings = self._connection.settings
        return Horizon(self._clock(), settings.start_date, settings.lookback)


@dataclass(frozen=True)
class Sync:
    """What the windows of one sync share. `clock` says how much of them AWS has forgotten by now."""

    plan: Plan
    progress: Progress
    odd_events: OddEvents
    queries: Mapping[str, Query]
    connection: Connection
    clock: Callable[[], datetime]


class WindowPartition(Partition):
    """One window. `sealed` is what was read of it, once that is certain."""

    def __init__(self, window: Window, sync: Sync) -> None:
        """`window` was handed out by the plan of `sync`."""
        self.sealed: Window | None = None
        self._window = window
        self._query = sync.queries[window.pair.query]
        self._plan = sync.plan
        self._progress = sync.progress
        self._odd_events = sync.odd_events
        self._connection = sync.connection
        self._clock = sync.clock

    def read(self) -> Iterator[Record]:
        """Yield the window's events. Where a Region fails, its first error is raised and its windows stay open."""
        if self._plan.has_failed(self._window.pair):
            self._plan.fail(self._window)
            return
        try:
            yield from self._events()
        except Exception as error:
            # A Region that cannot be read is one error, however many of its windows were under way.
            # Noted before the plan counts the window: when that was the last one, the sync looks at what failed.
            account_id, region, _ = self._window.pair
            goes_on = self._connection.failed(NAME, account_id, error, region=region)
            news = self._plan.fail(self._window)
            if not goes_on and news:
                with traced(NAME):
                    raise
        except BaseException:
            self._plan.fail(self._window)
            raise
        else:
            self.sealed = self._window

    def _events(self) -> Iterator[Record]:
        pair = self._window.pair
        session = self._connection.member(pair.account_id).session
        origin = {"account_id": pair.account_id, "partition": session.partition, "region": pair.region}
        enabled = not session.settings.regions
        cloudtrail = session.caller("cloudtrail", pair.region, enabled=enabled)
        for event in read_window(self._pages(cloudtrail), self._window, self._give_back, self._idle):
            if self._query.wants(event):
                columns, odd = row(event)
                if odd:
                    self._odd_events.count(pair, event.id, odd)
                yield Record(data={**origin, **columns}, stream_name=NAME)

    def _give_back(self, second: datetime, pieces: list[Window]) -> None:
        self._window = self._plan.give_back(self._window, second, pieces)

    def _idle(self) -> int:
        # Where answers come quickly, what a reader has left takes seconds, and sharing it would cost requests.
        pair = self._window.pair
        slow = self._connection.member(pair.account_id).session.lookups_are_slow(pair.region)
        return self._plan.idle(pair) if slow else 0

    def _pages(self, cloudtrail: Caller) -> Iterator[Mapping[str, Any]]:
        self._progress.begin(self._window.pair)
        for page in lookup(cloudtrail, self._window, self._query, self._clock()):
            self._progress.page(self._window.pair, len(page["Events"]))
            yield page

    def to_slice(self) -> Mapping[str, Any]:
        """Return the window as the log shows it."""
        pair, window = self._window.pair, self._window
        return {**pair._asdict(), "start": utc(window.start), "end": utc(window.end)}

    def stream_name(self) -> str:
        """Return the stream's name."""
        return NAME

    def __hash__(self) -> int:
        """Each partition is its own: the window changes when a part of it is given back."""
        return id(self)
