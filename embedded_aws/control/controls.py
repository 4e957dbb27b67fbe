"""The controls of a test, in the order in which they act on a request: log, faults, hooks, rewrites, latency."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from embedded_aws.control.faults import Faults, damage, refuse
from embedded_aws.control.hooks import Hooks, Rewrites
from embedded_aws.control.latency import Latency
from embedded_aws.control.request_log import RequestLog
from embedded_aws.server.calls import Answer, Call
from embedded_aws.server.principals import Principal


class Controls:
    """The interceptor of `EmbeddedAws`. Calls of the test itself are neither counted nor faulted."""

    def __init__(self, latency: Sequence[Latency], wait: Callable[[float], object]) -> None:
        self.log = RequestLog()
        self.faults = Faults()
        self.hooks = Hooks()
        self.rewrites = Rewrites()
        self.latency = latency
        self._wait = wait

    def received(self, call: Call, account_id: str) -> None:
        if not call.by_admin:
            self.log.add((account_id, call.region, call.action))

    def served(self, call: Call, caller: Principal, serve: Callable[[], Answer]) -> Answer:
        fault = None if call.by_admin else self.faults.striking(call, caller.account_id)
        if fault is None:
            return serve()
        refuse(fault, call, caller)
        return damage(fault, call, serve())

    def answered(self, call: Call, account_id: str, answer: Answer) -> None:
        self.hooks.answered(call, account_id, answer)

    def leaving(self, call: Call, answer: Answer) -> Answer:
        answer = self.rewrites.rewritten(call, answer)
        for latency in self.latency:
            if latency.concerns(call):
                self._wait(latency.seconds)  # in the thread of this connection: the others go on
                break
        return answer
