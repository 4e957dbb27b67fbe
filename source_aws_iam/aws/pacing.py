"""One call budget per client, shared by all threads.

The pace is kept on botocore's `request-created` event: it comes once per attempt, so retries are paced too, and before
signing, so that a request which waited long is still signed with credentials that are valid when it leaves.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient


# Requests reach AWS a few milliseconds earlier or later than they were sent. Without this margin, every second pair of
# turns at the exact pace falls into one of AWS's seconds as three.
MARGIN = 1.02


class Pacer:
    """Hands out evenly spaced turns: even spacing passes any limiter that counts per second, bursts do not."""

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Allow almost `per_second` turns; `clock` and `sleep` are in seconds."""
        self._spacing = MARGIN / per_second
        self._clock = clock
        self._sleep = sleep
        self._next = float("-inf")
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when it is this caller's turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._spacing
        if turn > now:
            self._sleep(turn - now)


def pace(client: BaseClient, operation: str, pacer: Pacer) -> None:
    """Make every attempt of `operation` ("LookupEvents") through `client` wait for its turn."""

    def before_signing(**_: Any) -> None:
        pacer.wait()

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"request-created.{service}.{operation}", before_signing)
