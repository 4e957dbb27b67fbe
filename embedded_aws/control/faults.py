"""Faults on demand: errors and broken answers of AWS, for chosen actions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import Literal

from embedded_aws.server.calls import Answer, Call
from embedded_aws.server.errors import EXPIRED, INTERNAL, THROTTLED, UNAVAILABLE, AwsError
from embedded_aws.server.http_server import CutOffError, ResetError
from embedded_aws.server.permissions import access_denied
from embedded_aws.server.principals import Principal
from embedded_aws.server.rendering import render

Kind = Literal[
    "throttle",  # Throttling / ThrottlingException, "Rate exceeded"
    "internal_error",  # 500 InternalFailure
    "unavailable",  # 503 ServiceUnavailable
    "access_denied",  # as if no policy allowed the action
    "expired_token",  # as if the session had ended
    "forgotten_token",  # InvalidNextTokenException, where a token was sent
    "reset",  # ECONNRESET instead of an answer
    "cut_off",  # 200, and ECONNRESET in the middle of the body
    "ended_early",  # 200, the first half of the body that Content-Length promises, and the end of the connection
    "empty_body",  # 200 with no body
    "truncated_body",  # 200, the first half of the body
    "malformed_body",  # 200 with an HTML page
    "undated",  # 200, without the header Date
    "failed_job",  # 200, a job of IAM's last accessed information that has failed
    "missing_members",  # 200, well-formed, without any of the operation's members
]

_REFUSALS = {
    "throttle": THROTTLED,
    "internal_error": INTERNAL,
    "unavailable": UNAVAILABLE,
    "expired_token": EXPIRED,
}
_FAILED_JOB = {"JobStatus": "FAILED", "Error": {"Code": "InternalFailure", "Message": "Made up"}}
_HTML = b"<html><head><title>Bad gateway</title><body><h1>Bad gateway</h1>"


@dataclass(frozen=True)
class Fault:
    """Applies to `times` requests (None: for ever) for `action`, after the first `after` of them.

    `action` may also name an operation ("s3:HeadBucket", where the action is "s3:ListBucket"), or be "*": any.
    """

    action: str
    kind: Kind
    times: int | None = 1
    after: int = 0
    region: str | None = None
    account_id: str | None = None
    """The Region in which it applies; None: everywhere."""

    def concerns(self, call: Call, account_id: str) -> bool:
        here = self.region in (None, call.region) and self.account_id in (None, account_id)
        return here and call.is_for(self.action)

    def strikes(self, nth: int) -> bool:
        """Return whether it applies to the nth matching request, from 0."""
        return nth >= self.after and (self.times is None or nth < self.after + self.times)


class Faults:
    """The current faults. Each counts the requests that match it."""

    def __init__(self) -> None:
        self._seen: list[tuple[Fault, int]] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._seen.append((fault, 0))

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()

    def striking(self, call: Call, account_id: str) -> Fault | None:
        """Return the first fault that applies to this call of the account. Later faults do not count the call."""
        with self._lock:
            for index, (fault, seen) in enumerate(self._seen):
                if fault.concerns(call, account_id):
                    self._seen[index] = (fault, seen + 1)
                    if fault.strikes(seen):
                        return fault
        return None


def refuse(fault: Fault, call: Call, caller: Principal) -> None:
    """Raise the error with which the fault answers the call, if it is a fault of that kind."""
    if fault.kind == "reset":
        raise ResetError
    if fault.kind == "access_denied":
        raise access_denied(call, caller)
    if fault.kind == "forgotten_token" and "NextToken" in call.params:
        raise AwsError("InvalidNextTokenException", "The token is invalid or has expired.")
    if fault.kind in _REFUSALS:
        raise _REFUSALS[fault.kind].to(call.protocol)


def damage(fault: Fault, call: Call, answer: Answer) -> Answer:
    """Return the answer after the fault has damaged it."""
    if fault.kind == "empty_body":
        return Answer(200, b"")
    if fault.kind == "cut_off":
        raise CutOffError(answer)
    if fault.kind == "ended_early":
        raise CutOffError(answer, reset=False)
    if fault.kind == "forgotten_token":
        return answer
    if fault.kind == "truncated_body":
        return Answer(200, answer.body[: len(answer.body) // 2], answer.headers)
    if fault.kind == "undated":
        return replace(answer, dated=False)
    if fault.kind == "malformed_body":
        return Answer(200, _HTML, {"Content-Type": "text/html"})
    return render(call, _FAILED_JOB if fault.kind == "failed_job" else {})
