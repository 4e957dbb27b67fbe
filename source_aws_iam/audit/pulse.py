"""Signs of life: what Airbyte hears of a sync while AWS is slow, or refuses.

AWS answers, or botocore gives up waiting, at least every minute and a half. That is the beat.
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

    from source_aws_iam.audit.cursor import AuditCursor
    from source_aws_iam.in_order import Messages

SECONDS_BETWEEN_STATUSES: Final = 60


class Pulse:
    """Keeps a stream's state coming, and says when AWS's quota holds it up. Thread-safe."""

    def __init__(
        self, stream: str, cursor: AuditCursor, messages: Messages, *, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` is in seconds since 1970."""
        self._stream = StreamDescriptor(name=stream)
        self._cursor = cursor
        self._messages = messages
        self._clock = clock
        self._said = float("-inf")
        self._lock = threading.Lock()

    def beat(self, held_up: float) -> None:
        """AWS has answered. `held_up` is for how many seconds it lets nobody ask again, 0 if it did not throttle.

        Waiting for one's turn at the full pace is no reason to complain; being refused in spite of it is.
        """
        self._cursor.keep_alive()
        if held_up and self._is_time():
            limited = AirbyteStreamStatusRateLimitedReason(quota_reset=round((self._clock() + held_up) * 1000))
            reason = AirbyteStreamStatusReason(AirbyteStreamStatusReasonType.RATE_LIMITED, limited)
            self._messages.emit_message(as_airbyte_message(self._stream, AirbyteStreamStatus.RUNNING, [reason]))

    def _is_time(self) -> bool:
        with self._lock:
            now = self._clock()
            due = now - self._said >= SECONDS_BETWEEN_STATUSES
            self._said = now if due else self._said
            return due
