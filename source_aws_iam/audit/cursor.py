"""The cursor of audit_events: state moves only over windows that were read to their last page."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.sources.streams.concurrent.cursor import Cursor

from source_aws_iam.audit.checkpoint import Span, write_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
    from airbyte_cdk.sources.types import Record

    from source_aws_iam.audit.horizon import Horizon
    from source_aws_iam.audit.plan import Plan
    from source_aws_iam.audit.windows import Pair
    from source_aws_iam.in_order import Messages

# Often enough that a crash costs little, seldom enough that a thousand small Regions do not print a thousand states.
SECONDS_BETWEEN_STATES: Final = 10
# Airbyte stops a sync that sends neither records nor state for long; how long is up to its administrator.
SECONDS_OF_SILENCE: Final = 60
# A state of a thousand accounts takes a second to make, in which little is read: no more of the time than this.
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
        self._known: dict[Pair, Span] | None = None
        self._lock = threading.Lock()

    def begin(self, horizon: Horizon, plan: Plan, continued: Mapping[Pair, Span], known: Mapping[Pair, Span]) -> None:
        """Start a sync that reads `plan`; `continued` is what it builds on and `known` is all earlier state."""
        self._horizon, self._plan, self._continued = horizon, plan, continued
        self._known = dict(known)

    def go_on(self, continued: Mapping[Pair, Span]) -> None:
        """Read more pairs than `begin` said, which the plan lets in next."""
        self._continued = {**self._continued, **continued}

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The spans as of now."""
        if self._known is None:
            return self._state_manager.get_stream_state(self._stream, None)
        for pair, continued in self._continued.items():
            if pair not in self._plan:
                continue
            self._known[pair] = self._horizon.promise(continued, self._plan.complete_through(pair))
        return write_state(self._known)

    def observe(self, record: Record) -> None:
        """Nothing: the newest event seen says nothing about what lies before it."""

    def close_partition(self, partition: Partition) -> None:
        """Count a window that was read to its end. The records of it are already on their way out."""
        sealed = getattr(partition, "sealed", None)
        if sealed is None:
            return
        self._plan.seal(sealed)
        self._emit_after(self._pause)

    def keep_alive(self) -> None:
        """Repeat the state if nothing was sealed for a minute: a window may be slow, or hold nothing that is wanted."""
        self._emit_after(SECONDS_OF_SILENCE)

    def ensure_at_least_one_state_emitted(self) -> None:
        """Emit the last state of the sync, unless the sync failed before it could read the first."""
        with self._lock:
            if self._known is not None:
                self._emit()

    def should_be_synced(self, record: Record) -> bool:
        """Every record read belongs to a window of the plan."""
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
