"""What an AWS failure may mean: the types.

Every failure has one of four outcomes:

    the user must act    AwsError with Outcome.ACT: the credentials, a permission, the configuration
    try again later      AwsError with Outcome.LATER: after botocore's own retries of that one call
    absent by design     AbsentError: the caller of `call` names the codes that mean "there is none"
    a bug                anything else is raised as it came

Which failure means which is decided in answers.py (what AWS said) and environment.py (what came before AWS).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Outcome(Enum):
    """Who has to do something about an AwsError."""

    ACT = "the user must act"
    LATER = "try again later"


@dataclass(frozen=True)
class Target:
    """What was called: `action` as IAM writes it ("iam:ListUsers"), and where. `account_id` is "" while unknown."""

    action: str
    account_id: str
    region: str
    endpoint: str = ""

    def __str__(self) -> str:
        """Return e.g. "iam:ListUsers in account 123456789012, Region us-east-1"."""
        account = f"account {self.account_id}, " if self.account_id else ""
        return f"{self.action} in {account}Region {self.region}"


class AwsError(Exception):
    """An AWS call failed for a reason that the code cannot cure. `str()` is the sentence for the user."""

    def __init__(self, outcome: Outcome, sentence: str, *, code: str, target: Target) -> None:
        """`code` is AWS's error code or the botocore exception's name; `target` is the call that failed."""
        super().__init__(sentence)
        self.outcome = outcome
        self.code = code
        self.target = target

    @property
    def denied(self) -> bool:
        """Whether AWS knew the caller and refused this one action.

        A session that has to be renewed first may be refused instead (sts:AssumeRole). That says nothing of the action.
        """
        return self.code in DENIED and not self.target.action.startswith("sts:")

    @property
    def lost_place(self) -> bool:
        """Whether AWS no longer knows the token that it gave for the next page."""
        return self.code == LOST_PLACE


class AbsentError(Exception):
    """AWS says that what was asked for does not exist, with a code that the caller expected: "NoSuchEntity"."""


DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
LOST_PLACE: Final = "InvalidNextTokenException"
THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "LimitExceededException",
        "BandwidthLimitExceeded",
        "SlowDown",
        "PriorRequestNotComplete",
    }
)
