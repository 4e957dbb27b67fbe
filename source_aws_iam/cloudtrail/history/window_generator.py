"""The event history as the source of audit_events: the windows of a sync, as partitions of the CDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.history.feeds import AccountFeeds
from source_aws_iam.cloudtrail.history.progress import Progress
from source_aws_iam.cloudtrail.history.read_range import ReadRange
from source_aws_iam.cloudtrail.history.selection import queries
from source_aws_iam.cloudtrail.history.window_partition import Sync, WindowPartition
from source_aws_iam.cloudtrail.odd_events import OddEvents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_aws_iam.cloudtrail.history.cursor import AuditCursor
    from source_aws_iam.cloudtrail.state import AuditState
    from source_aws_iam.sync.context import SyncContext


class Windows:
    """Schedules the windows of a sync and hands them out as partitions."""

    def __init__(self, context: SyncContext, cursor: AuditCursor) -> None:
        """Read the accounts of `context`. `cursor` keeps the state."""
        self._context = context
        self._cursor = cursor
        self._queries = queries(context.settings.selection)

    def parts(self, known: AuditState) -> Iterator[Partition]:
        """Yield one partition per window. It waits for windows given back."""
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

    def _read_range(self) -> ReadRange:
        settings = self._context.settings
        return ReadRange(self._context.clock(), settings.start_date, settings.lookback)
