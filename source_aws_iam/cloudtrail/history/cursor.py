"""The cursor of the event history: state moves only over windows that were read to their last page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.cloudtrail.state import AuditState, Span
from source_aws_iam.cloudtrail.state_cursor import StateCursor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_aws_iam.cloudtrail.feed import Feed
    from source_aws_iam.cloudtrail.history.read_range import ReadRange
    from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler


class AuditCursor(StateCursor):
    """Keeps the spans of all Regions."""

    def begin(
        self,
        read_range: ReadRange,
        scheduler: WindowScheduler,
        continued: Mapping[Feed, Span],
        known: AuditState,
    ) -> None:
        """Start a sync that reads what `scheduler` hands out.

        `continued` is what it builds on, and `known` is all earlier state.
        """
        self._read_range, self._scheduler, self._continued = read_range, scheduler, continued
        self._spans, self._trail = dict(known.history), known.trail
        self._has_begun = True

    def go_on(self, continued: Mapping[Feed, Span]) -> None:
        """Add feeds, which the scheduler opens next. `continued` are the spans that they continue."""
        self._continued = {**self._continued, **continued}

    def audit_state(self) -> AuditState:
        """Return the spans as of now, and what was known of trails."""
        for feed in self._continued:
            if feed in self._scheduler:
                self._spans[feed] = self.span(feed)
        return AuditState(self._spans, self._trail)

    def span(self, feed: Feed) -> Span:
        """Return the span that is complete by now, of a feed that this sync reads."""
        return self._read_range.completed(self._continued[feed], self._scheduler.complete_through(feed))

    def close_partition(self, partition: Partition) -> None:
        """Seal a window that was read to its last page. Its records are already in the queue."""
        sealed = getattr(partition, "sealed", None)
        if sealed is None:
            return
        self._scheduler.seal(sealed)
        self.go_ahead()
