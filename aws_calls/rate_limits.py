"""Rate limits: one limiter per account, quota and, where the quota is regional, Region. All threads share it.

The next turn is counted from when a request really leaves, because signing it and other threads take time.
request_path.py calls the limiters from botocore's events.

The CDK's limiters count calls per window and allow bursts. They know neither how long an answer takes nor that AWS
throttled one, and both matter here.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_calls.operation import Quota

# The time of requests on the network varies by milliseconds. At the exact rate of two a second, without this margin,
# AWS would often count three in one second.
MARGIN: Final = 1.015
# Increase slowly, decrease at once, as TCP does. Throttling at the full rate is mostly due to a request that arrived
# late: the rate is a fifth lower then, and recovers within a dozen answers. Throttling before it has recovered means
# that another tool uses the quota too: the rate is a third lower, and recovers within some thirty answers.
SLIGHTLY_SLOWER: Final = 1.25
SLOWER: Final = 1.5
FASTER: Final = 0.985
SLOWEST: Final = 16
# The time that an answer is assumed to take, in seconds, until one has been timed.
FIRST_LATENCY: Final = 1.0
# From this latency on, in seconds, more requests at the same time are worth more than fewer requests.
SLOW: Final = 1.0


class RateLimiter:
    """Spaces turns evenly: no limiter that counts per second throttles them, as it would throttle bursts."""

    def __init__(
        self,
        per_second: float,
        *,
        on_answer: Callable[[float], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Allow almost `per_second` turns. `clock` and `sleep` are in seconds.

        `on_answer` is called after every answer: with 0, or the seconds until the next turn where AWS throttled it.
        """
        self._shortest = self._spacing = MARGIN / per_second
        self._latency = FIRST_LATENCY
        self._timed = False
        self._on_answer = on_answer
        self._clock = clock
        self._sleep = sleep
        self._next = self._slowed = float("-inf")
        self._lock = threading.Lock()

    @property
    def chains(self) -> int:
        """How many callers use the whole rate, where each waits for an answer before its next request, and one more."""
        return math.ceil(self._latency / self._spacing) + 1

    @property
    def slow(self) -> bool:
        """Whether answers take so long that several requests at the same time are worth their number."""
        return self._timed and self._latency >= SLOW

    def wait(self) -> float:
        """Wait for the caller's turn, and return its time."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._spacing
        if turn > now:
            self._sleep(turn - now)
        return turn

    def sent(self) -> None:
        """Count the next turn from now: a request leaves, which may be later than its turn was."""
        with self._lock:
            self._next = max(self._next, self._clock() + self._spacing)

    def answered(self, turn: float, *, throttled: bool) -> None:
        """Learn from the answer to the request of `turn`: how long it took, and whether AWS throttled it."""
        with self._lock:
            now = self._clock()
            self._latency += (now - turn - self._latency) / (8 if self._timed else 1)
            self._timed = True
            if not throttled:
                self._spacing = max(self._spacing * FASTER, self._shortest)
            elif turn > self._slowed:
                # Throttling of requests that left before the rate was lowered says nothing about the lower rate.
                more = SLOWER if self._spacing > self._shortest else SLIGHTLY_SLOWER
                self._spacing = min(self._spacing * more, self._shortest * SLOWEST)
                self._slowed = self._next = now + self._spacing
            held_up = max(self._next - now, 0.0) if throttled else 0.0
        self._on_answer(held_up)


class RateLimits:
    """The rate limiters of one account, by quota and Region. Thread-safe."""

    def __init__(self, rates: Mapping[Quota, float], listeners: Mapping[Quota, Callable[[float], None]]) -> None:
        """`rates`, in calls per second, are those of quotas whose rate is not AWS's own.

        A listener is called after every answer to a call under its quota, as `on_answer` of RateLimiter.
        """
        self._rates = rates
        self._listeners = listeners
        self._made: dict[tuple[Quota, str], RateLimiter] = {}
        self._lock = threading.Lock()

    def limiter(self, quota: Quota, region: str) -> RateLimiter:
        """Return the limiter of a quota, which all threads share. `region` is that of the call."""
        key = (quota, region if quota.regional else "")
        with self._lock:
            if key not in self._made:
                listener = self._listeners.get(quota, lambda _: None)
                self._made[key] = RateLimiter(self._rates.get(quota, quota.per_second), on_answer=listener)
            return self._made[key]

    def forget(self) -> None:
        """Drop the limiters. No call of the account may be running."""
        with self._lock:
            self._made.clear()
