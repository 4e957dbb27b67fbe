"""The cursor of audit_events: state moves only over windows that were read to their last page."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.sources.streams.concurrent.cursor import Cursor

from source_aws_iam.cloudtrail.state import Span, write_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
    from airbyte_cdk.sources.types import Record

    from source_aws_iam.cloudtrail.feed import Feed
    from source_aws_iam.cloudtrail.history.read_range import ReadRange
    from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
    from source_aws_iam.sync.message_order import Messages

# Often enough that a crash costs little, seldom enough that a thousand small Regions do not print a thousand states.
SECONDS_BETWEEN_STATES: Final = 10
# Airbyte stops a sync that sends neither records nor state for long; how long is up to its administrator.
SECONDS_OF_SILENCE: Final = 60
# Making the state of a thousand accounts takes a second, in which little is read. So no more of the time than this.
PART_FOR_STATES: Final = 1 / 20


class AuditCursor(Cursor):
    """Keeps and emits the spans of all Regions, those of earlier syncs included. Thread-safe."""

    def __init__(
        self,
        stream: str,
        state_manager: ConnectorStateManager,
        messages: Messages,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock`, in seconds, spaces the state messages."""
        self._stream = stream
        self._state_manager = state_manager
        self._messages = messages
        self._clock = clock
        self._emitted = clock()
        self._pause: float = SECONDS_BETWEEN_STATES
        self._known: dict[Feed, Span] | None = None
        self._lock = threading.Lock()

    def begin(
        self,
        read_range: ReadRange,
        scheduler: WindowScheduler,
        continued: Mapping[Feed, Span],
        known: Mapping[Feed, Span],
    ) -> None:
        """Start a sync that reads what `scheduler` hands out.

        `continued` is what it builds on, and `known` is all earlier state.
        """
        self._read_range, self._scheduler, self._continued = read_range, scheduler, continued
        self._known = dict(known)

    def go_on(self, continued: Mapping[Feed, Span]) -> None:
        """Add feeds, which the scheduler opens next. `continued` are the spans that they continue."""
        self._continued = {**self._continued, **continued}

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The spans as of now."""
        if self._known is None:
            return self._state_manager.get_stream_state(self._stream, None)
        for feed in self._continued:
            if feed in self._scheduler:
                self._known[feed] = self.span(feed)
        return write_state(self._known)

    def span(self, feed: Feed) -> Span:
        """Return the span that is complete by now, of a feed that this sync reads."""
        return self._read_range.completed(self._continued[feed], self._scheduler.complete_through(feed))

    def observe(self, record: Record) -> None:
        """Do nothing: the newest event seen says nothing about the events before it."""

    def close_partition(self, partition: Partition) -> None:
        """Seal a window that was read to its last page. Its records are already in the queue."""
        sealed = getattr(partition, "sealed", None)
        if sealed is None:
            return
        self._scheduler.seal(sealed)
        self._emit_after(self._pause)

    def keep_alive(self) -> None:
        """Repeat the state if nothing was sealed for a minute: a window may be slow, or have no wanted event."""
        self._emit_after(SECONDS_OF_SILENCE)

    def ensure_at_least_one_state_emitted(self) -> None:
        """Emit the last state of the sync, unless the sync failed before it had read the first."""
        with self._lock:
            if self._known is not None:
                self._emit()

    def should_be_synced(self, record: Record) -> bool:
        """Every record read belongs to a window of the scheduler."""
        return True

    def _emit_after(self, seconds: float) -> None:
        with self._lock:
            if self._known is not None and self._clock() - self._emitted >= seconds:
                self._emit()

    def _emit(self) -> None:
        began = self._clock()
        self._state_manager.update_state_for_stream(self._stream, None, self.state)
        message = self._state_manager.create_state_message(self._stream, None)
        self._emitted = self._clock()
        enough = (self._emitted - began) / PART_FOR_STATES
        self._pause = min(max(SECONDS_BETWEEN_STATES, enough), SECONDS_OF_SILENCE)
        self._messages.emit_message(message)
