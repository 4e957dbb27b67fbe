"""What an AWS failure may mean: the types.

Every failure has one of four outcomes:

    the user must act    AwsError with Outcome.ACT: the credentials, a permission, the configuration
    try again later      AwsError with Outcome.LATER: after botocore's own retries of that one call
    absent by design     AbsentError: the caller of `call` names the codes that mean "there is none"
    a bug                anything else is raised as it came

Which failure means which is decided in answers.py (what AWS said), foreign.py (who answered in its place) and
environment.py (what came before AWS).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from source_aws_iam.aws.denials import Denier


class Outcome(Enum):
    """Who has to do something about an AwsError."""

    ACT = "the user must act"
    LATER = "try again later"


@dataclass(frozen=True)
class Target:
    """What was called: `action` as IAM writes it ("iam:ListUsers"), and where. `account_id` is "" while unknown.

    `enabled` says that AWS itself has named the Region as one that is enabled in the account.
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


class AwsError(Exception):
    """An AWS call failed for a reason that the code cannot cure. `str()` is the sentence for the user."""

    def __init__(
        self,
        outcome: Outcome,
        sentence: str,
        *,
        code: str,
        target: Target,
        denier: Denier | None = None,
    ) -> None:
        """`code` is AWS's error code or the botocore exception's name; `target` is the call that failed.

        `denier` is the kind of policy that denied the call, where it is one that no permission overrides.
        """
        super().__init__(sentence)
        self.outcome = outcome
        self.code = code
        self.target = target
        self.denier = denier

    @property
    def cause(self) -> tuple[str, ...]:
        """What tells this failure from others. AWS's words do not: some end in an id that is new each time."""
        return (self.code, self.target.action, self.target.account_id, self.target.region)

    @property
    def denied(self) -> bool:
        """Whether AWS knew the caller and refused this one action.

        A session that has to be renewed first may be refused instead (sts:AssumeRole). That says nothing of the action.
        """
        return self.code in DENIED and not self._of_sign_in

    @property
    def lacks_permission(self) -> bool:
        """Whether it is denied, and may be allowed by adding the action to a policy of the role or user."""
        return self.denied and self.denier is None

    @property
    def unavailable(self) -> bool:
        """Whether this one action is closed to the caller, and others may be open: denied, or not offered."""
        return self.denied

    @property
    def is_broken_answer(self) -> bool:
        """Whether AWS, or what stood in its place, answered with success and without what was asked for."""
        return self.code == BROKEN_ANSWER

    @property
    def lost_place(self) -> bool:
        """Whether AWS no longer knows the token that it gave for the next page."""
        return self.code == LOST_PLACE

    @property
    def _of_sign_in(self) -> bool:
        return self.target.action.startswith("sts:")


class NotOfferedError(AwsError):
    """The endpoint does not have the call, or not as it is made here: an emulator, or a partition that lacks it."""

    @property
    def unavailable(self) -> bool:
        """True, unless it is the sign-in that the endpoint lacks."""
        return not self._of_sign_in


class UnaskableError(AwsError):
    """AWS listed something under an id that its own model does not accept, so that nobody can ask for it."""

    @property
    def denied(self) -> bool:
        """Whether it is hidden, as what AWS refuses is."""
        return True


class AbsentError(Exception):
    """AWS says that what was asked for does not exist, with a code that the caller expected: "NoSuchEntity"."""


# Codes of answers: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html,
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and botocore's models of the services.
DENIED: Final = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "AccessDeniedForDependencyException"),
        *("UnauthorizedOperation", "AuthorizationError", "NotAuthorized", "OperationNotPermittedException"),
    }
)
EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
BROKEN_ANSWER: Final = "BrokenAnswer"
LOST_PLACE: Final = "InvalidNextTokenException"
THROTTLED: Final = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "EC2ThrottledException"),
        *("RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException"),
        *("LimitExceededException", "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete"),
    }
)
