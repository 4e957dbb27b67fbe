"""STS: AssumeRole and GetCallerIdentity."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import Role, iam_backends

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import DENIED, AwsError, check_range, validation_error
from embedded_aws.server.principals import Principal
from embedded_aws.server.trust import allows_assuming

_ROLE_ARN = re.compile(r"arn:(?P<partition>aws[\w-]*):iam::(?P<account>\d{12}):role/.+")
_SESSION_NAME = r"[\w+=,.@-]{2,64}"
_CHAINED_LIMIT = 3600


def assume_role(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """Return a new session. AWS has one error text for a wrong role, trust or external id."""
    role_arn = call.params.get("RoleArn", "")
    session_name = call.params.get("RoleSessionName", "")
    if not re.fullmatch(_SESSION_NAME, session_name):
        pattern = "satisfy regular expression pattern: [\\w+=,.@-]*"
        raise validation_error(session_name, "roleSessionName", pattern)
    seconds = check_range(int(call.params.get("DurationSeconds", 3600)), "durationSeconds", 900, 43200)
    role = _find_role(cloud, role_arn)
    if role is None or not allows_assuming(role.assume_role_policy_document, caller, call.params.get("ExternalId")):
        text = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        raise DENIED.to(call.protocol, text)
    _check_duration(seconds, role, caller)
    now = cloud.now()
    session = cloud.sessions.issue(role, session_name, now + timedelta(seconds=cloud.session_seconds or seconds))
    return {
        "Credentials": {
            "AccessKeyId": session.key.access_key_id,
            "SecretAccessKey": session.key.secret_access_key,
            "SessionToken": session.key.session_token,
            "Expiration": (now + timedelta(seconds=seconds)).replace(microsecond=0),
        },
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
    }


def get_caller_identity(_cloud: Cloud, _call: Call, caller: Principal) -> dict[str, Any]:
    return {"UserId": caller.user_id, "Account": caller.account_id, "Arn": caller.arn}


def _find_role(cloud: Cloud, role_arn: str) -> Role | None:
    """The role, in whatever account it lives, unless that is suspended."""
    match = _ROLE_ARN.fullmatch(role_arn)
    if match is None or match["account"] not in iam_backends or cloud.is_closed(match["account"]):
        return None
    cloud.accounts.plant(match["account"])
    try:
        return iam_backends[match["account"]][match["partition"]].get_role_by_arn(role_arn)
    except ServiceException:
        return None


def _check_duration(seconds: int, role: Role, caller: Principal) -> None:
    if caller.role_arn and seconds > _CHAINED_LIMIT:
        limit = "the 1 hour session limit for roles assumed by role chaining"
        raise AwsError("ValidationError", f"The requested DurationSeconds exceeds {limit}.")
    if seconds > int(role.max_session_duration or 3600):
        limit = "the MaxSessionDuration set for this role"
        raise AwsError("ValidationError", f"The requested DurationSeconds exceeds {limit}.")
