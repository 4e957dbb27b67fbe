"""The way of one request: count it, check who calls, let a fault strike, serve it here or in moto.

Call -> log -> authenticate -> fault? -> OPERATIONS[action], or else moto's server -> damage? -> latency -> Answer
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from integration_tests.embedded_aws import iam_lists, iam_users, lookup_events, regions, sts
from integration_tests.embedded_aws.authentication import authenticate, find_principal
from integration_tests.embedded_aws.calls import Answer, Call
from integration_tests.embedded_aws.cloud import Cloud
from integration_tests.embedded_aws.errors import AwsError
from integration_tests.embedded_aws.faults import Faults, damage, refuse
from integration_tests.embedded_aws.moto_app import MotoApp
from integration_tests.embedded_aws.principals import Principal
from integration_tests.embedded_aws.rendering import render, render_error
from integration_tests.embedded_aws.request_log import RequestLog

Operation = Callable[[Cloud, Call, Principal], Mapping[str, Any]]

OPERATIONS: Mapping[str, Operation] = {
    "cloudtrail:LookupEvents": lookup_events.lookup_events,
    "ec2:DescribeRegions": regions.describe_regions,
    "iam:CreateUser": iam_users.create_user,
    "iam:DeleteUser": iam_users.delete_user,
    "iam:DeleteUserPermissionsBoundary": iam_users.delete_user_permissions_boundary,
    "iam:GenerateCredentialReport": iam_users.generate_credential_report,
    "iam:GetAccountAuthorizationDetails": iam_lists.get_account_authorization_details,
    "iam:GetCredentialReport": iam_users.get_credential_report,
    "iam:GetGroup": iam_lists.get_group,
    "iam:ListGroups": iam_lists.list_groups,
    "iam:ListPolicies": iam_lists.list_policies,
    "iam:ListRoles": iam_lists.list_roles,
    "iam:ListUsers": iam_lists.list_users,
    "iam:PutUserPermissionsBoundary": iam_users.put_user_permissions_boundary,
    "iam:UpdateUser": iam_users.update_user,
    "sts:AssumeRole": sts.assume_role,
    "sts:GetCallerIdentity": sts.get_caller_identity,
}
"""What moto lacks or gets wrong. Anything else is moto's."""

_UNKNOWN_ACCOUNT = "unknown"


class FrontDoor:
    """Answers calls. Handlers run one at a time: moto's backends are plain dicts, made for one thread."""

    def __init__(self, cloud: Cloud, log: RequestLog, faults: Faults) -> None:
        self._cloud = cloud
        self._log = log
        self._faults = faults
        self._moto = MotoApp()
        self._lock = Lock()

    def answer(self, call: Call) -> Answer:
        call = replace(call, at=self._cloud.now())
        try:
            answer = self._answer(call)
        except AwsError as error:
            answer = render_error(call, error)
        for latency in self._cloud.latency:
            if latency.concerns(call):
                self._cloud.wait(latency.seconds)  # in the thread of this connection: the others go on
                break
        return answer

    def _answer(self, call: Call) -> Answer:
        principal = find_principal(self._cloud, call)
        if not call.by_admin:
            self._log.add((principal.account_id if principal else _UNKNOWN_ACCOUNT, call.region, call.action))
        caller = authenticate(self._cloud, call, principal)
        fault = None if call.by_admin else self._faults.striking(call)
        if fault:
            refuse(fault, call, caller)
        answer = self._serve(call, caller)
        return damage(fault, call, answer) if fault else answer

    def _serve(self, call: Call, caller: Principal) -> Answer:
        operation = OPERATIONS.get(call.action)
        with self._lock:
            if operation is None:
                return self._moto.answer(call, caller)
            result = operation(self._cloud, call, caller)
        return render(call, result)
