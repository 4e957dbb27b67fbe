"""Which kind of policy denied a call, where AWS names it, and who can change that policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html has the texts: "… because no
identity-based policy allows the iam:ListUsers action", "… with an explicit deny in a service control policy".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class DenyingPolicy:
    """A kind of policy that no permission of the role or user overrides: its `name`, and the `cure` in a sentence."""

    name: str
    cure: str


_OF_RESOURCE: Final = "resource-based policy"
_OF_ORGANIZATION: Final = "The administrators of the organization in AWS Organizations can change that policy."
_DENYING_POLICIES: Final[Mapping[str, DenyingPolicy]] = {
    "service control policy": DenyingPolicy("a service control policy (SCP)", _OF_ORGANIZATION),
    "resource control policy": DenyingPolicy("a resource control policy (RCP)", _OF_ORGANIZATION),
    "permissions boundary": DenyingPolicy(
        "the permissions boundary of the role or user",
        "The IAM administrators of the account can change that boundary.",
    ),
    "session policy": DenyingPolicy(
        "the session policy of the credentials", "The issuer of the credentials can change that policy."
    ),
    "vpc endpoint policy": DenyingPolicy(
        "the policy of a VPC endpoint", "The administrators of this machine's network can change that policy."
    ),
    _OF_RESOURCE: DenyingPolicy(
        "the policy of the resource", "The owner of the resource that AWS names can change that policy."
    ),
}
_OWN: Final = DenyingPolicy(
    "a statement with the effect Deny in a policy of the role or user",
    "The IAM administrators of the account can change that statement.",
)
_SOME: Final = DenyingPolicy(
    "a statement with the effect Deny",
    "Look for it in the policies of the role or user, in its permissions boundary and in the organization's policies.",
)
_EXPLICIT: Final = "with an explicit deny"
_NAMED: Final = re.compile(
    rf"(?:{_EXPLICIT} in|because no) (?:(?:an?|the) )?({'|'.join(_DENYING_POLICIES)})\b", re.IGNORECASE
)
_BY_OWN: Final = re.compile(rf"{_EXPLICIT} in (?:(?:an?|the) )?identity-based policy", re.IGNORECASE)
# A trust policy is the resource-based policy of a role. AWS does not say whether one of its statements denies, or a
# condition is not met.
_BY_TRUST: Final = re.compile(
    rf"trust policy|sts:AssumeRole\b.*{_OF_RESOURCE}|{_OF_RESOURCE}.*sts:AssumeRole\b", re.IGNORECASE | re.DOTALL
)


def denying_policy(said: str) -> DenyingPolicy | None:
    """Return what denied a call, by AWS's text `said`, or None where it may be only a permission that is missing."""
    named = _NAMED.search(said)
    if named and not _BY_TRUST.search(said):
        return _DENYING_POLICIES[named[1].lower()]
    if _BY_OWN.search(said):
        return _OWN
    return _SOME if _EXPLICIT in said.lower() and not _BY_TRUST.search(said) else None
