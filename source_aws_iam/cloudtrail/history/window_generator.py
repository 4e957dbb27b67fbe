"""The windows of a sync, as partitions of the CDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator

from source_aws_iam.aws.values import utc
from source_aws_iam.cloudtrail.history import NAME
from source_aws_iam.cloudtrail.history.feeds import AccountFeeds
from source_aws_iam.cloudtrail.history.odd_events import OddEvents
from source_aws_iam.cloudtrail.history.progress import Progress
from source_aws_iam.cloudtrail.history.read_range import ReadRange
from source_aws_iam.cloudtrail.history.selection import queries
from source_aws_iam.cloudtrail.history.window_partition import Sync, WindowPartition
from source_aws_iam.cloudtrail.state import ClockBehindError, ForeignStateError, read_state
from source_aws_iam.sync.traces import config_error, raise_for_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_aws_iam.cloudtrail.history.cursor import AuditCursor
    from source_aws_iam.sync.context import SyncContext


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
