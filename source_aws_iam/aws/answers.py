"""What AWS's answers mean that are no data, and the sentence that the reader of each gets.

AWS's own words are quoted only for denials. Its text for a wrong signature repeats the signed headers, and with
them the session token (https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html).
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from source_aws_iam.aws.environment import from_environment
from source_aws_iam.aws.errors import DENIED, EXPIRED, LOST_PLACE, THROTTLED, AwsError, Outcome, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

_WRONG_KEY = (
    "AWS does not know the access key that signed {target}. The key was deleted, is inactive, has a typing error, or "
    "lacks its session token, or the account was suspended. Check access_key_id and session_token in credentials, and "
    "the account."
)
_NOT_ITS_KEY = (
    "The secret_access_key does not belong to the access_key_id that signed {target}. "
    "Enter both again, without spaces, and check that region is a Region of your partition."
)
_EXPIRED = (
    "The session that signed {target} has expired and could not be renewed. "
    "Enter new temporary keys, or use the IAM role mode, which renews its sessions."
)
_CLOCK = "AWS refused {target} because this machine's clock is wrong. Set the clock and sync again."
_NO_SUCH_REGION_KEY = (
    "AWS refused the credentials for {target}. If other Regions work, this Region is not enabled in the account: "
    "enable it or leave it out of regions. Otherwise the access key is unknown or inactive, or the account was "
    "suspended: check credentials and the account."
)

# AWS error code -> the sentence of an Outcome.ACT. Common codes: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
_ACT: Final[Mapping[str, str]] = {
    "InvalidClientTokenId": _WRONG_KEY,
    "InvalidAccessKeyId": _WRONG_KEY,
    "AuthFailure": _WRONG_KEY,
    "UnrecognizedClientException": _NO_SUCH_REGION_KEY,
    "OptInRequired": _NO_SUCH_REGION_KEY,
    "SignatureDoesNotMatch": _NOT_ITS_KEY,
    "InvalidSignatureException": _NOT_ITS_KEY,
    "IncompleteSignature": _NOT_ITS_KEY,
    "RequestTimeTooSkewed": _CLOCK,
    "RegionDisabledException": (
        "STS is not active in Region {region}, which {target} needs. Choose another region, or activate STS there."
    ),
    **dict.fromkeys(EXPIRED, _EXPIRED),
}
# AWS error code -> the sentence of an Outcome.LATER.
_LATER: Final[Mapping[str, str]] = {
    LOST_PLACE: "AWS lost its place in the pages of {target}. What is complete is kept; sync again.",
    **dict.fromkeys(
        THROTTLED,
        "AWS kept throttling {target}. Sync again later, or leave more room for other tools that call AWS.",
    ),
}
_ASSUME_ROLE_DENIED = (
    "AWS refused to let the base identity assume the role. AWS gives one answer for several causes, so check in this "
    "order: the role exists, its trust policy names the base identity, external_id equals the trust policy's "
    "sts:ExternalId, and the base identity's own policy allows sts:AssumeRole on the role. AWS said: {said}"
)
_ASSUME_ROLE_INVALID = (
    "AWS refused what the role was asked for. Check role_session_name, external_id and duration_seconds, which may not "
    "exceed the role's maximum session duration. AWS said: {said}"
)
_DENIED = (
    "The permission for {target} is missing. Add {target.action} to the policy of the role or user "
    "that this connection uses (docs: permissions). AWS said: {said}"
)


_FAILING = "AWS kept failing at {target} (HTTP {status} {code}). Sync again later."
_REFUSED = (
    "AWS refused {target} with the code {code}, which is about the account rather than the call. Look the code up in "
    "AWS's documentation, and ask whoever is responsible for the account."
)
# What AWS says of a request that is wrong in itself: ValidationError, InvalidParameterValue, MissingAction, …
_OUR_MISTAKE: Final = re.compile("Validation|^(Invalid|Malformed|Missing|Unknown|NoSuch|Unsupported)")


def from_aws(error: Exception, target: Target) -> Exception:
    """Return the AwsError that `error` amounts to, or `error` itself when it is a bug."""
    if isinstance(error, botocore_errors.ClientError):
        return _from_answer(error, target)
    if isinstance(error, (ResponseParserError, botocore_errors.IncompleteReadError)):
        return broken_answer(target)
    return from_environment(error, target) or error


def broken_answer(target: Target) -> AwsError:
    """HTTP 200 with a body that is empty, cut or not AWS's: an error, never "no rows"."""
    sentence = f"{target} was answered with a body that is not AWS's. Nothing was taken from it; sync again."
    return AwsError(Outcome.LATER, sentence, code="BrokenAnswer", target=target)


def _from_answer(error: botocore_errors.ClientError, target: Target) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    said = error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in {"SignatureDoesNotMatch", "InvalidSignatureException"} and said.startswith("Signature "):
        code = "RequestTimeTooSkewed"  # "Signature expired: …" and "Signature not yet current: …"
    if code in DENIED:
        outcome, template = Outcome.ACT, _ASSUME_ROLE_DENIED if target.action == "sts:AssumeRole" else _DENIED
    elif target.action == "sts:AssumeRole" and code == "ValidationError":
        outcome, template = Outcome.ACT, _ASSUME_ROLE_INVALID
    elif code in _ACT:
        outcome, template = Outcome.ACT, _ACT[code]
    elif code in _LATER:
        outcome, template = Outcome.LATER, _LATER[code]
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        outcome, template = Outcome.LATER, _FAILING
    elif code and not _OUR_MISTAKE.search(code):
        outcome, template = Outcome.ACT, _REFUSED
    else:
        return error
    sentence = template.format(target=target, region=target.region, said=said, code=code, status=status)
    return AwsError(outcome, sentence, code=code, target=target)
