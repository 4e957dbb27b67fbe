"""The heartbeat: state and status that show Airbyte that a sync is alive while AWS is slow, or throttles.

Every answer of LookupEvents triggers it. AWS answers, or botocore stops waiting, at least every minute and a half.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from airbyte_cdk.models import (
    AirbyteStreamStatus,
    AirbyteStreamStatusReason,
    AirbyteStreamStatusReasonType,
    StreamDescriptor,
)
from airbyte_cdk.models.airbyte_protocol import AirbyteStreamStatusRateLimitedReason  # type: ignore[attr-defined]
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_aws_iam.cloudtrail.state_cursor import StateCursor
    from source_aws_iam.sync.message_order import Messages

SECONDS_BETWEEN_STATUSES: Final = 60


class Heartbeat:
    """Repeats a stream's state, and emits a status when AWS throttles the stream. Thread-safe."""

    def __init__(
        self, stream: str, cursor: StateCursor, messages: Messages, *, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` is in seconds since 1970."""
        self._stream = StreamDescriptor(name=stream)
        self._cursor = cursor
        self._messages = messages
        self._clock = clock
        self._emitted = float("-inf")
        self._lock = threading.Lock()

    def answered(self, held_up: float) -> None:
        """Note an answer of AWS. `held_up` are the seconds until the next call where AWS throttled, else 0.

        Waiting for a turn at the full rate is normal and gives no status. Throttling in spite of it does.
        """
        self._cursor.keep_alive()
        if held_up and self._is_time():
            limited = AirbyteStreamStatusRateLimitedReason(quota_reset=round((self._clock() + held_up) * 1000))
            reason = AirbyteStreamStatusReason(AirbyteStreamStatusReasonType.RATE_LIMITED, limited)
            self._messages.emit_message(as_airbyte_message(self._stream, AirbyteStreamStatus.RUNNING, [reason]))

    def _is_time(self) -> bool:
        with self._lock:
            now = self._clock()
            due = now - self._emitted >= SECONDS_BETWEEN_STATUSES
            self._emitted = now if due else self._emitted
            return due
