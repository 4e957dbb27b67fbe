"""The path of a request: it waits for its turn under a quota, is signed by its call identity, and waits for a slot.

Each call brings its call identity and its rate limiter in one reserved parameter, which never reaches AWS. botocore's
events carry them to every attempt, in the `context` of the request.
https://docs.aws.amazon.com/boto3/latest/guide/events.html
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import THROTTLED

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from botocore.awsrequest import AWSRequest
    from botocore.client import BaseClient

    from aws_calls.call_identity import CallIdentity
    from aws_calls.rate_limits import RateLimiter

    Context = MutableMapping[str, Any]

# The reserved parameter. No operation of AWS has a parameter with this name.
CALL: Final = "aws_calls_call"
_TURN: Final = "aws_calls_turn"
_SLOT: Final = "aws_calls_slot"


@dataclass(frozen=True)
class Call:
    """The call identity of a call, and its rate limiter where it has a quota."""

    identity: CallIdentity
    limiter: RateLimiter | None = None


class RequestPath:
    """The path of all requests of a sync, of which a number may be on the wire at a time. Thread-safe.

    A request that waits for its turn, a retry or a renewed session has no slot.
    """

    def __init__(self, slots: int) -> None:
        """Let `slots` requests be on the wire at a time."""
        self._free = threading.Semaphore(slots)

    def attach(self, client: BaseClient) -> None:
        """Send all requests of `client` along this path. Its calls then need the parameter CALL.

        `request-created` comes once for each attempt, so retries are limited too. The turn comes before the signature,
        so that a request which waited long is signed with credentials that are valid when it leaves.
        """
        service = client.meta.service_model.service_id.hyphenize()
        events: Any = client.meta.events  # its types have no handler that returns something
        events.register_first(f"provide-client-params.{service}", _hand_over)
        events.register_first(f"request-created.{service}", _wait_for_turn)
        events.register_first(f"before-sign.{service}", _sign_as)
        events.register_last(f"request-created.{service}", self._take_slot)
        events.register_first(f"response-received.{service}", self._answered)
        # botocore sends no `response-received` for an answer that it cannot parse.
        events.register_first(f"after-call-error.{service}", self._free_slot)

    def _take_slot(self, request: AWSRequest, **_: Any) -> None:
        self._free.acquire()
        request.context[_SLOT] = True
        limiter = _call(request.context).limiter
        if limiter:
            limiter.sent()

    def _answered(self, context: Context, parsed_response: Mapping[str, Any] | None, **_: Any) -> None:
        self._free_slot(context)
        limiter = _call(context).limiter
        # botocore sends `response-received` also where it failed before it could send.
        if limiter and _TURN in context:
            code = (parsed_response or {}).get("Error", {}).get("Code")
            limiter.answered(context.pop(_TURN), throttled=code in THROTTLED)

    def _free_slot(self, context: Context, **_: Any) -> None:
        if context.pop(_SLOT, False):
            self._free.release()


def _hand_over(params: Mapping[str, Any], context: Context, **_: Any) -> dict[str, Any]:
    """Move the reserved parameter from the parameters for AWS to the context."""
    context[CALL] = params.get(CALL)
    return {name: value for name, value in params.items() if name != CALL}


def _call(context: Context) -> Call:
    call: Call | None = context[CALL]
    if call is None:
        raise RuntimeError(f"a client is called without the parameter {CALL}, which says whose call it is")
    return call


def _wait_for_turn(request: AWSRequest, **_: Any) -> None:
    limiter = _call(request.context).limiter
    if limiter:
        request.context[_TURN] = limiter.wait()


def _sign_as(request: AWSRequest, **_: Any) -> None:
    request.context.setdefault("signing", {})["request_credentials"] = _call(request.context).identity
