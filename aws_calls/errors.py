"""What an AWS failure may mean: the types.

Every failure has one of four outcomes:

    the user must act    AwsError with Outcome.ACT: the credentials, a permission, the configuration
    try again later      AwsError with Outcome.LATER: after botocore's own retries of that one call
    absent               AbsentError: the operation declares the codes that mean "there is none"
    a bug                anything else is raised as it came

These modules decide which outcome a failure has: answers.py (errors of AWS), foreign.py (answers that are not AWS's)
and environment.py (failures before AWS has answered).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aws_calls.denials import DenyingPolicy


class Outcome(Enum):
    """Who has to do something about an AwsError."""

    ACT = "the user must act"
    LATER = "try again later"


@dataclass(frozen=True)
class Target:
    """A call, for messages: `action` as IAM writes it ("iam:ListUsers"), and where. `account_id` is "" while unknown.

    `enabled` says that AWS has listed the Region as enabled in the account.
    """

    action: str
    account_id: str
    region: str
    endpoint: str = ""
    enabled: bool = False

    def __str__(self) -> str:
        """Return e.g. "iam:ListUsers in account 123456789012, Region us-east-1"."""
        account = f"account {self.account_id}, " if self.account_id else ""
        return f"{self.action} in {account}Region {self.region}"


@dataclass(frozen=True)
class Where:
    """The account of calls, "" while unknown, and the Region that was asked for.

    `enabled` says that AWS has listed the Region as enabled in the account.
    """

    account_id: str
    region: str
    enabled: bool = False


class AwsError(Exception):
    """An AWS call failed, and it is no bug. `str()` is the sentence for the user."""

    def __init__(
        self,
        outcome: Outcome,
        sentence: str,
        *,
        code: str,
        target: Target,
        denied_by: DenyingPolicy | None = None,
    ) -> None:
        """`code` is AWS's error code or the botocore exception's name; `target` is the call that failed.

        `denied_by` is the kind of policy that denied the call, where it is one that no permission overrides.
        """
        super().__init__(sentence)
        self.outcome = outcome
        self.code = code
        self.target = target
        self.denied_by = denied_by

    @property
    def cause(self) -> tuple[str, ...]:
        """The key by which equal failures are recognized. AWS's text is no part of it: it may end in a request id."""
        return (self.code, self.target.action, self.target.account_id, self.target.region)

    @property
    def denied(self) -> bool:
        """Whether AWS denied this one action to a caller that it knows.

        Not if sts:AssumeRole was denied, which had to renew the session first: that says nothing about the action.
        """
        return self.code in DENIED and not self._of_sign_in

    @property
    def lacks_permission(self) -> bool:
        """Whether the action is denied, and adding it to a policy of the role or user may allow it."""
        return self.denied and self.denied_by is None

    @property
    def unavailable(self) -> bool:
        """Whether this one action is not available to the caller, and others may be: it is denied, or not offered."""
        return self.denied

    @property
    def is_broken_answer(self) -> bool:
        """Whether the answer had a status of success and not what was asked for."""
        return self.code == BROKEN_ANSWER

    @property
    def is_expired_page(self) -> bool:
        """Whether AWS no longer accepts the pagination token that it gave."""
        return self.code == EXPIRED_PAGE

    @property
    def _of_sign_in(self) -> bool:
        return self.target.action.startswith("sts:")


class NotOfferedError(AwsError):
    """The endpoint does not have the call, or not with these arguments: an emulator, or a partition without it."""

    @property
    def unavailable(self) -> bool:
        """True, unless the endpoint lacks the call that signs in."""
        return not self._of_sign_in


class InvalidIdError(AwsError):
    """AWS listed an entity with an id that AWS's own model does not accept in a call for that entity."""

    @property
    def denied(self) -> bool:
        """True: the columns of the call are as unavailable as if it were denied."""
        return True


class AbsentError(Exception):
    """AWS says that what was asked for does not exist, with a declared code such as "NoSuchEntity"."""

    def __init__(self, code: str) -> None:
        """`code` is that of AWS, or says what is absent where AWS was not asked."""
        super().__init__(code)
        self.code = code


# Error codes: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html,
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and botocore's models of the services.
DENIED: Final = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "AccessDeniedForDependencyException"),
        *("UnauthorizedOperation", "AuthorizationError", "NotAuthorized", "OperationNotPermittedException"),
    }
)
EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
BROKEN_ANSWER: Final = "BrokenAnswer"
EXPIRED_PAGE: Final = "InvalidNextTokenException"
THROTTLED: Final = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "EC2ThrottledException"),
        *("RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException"),
        *("LimitExceededException", "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete"),
    }
)
