"""One call budget per account and kind of call, shared by all threads.

The pace is kept on botocore's `request-created` event: it comes once per attempt, so retries are paced too, and before
signing, so that a request which waited long is still signed with credentials that are valid when it leaves. Signing
and other threads take time too, so the next turn is counted from `before-send`, when the request really leaves.

The CDK's limiters count calls per window and let them come in bursts; they know neither how long an answer takes nor
that AWS refused one. Both decide here.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.errors import THROTTLED

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from botocore.awsrequest import AWSRequest
    from botocore.client import BaseClient

# Requests reach AWS a few milliseconds earlier or later than they were sent. Without this margin, every second pair of
# turns at the exact pace falls into one of AWS's seconds as three.
MARGIN: Final = 1.015
# Additive increase, multiplicative decrease, as TCP does it. A refusal at the full pace is mostly a request that came
# late, and costs a dozen answers. One that comes before they have won the pace back means that somebody else uses the
# quota too: it costs a third of the pace, and some thirty answers. So they get room, and it comes back when they leave.
SLIGHTLY_SLOWER: Final = 1.25
SLOWER: Final = 1.5
FASTER: Final = 0.985
SLOWEST: Final = 16
# Until an answer has been timed, the time that AWS is assumed to take for one, in seconds.
FIRST_LATENCY: Final = 1.0
# From here on, in seconds, waiting for one page after another costs more time than some requests more.
SLOW: Final = 1.0


class Pacer:
    """Hands out evenly spaced turns: even spacing passes any limiter that counts per second, bursts do not."""

    def __init__(
        self,
        per_second: float,
        *,
        heard: Callable[[float], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Allow almost `per_second` turns; `clock` and `sleep` are in seconds.

        `heard` is told of every answer: 0, or for how many seconds there is no turn because AWS refused one.
        """
        self._shortest = self._spacing = MARGIN / per_second
        self._latency = FIRST_LATENCY
        self._timed = False
        self._heard = heard
        self._clock = clock
        self._sleep = sleep
        self._next = self._slowed = float("-inf")
        self._lock = threading.Lock()

    @property
    def chains(self) -> int:
        """How many callers, each waiting for its answer before it asks again, use the whole pace. One more waits."""
        return math.ceil(self._latency / self._spacing) + 1

    @property
    def slow(self) -> bool:
        """Whether answers take so long that it is worth requests to wait for several of them at the same time."""
        return self._timed and self._latency >= SLOW

    def wait(self) -> float:
        """Return when it is this caller's turn, with the time of it."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._spacing
        if turn > now:
            self._sleep(turn - now)
        return turn

    def sent(self) -> None:
        """A request leaves now, which may be later than its turn was. The next one keeps its distance from it."""
        with self._lock:
            self._next = max(self._next, self._clock() + self._spacing)

    def answered(self, turn: float, *, refused: bool) -> None:
        """Learn from the answer to the request of `turn`: how long it took, and whether AWS throttled it."""
        with self._lock:
            now = self._clock()
            self._latency += (now - turn - self._latency) / (8 if self._timed else 1)
            self._timed = True
            if not refused:
                self._spacing = max(self._spacing * FASTER, self._shortest)
            elif turn > self._slowed:
                # The refusals of requests that were under way already say nothing about the new pace.
                more = SLOWER if self._spacing > self._shortest else SLIGHTLY_SLOWER
                self._spacing = min(self._spacing * more, self._shortest * SLOWEST)
                self._slowed = self._next = now + self._spacing
            held_up = max(self._next - now, 0.0) if refused else 0.0
        self._heard(held_up)


def pace(client: BaseClient, operation: str | None, pacer: Callable[[], Pacer]) -> None:
    """Make every attempt of `operation` ("LookupEvents"; None: of all) through `client` wait for its turn.

    `pacer` says whose turn it is: accounts share a client, and each has a quota of its own.
    """

    def before_signing(request: AWSRequest, **_: Any) -> None:
        request.context["paced_turn"] = pacer().wait()

    def before_send(**_: Any) -> None:
        pacer().sent()

    def after_answer(
        context: MutableMapping[str, Any], parsed_response: MutableMapping[str, Any] | None, **_: Any
    ) -> None:
        code = (parsed_response or {}).get("Error", {}).get("Code")
        pacer().answered(context["paced_turn"], refused=code in THROTTLED)

    calls = ".".join(filter(None, (client.meta.service_model.service_id.hyphenize(), operation)))
    client.meta.events.register_first(f"request-created.{calls}", before_signing)
    client.meta.events.register_last(f"before-send.{calls}", before_send)
    client.meta.events.register(f"response-received.{calls}", after_answer)
