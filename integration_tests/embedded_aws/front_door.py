"""The way of one request: count it, check who calls, let a fault strike, check guardrails, quota and permission,
serve it here or in moto.

Call -> log -> authenticate -> fault? -> guardrails? -> quota? -> permission? -> OPERATIONS[action], or else moto's
     server -> damage? -> hook? -> rewrite? -> latency -> Answer
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

from integration_tests.embedded_aws.authentication import authenticate, find_principal
from integration_tests.embedded_aws.calls import WEB_IDENTITY, Answer, Call
from integration_tests.embedded_aws.cloud import Cloud
from integration_tests.embedded_aws.errors import THROTTLED, AwsError
from integration_tests.embedded_aws.faults import Faults, damage, refuse
from integration_tests.embedded_aws.guardrails import check_guardrails
from integration_tests.embedded_aws.hooks import Hooks, Rewrites
from integration_tests.embedded_aws.moto_app import MotoApp
from integration_tests.embedded_aws.operations import OPERATIONS
from integration_tests.embedded_aws.permissions import check_permission
from integration_tests.embedded_aws.principals import Principal
from integration_tests.embedded_aws.rendering import render, render_error
from integration_tests.embedded_aws.request_log import RequestLog

_UNKNOWN_ACCOUNT = "unknown"
_EVERYWHERE = "aws-global"
"""IAM is one service for all Regions, and has one quota."""


class FrontDoor:
    """Answers calls. Handlers run one at a time: moto's backends are plain dicts, made for one thread."""

    def __init__(self, cloud: Cloud, log: RequestLog, faults: Faults, hooks: Hooks, rewrites: Rewrites) -> None:
        self._cloud = cloud
        self._log = log
        self._faults = faults
        self._hooks = hooks
        self._rewrites = rewrites
        self._moto = MotoApp()
        self._lock = Lock()

    def answer(self, call: Call) -> Answer:
        call = replace(call, at=self._cloud.now())
        principal = find_principal(self._cloud, call)
        account_id = principal.account_id if principal else _UNKNOWN_ACCOUNT
        if not call.by_admin:
            self._log.add((account_id, call.region, call.action))
        try:
            answer = self._answer(call, principal)
            self._hooks.answered(call, account_id, answer)
        except AwsError as error:
            answer = render_error(call, error)
        answer = self._rewrites.rewritten(call, answer)
        for latency in self._cloud.latency:
            if latency.concerns(call):
                self._cloud.wait(latency.seconds)  # in the thread of this connection: the others go on
                break
        return answer

    def _answer(self, call: Call, principal: Principal | None) -> Answer:
        if call.operation == WEB_IDENTITY:
            return render(call, self._cloud.sign_in_with_web_identity(call))
        caller = authenticate(self._cloud, call, principal)
        fault = None if call.by_admin else self._faults.striking(call, caller.account_id)
        if fault:
            refuse(fault, call, caller)
        check_guardrails(self._cloud, call, caller)
        self._check_quota(call, caller)
        answer = self._serve(call, caller)
        return damage(fault, call, answer) if fault else answer

    def _check_quota(self, call: Call, caller: Principal) -> None:
        rate = self._cloud.iam_rate
        if rate is None or call.by_admin or call.service != "iam":
            return
        if not self._cloud.iam_quota.admits((caller.account_id, _EVERYWHERE), rate, self._cloud.now()):
            raise THROTTLED.to(call.protocol)

    def _serve(self, call: Call, caller: Principal) -> Answer:
        operation = OPERATIONS.get(call.action)
        with self._lock:
            if not call.by_admin:
                check_permission(self._cloud, call, caller)
            if operation is None:
                return self._moto.answer(call, caller)
            result = operation(self._cloud, call, caller)
        return render(call, result)
