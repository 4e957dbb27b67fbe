"""The interface by which tests act on requests: the front door calls an Interceptor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from embedded_aws.server.calls import Answer, Call
from embedded_aws.server.principals import Principal


class Interceptor(Protocol):
    """Called at each of these moments, in the thread of the connection."""

    def received(self, call: Call, account_id: str) -> None:
        """A request has come. Nothing is known of it but the account that its key belongs to."""

    def served(self, call: Call, caller: Principal, serve: Callable[[], Answer]) -> Answer:
        """Return what `serve` answers, or something else in its place."""

    def answered(self, call: Call, account_id: str, answer: Answer) -> None:
        """The call was answered, and not refused."""

    def leaving(self, call: Call, answer: Answer) -> Answer:
        """Return the answer, or the refusal, as it leaves; when this returns, it does."""
