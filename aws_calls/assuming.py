"""Assuming a role (sts:AssumeRole).

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from aws_calls.answers import broken_answer, ended_session
from aws_calls.arns import account_of
from aws_calls.call_identity import CallIdentity
from aws_calls.credentials import RoleCredentials
from aws_calls.operation import AskedBy, Operation
from aws_calls.timestamps import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_calls.calls import Caller
    from aws_calls.options import Role

logger = logging.getLogger("airbyte.aws_calls")

OF_STS: Final[Mapping[str, Operation]] = {
    "sts.get_caller_identity": Operation("sts:GetCallerIdentity", ("Arn",), asked_by=AskedBy.HUB),
    # Assuming the configured role probes it.
    "sts.assume_role": Operation("sts:AssumeRole", ("Credentials",), probe=None, asked_by=AskedBy.HUB),
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
CHAINED_SESSION: Final = timedelta(hours=1)
_PARTS: Final = frozenset({"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"})


def caller_identity(sts: Caller) -> Mapping[str, str]:
    """Return the identity that signs the calls, as {"account_id", "partition", "arn"} (sts:GetCallerIdentity)."""
    arn: str = sts.call("get_caller_identity")["Arn"]
    account_id = account_of(arn)
    if account_id is None or not account_id.isdecimal():
        raise broken_answer(sts.target("get_caller_identity"))
    return {"account_id": account_id, "partition": arn.split(":")[1], "arn": arn}


def assumed(role: Role, through: Callable[[], Caller]) -> CallIdentity:
    """Return the call identity of `role`, which `through` returns the STS for: that of the identity that assumes it."""
    return CallIdentity(RoleCredentials(refresh_using=Assumption(role, through), method="assume-role"))


class Assumption:
    """Assumes one role. Each call returns a new session, in the form that botocore's refreshable credentials take."""

    def __init__(self, role: Role, through: Callable[[], Caller]) -> None:
        """`through` returns the STS of the identity that assumes the role."""
        self._role = role
        self._through = through
        self._seconds: int | None = None

    def __call__(self) -> Mapping[str, Any]:
        """Fetch one session. Raises AwsError."""
        sts = self._through()
        role = self._role
        if self._seconds is None:
            self._seconds = _duration(role, sts)
        request: dict[str, Any] = {
            "RoleArn": role.arn,
            "RoleSessionName": role.session_name,
            "DurationSeconds": self._seconds,
        }
        if role.external_id:
            request["ExternalId"] = role.external_id
        issued = sts.call("assume_role", **request)["Credentials"]
        if not _PARTS.issubset(name for name, value in issued.items() if value):
            raise broken_answer(sts.target("assume_role"))
        if issued["Expiration"] <= datetime.now(timezone.utc):
            raise ended_session(sts.target("assume_role"))
        return {
            "access_key": issued["AccessKeyId"],
            "secret_key": issued["SecretAccessKey"],
            "token": issued["SessionToken"],
            "expiry_time": utc(issued["Expiration"]),
        }


def _duration(role: Role, sts: Caller) -> int:
    """Return DurationSeconds for `role`: at most an hour when its base identity is a role session too."""
    if role.duration_seconds <= CHAINED_SESSION.total_seconds():
        return role.duration_seconds
    arn = caller_identity(sts)["arn"]
    if ":assumed-role/" not in arn:
        return role.duration_seconds
    logger.warning(
        "duration_seconds is %d, but the base identity %s is itself a role session, and AWS ends sessions of chained "
        "roles after one hour. Sessions of one hour are used, and renewed when they end.",
        role.duration_seconds,
        arn,
    )
    return int(CHAINED_SESSION.total_seconds())
