"""Failures of AWS KMS, by which a service reads and writes what the customer's key encrypts.

Identity Center names them in the member Reason of a denial or of throttling, S3 in the text of a denial:
https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_AccessDeniedException.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import DENIED, THROTTLED, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_calls.errors import AwsError

_DENIED: Final = (
    "The permission {kms} is missing, without which {target} cannot use what a customer managed key of AWS KMS "
    "encrypts. Allow {kms} on that key to the role or user that this connection uses, in its own policy and in the "
    "policy of the key. AWS said: {said}"
)
_THROTTLED: Final = (
    "AWS KMS kept throttling the decryption of what {target} reads. Sync again later, or raise the request quota of "
    "AWS KMS in the account of the key."
)


_ACTION: Final = re.compile(r"perform: (kms:\w+)")


def kms_action(response: Mapping[str, Any]) -> str:
    """Return the action of AWS KMS that an error answer names as the cause, empty where there is none."""
    if str(response.get("Reason", "")).startswith("KMS_"):
        return "kms:Decrypt"
    found = _ACTION.search(response.get("Error", {}).get("Message") or "")
    return found[1] if found else ""


def by_kms(code: str) -> tuple[Outcome, str] | None:
    """Return who must act, and the template of what they read."""
    if code in DENIED:
        return Outcome.ACT, _DENIED
    return (Outcome.LATER, _THROTTLED) if code in THROTTLED else None


def is_of_kms(error: AwsError) -> bool:
    """Return whether AWS KMS is the cause of an error. Each sentence says so."""
    return "AWS KMS" in str(error)
