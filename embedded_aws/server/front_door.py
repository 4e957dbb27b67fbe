"""The path of one request: authenticate the caller, check guardrails, quota and permission, serve it here or in moto.
The controls of a test act on it on this path (see `Interceptor`).

Call -> received -> authenticate -> served: bucket? -> guardrails? -> quota? -> permission? -> OPERATIONS[operation], or
     else moto's
     server -> answered -> leaving -> Answer
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

from embedded_aws.server import ec2_quota, organization_quota
from embedded_aws.server.authentication import authenticate, find_principal
from embedded_aws.server.calls import WEB_IDENTITY, Answer, Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import THROTTLED, AwsError
from embedded_aws.server.guardrails import check_guardrails
from embedded_aws.server.interceptor import Interceptor
from embedded_aws.server.moto_app import MotoApp
from embedded_aws.server.operations import OPERATIONS
from embedded_aws.server.permissions import check_permission
from embedded_aws.server.principals import Principal
from embedded_aws.server.rendering import render, render_error
from embedded_aws.server.s3_access import check_bucket, with_region

_WITH_BUCKETS = {"ec2": ec2_quota.take_token, "organizations": organization_quota.take_token}
_UNKNOWN_ACCOUNT = "unknown"
_EVERYWHERE = "aws-global"
"""IAM is one service for all Regions, and has one quota."""
_OF_IDENTITY_CENTER = ("sso", "identitystore")
"""The first has one quota for all its calls, the second one for each.

https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
"""


class FrontDoor:
    """Answers calls. Handlers run one at a time: moto's backends are plain dicts, made for one thread."""

    def __init__(self, cloud: Cloud, interceptor: Interceptor) -> None:
        self._cloud = cloud
        self._interceptor = interceptor
        self._moto = MotoApp()
        self._lock = Lock()

    def answer(self, call: Call) -> Answer:
        call = replace(call, at=self._cloud.now())
        principal = find_principal(self._cloud, call)
        account_id = principal.account_id if principal else _UNKNOWN_ACCOUNT
        self._interceptor.received(call, account_id)
        try:
            answer = self._answer(call, principal)
            self._interceptor.answered(call, account_id, answer)
        except AwsError as error:
            answer = render_error(call, with_region(self._cloud, call, error))
        return self._interceptor.leaving(call, answer)

    def _answer(self, call: Call, principal: Principal | None) -> Answer:
        if call.operation == WEB_IDENTITY:
            return render(call, self._cloud.sign_in_with_web_identity(call))
        caller = authenticate(self._cloud, call, principal)
        return self._interceptor.served(call, caller, lambda: self._admit_and_serve(call, caller))

    def _admit_and_serve(self, call: Call, caller: Principal) -> Answer:
        check_bucket(self._cloud, call)
        check_guardrails(self._cloud, call, caller)
        self._check_quota(call, caller)
        return self._serve(call, caller)

    def _check_quota(self, call: Call, caller: Principal) -> None:
        cloud = self._cloud
        if call.service in _WITH_BUCKETS and cloud.token_buckets and not call.by_admin:
            _WITH_BUCKETS[call.service](cloud, call, caller)
        if call.service == "iam":
            rate, quota, shared = cloud.iam_rate, cloud.iam_quota, _EVERYWHERE
        elif call.service in _OF_IDENTITY_CENTER:
            rate, quota = cloud.identity_center_rate, cloud.identity_center_quota
            shared = call.service if call.service == "sso" else call.action
        else:
            return
        if rate is None or call.by_admin:
            return
        if not quota.admits((caller.account_id, shared), rate, cloud.now()):
            raise THROTTLED.to(call.protocol)

    def _serve(self, call: Call, caller: Principal) -> Answer:
        operation = OPERATIONS.get(call.full_operation)
        with self._lock:
            if not call.by_admin:
                check_permission(self._cloud, call, caller)
            if operation is None:
                return self._moto.answer(call, caller)
            result = operation(self._cloud, call, caller)
        return result if isinstance(result, Answer) else render(call, result)
