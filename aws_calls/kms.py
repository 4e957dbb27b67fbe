"""Failures of AWS KMS, by which a service reads what the customer's key encrypts.

Identity Center names them in the member Reason of a denial or of throttling:
https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_AccessDeniedException.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import DENIED, THROTTLED, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

_DENIED: Final = (
    "The permission to decrypt what {target} reads is missing: it is encrypted with a customer managed key of AWS KMS. "
    "Allow kms:Decrypt on that key to the role or user that this connection uses, in its own policy and in the policy "
    "of the key. AWS said: {said}"
)
_THROTTLED: Final = (
    "AWS KMS kept throttling the decryption of what {target} reads. Sync again later, or raise the request quota of "
    "AWS KMS in the account of the key."
)


def is_of_kms(response: Mapping[str, Any]) -> bool:
    """Return whether an error answer says that AWS KMS is the cause."""
    return str(response.get("Reason", "")).startswith("KMS_")


def by_kms(code: str) -> tuple[Outcome, str] | None:
    """Return who must act, and the template of what they read."""
    if code in DENIED:
        return Outcome.ACT, _DENIED
    return (Outcome.LATER, _THROTTLED) if code in THROTTLED else None
