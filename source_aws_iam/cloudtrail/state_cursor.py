"""The cursor of audit_events, whichever source it has: it emits the state of what has been read, now and then."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.sources.streams.concurrent.cursor import Cursor

from source_aws_iam.cloudtrail.state import AuditState, write_state

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
    from airbyte_cdk.sources.types import Record

    from source_aws_iam.sync.message_order import Messages

# Often enough that a crash costs little, seldom enough that a thousand small Regions do not print a thousand states.
SECONDS_BETWEEN_STATES: Final = 10
# Airbyte stops a sync that sends neither records nor state for long; how long is up to its administrator.
SECONDS_OF_SILENCE: Final = 60
# Making the state of a thousand accounts takes a second, in which little is read. So no more of the time than this.
PART_FOR_STATES: Final = 1 / 20


class StateCursor(Cursor):
    """Keeps and emits the state, that of earlier syncs included. Thread-safe."""

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
        self._has_begun = False
        self._lock = threading.Lock()

    @abstractmethod
    def audit_state(self) -> AuditState:
        """Return what was delivered by now, of both sources."""

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The state as of now: before the sync has begun, that of earlier ones."""
        if not self._has_begun:
            return self._state_manager.get_stream_state(self._stream, None)
        return write_state(self.audit_state())

    def observe(self, record: Record) -> None:
        """Do nothing: the newest event seen says nothing about the events before it."""

    def close_partition(self, partition: Partition) -> None:
        """Emit the state, if it is time to. The records of the partition are already in the queue."""
        self.go_ahead()

    def go_ahead(self) -> None:
        """Emit the state, if it is time to: more has been read."""
        self._emit_after(self._pause)

    def keep_alive(self) -> None:
        """Repeat the state if none was emitted for a minute: a part may be slow, or have no wanted event."""
        self._emit_after(SECONDS_OF_SILENCE)

    def ensure_at_least_one_state_emitted(self) -> None:
        """Emit the last state of the sync, unless the sync failed before it had read the first."""
        with self._lock:
            if self._has_begun:
                self._emit()

    def should_be_synced(self, record: Record) -> bool:
        """Every record read belongs to what the sync has to read."""
        return True

    def _emit_after(self, seconds: float) -> None:
        with self._lock:
            if self._has_begun and self._clock() - self._emitted >= seconds:
                self._emit()

    def _emit(self) -> None:
        began = self._clock()
        self._state_manager.update_state_for_stream(self._stream, None, self.state)
        message = self._state_manager.create_state_message(self._stream, None)
        self._emitted = self._clock()
        enough = (self._emitted - began) / PART_FOR_STATES
        self._pause = min(max(SECONDS_BETWEEN_STATES, enough), SECONDS_OF_SILENCE)
        self._messages.emit_message(message)
