"""The cursor of a trail: state moves only over log files that were read to their last record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.cloudtrail.state import AuditState, TrailFeed
from source_aws_iam.cloudtrail.state_cursor import StateCursor

if TYPE_CHECKING:
    from source_aws_iam.cloudtrail.trail.reading import Reading


class TrailCursor(StateCursor):
    """Keeps the read times of all accounts and Regions in the bucket."""

    def begin(self, bucket: str, known: AuditState) -> None:
        """Start a sync of `bucket`, with its prefix. `known` is all earlier state."""
        self._bucket = bucket
        self._history, self._trail = known.history, dict(known.trail)
        self._readings: dict[Reading, None] = {}
        self._has_begun = True

    def add(self, reading: Reading) -> None:
        """Add what the sync reads next."""
        self._readings[reading] = None

    def audit_state(self) -> AuditState:
        """Return the read times as of now, and what was known of the event history and of other buckets."""
        for reading in [*self._readings]:
            is_read = reading.is_read
            self._trail[TrailFeed(self._bucket, reading.feed)] = reading.times()
            if is_read:
                self._readings.pop(reading, None)
        return AuditState(self._history, self._trail)
