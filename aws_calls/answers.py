"""What AWS's error answers mean, and the sentence that the user gets for each.

AWS's own words are quoted only for denials, and for parameters of sts:AssumeRole that are no secrets. Its text for a
wrong signature repeats the signed headers, and with them the session token
(https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from aws_calls.codes import is_about_request, is_not_offered, is_transient
from aws_calls.denials import denying_policy
from aws_calls.environment import from_environment
from aws_calls.errors import (
    DENIED,
    EXPIRED,
    EXPIRED_PAGE,
    THROTTLED,
    AwsError,
    NotOfferedError,
    Outcome,
    Target,
)
from aws_calls.foreign import ForeignAnswerError, foreign, has_code
from aws_calls.kms import by_kms, kms_action
from aws_calls.role_requests import rejected_field

if TYPE_CHECKING:
    from collections.abc import Mapping

_WRONG_KEY = (
    "AWS does not know the access key that signed {target}. The key was deleted, is inactive, has a typing error, "
    "lacks its session token, or belongs to another partition, or {target.region} is not enabled in its account, or "
    "the account was suspended. Check access_key_id and session_token in credentials, region, and the account."
)
_NOT_ITS_KEY = (
    "The secret_access_key does not belong to the access_key_id that signed {target}. "
    "Enter both again, without spaces, and check that region is a Region of your partition."
)
_EXPIRED = (
    "The session that signed {target} has expired and could not be renewed. "
    "Enter new temporary keys, or use the IAM role mode, which renews its sessions."
)
_CLOCK = "AWS rejected {target} because this machine's clock is wrong. Set the clock and sync again."
_NOT_SIGNED = (
    "AWS received {target} without a signature. A proxy or a gateway has removed the header Authorization. Check "
    "endpoint_url, the network and its proxies."
)
_NO_SUCH_REGION_KEY = (
    "AWS rejected the credentials for {target}. If other Regions work, this Region is not enabled in the account: "
    "enable it or leave it out of regions. Otherwise the access key is unknown or inactive, or the account was "
    "suspended: check credentials and the account."
)
_GLOBAL_STS = (
    "AWS rejected the credentials for {target}, although the Region is enabled in the account. Session tokens of the "
    "global STS endpoint (sts.amazonaws.com) are not valid in Regions that have to be opted into: get the token from "
    "the STS endpoint of a Region, or make the account's global tokens valid in all Regions. Otherwise the access key "
    "is unknown or inactive, or the account was suspended: check credentials and the account."
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
    "MissingAuthenticationToken": _NOT_SIGNED,
    "MissingAuthenticationTokenException": _NOT_SIGNED,
    "RequestTimeTooSkewed": _CLOCK,
    "RegionDisabledException": (
        "STS is not active in Region {target.region}, which {target} needs. Choose another region, or activate STS "
        "there."
    ),
    **dict.fromkeys(EXPIRED, _EXPIRED),
}
# AWS error code -> the sentence of an Outcome.LATER.
_LATER: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (EXPIRED_PAGE, "InvalidNextToken", "InvalidPaginationToken", "ExpiredNextToken", "ExpiredNextTokenException"),
        "The pagination token for {target} expired. What is complete is kept; sync again.",
    ),
    **dict.fromkeys(
        THROTTLED,
        "AWS kept throttling {target}. Sync again later, or leave more room for other tools that call AWS.",
    ),
}
_ASSUME_ROLE_DENIED = (
    "The base identity may not assume the role. AWS gives one answer for several causes, so check in this order: the "
    "role exists, its trust policy names the base identity, external_id equals the trust policy's sts:ExternalId, "
    "and the base identity's own policy allows sts:AssumeRole on the role. AWS said: {said}"
)
_DENIED = (
    "The permission for {target} is missing. Add {target.action} to the policy of the role or user "
    "that this connection uses (docs: permissions). AWS said: {said}"
)
_CLOSED = (
    "The permission for {target} is denied by {denied_by.name}, which no policy of the role or user overrides. "
    "{denied_by.cure} AWS said: {said}"
)
_NOT_OFFERED = (
    "{endpoint} does not offer {target} ({cause}). Use an endpoint_url that does, or leave out the "
    "streams that need it (docs: permissions)."
)
_FAILING = "AWS kept failing at {target} ({cause}). Sync again later."
_REFUSED = (
    "AWS rejected {target} with the code {code}, which is about the account rather than the call. Look the code up in "
    "AWS's documentation, and ask the owner of the account."
)


# That of S3 is the second.
_REQUEST_IDS: Final = frozenset({"x-amzn-requestid", "x-amz-request-id"})


class _Answer(NamedTuple):
    """What an error answer says. `of_aws` says whether it has the request id that every answer of AWS has,
    `kms` the action of AWS KMS that it names as its cause.
    """

    code: str
    said: str
    status: int
    of_aws: bool
    kms: str


def from_aws(error: Exception, target: Target) -> Exception:
    """Return the AwsError that `error` means, or `error` itself where it is a bug."""
    if isinstance(error, botocore_errors.ClientError):
        return _from_answer(_answer(error), target) or error
    if isinstance(error, ForeignAnswerError):
        return foreign(error.status, target)
    if isinstance(error, (ResponseParserError, botocore_errors.IncompleteReadError)):
        return broken_answer(target)
    return from_environment(error, target) or error


def broken_answer(target: Target) -> AwsError:
    """Return the error for a success with a body that is empty, cut or not AWS's: it never means "no rows"."""
    sentence = f"{target} was answered with a body that is not AWS's. Nothing was taken from it; sync again."
    return AwsError(Outcome.LATER, sentence, code="BrokenAnswer", target=target)


def ended_session(target: Target) -> AwsError:
    """Return the error for a session that has ended by this machine's clock when it is issued."""
    sentence = f"{target} gave a session that has already ended by this machine's clock. Set the clock and sync again."
    return AwsError(Outcome.ACT, sentence, code="EndedSession", target=target)


def broken_paging(why: str, target: Target) -> AwsError:
    """Return the error for a listing that cannot be read to its end; `why` says what AWS did."""
    sentence = f"The pages of {target} cannot be read to the end: AWS {why}. What is complete is kept; sync again."
    return AwsError(Outcome.LATER, sentence, code="BrokenPaging", target=target)


def _answer(error: botocore_errors.ClientError) -> _Answer:
    found, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    code, said = found.get("Code") or "", found.get("Message") or ""
    status = metadata.get("HTTPStatusCode", 0)
    if code in {"SignatureDoesNotMatch", "InvalidSignatureException"} and said.startswith("Signature "):
        code = "RequestTimeTooSkewed"  # "Signature expired: …" and "Signature not yet current: …"
    of_aws = "RequestId" in metadata or not _REQUEST_IDS.isdisjoint(metadata.get("HTTPHeaders", {}))
    return _Answer(code if has_code(code, status) else "", said, status, of_aws, kms_action(error.response))


def _from_answer(answer: _Answer, target: Target) -> AwsError | None:
    code, said, status, _, kms = answer
    meaning = (by_kms(code) if kms else None) or _by_code(answer, target) or _by_rule(answer, target)
    if meaning is None:
        return None if is_about_request(code) else foreign(status, target)
    outcome, template = meaning
    closed_by = denying_policy(said) if template is _CLOSED else None
    cause = f"HTTP {status} {code}".strip()
    sentence = template.format(
        target=target,
        denied_by=closed_by,
        said=said,
        code=code,
        cause=cause,
        endpoint=target.endpoint or "AWS",
        kms=kms,
    )
    kind = NotOfferedError if template is _NOT_OFFERED else AwsError
    return kind(outcome, sentence, code=code or cause, target=target, denied_by=closed_by)


def _by_code(answer: _Answer, target: Target) -> tuple[Outcome, str] | None:
    """Return who must act, and the template of what they read, for a code that has a sentence of its own."""
    code, said, *_ = answer
    if code in DENIED and denying_policy(said):
        return Outcome.ACT, _CLOSED
    if code in DENIED:
        return Outcome.ACT, _ASSUME_ROLE_DENIED if target.action == "sts:AssumeRole" else _DENIED
    if target.action == "sts:AssumeRole" and code == "ValidationError":
        return Outcome.ACT, rejected_field(said)
    if code in _ACT:
        of_region = _ACT[code] is _NO_SUCH_REGION_KEY and target.enabled
        return Outcome.ACT, _GLOBAL_STS if of_region else _ACT[code]
    return (Outcome.LATER, _LATER[code]) if code in _LATER else None


def _by_rule(answer: _Answer, target: Target) -> tuple[Outcome, str] | None:
    """Return the same for any other code, or None where it is a bug, or may not be AWS's answer."""
    code, _, status, of_aws, _ = answer
    if is_not_offered(code, status, target.endpoint):
        return Outcome.ACT, _NOT_OFFERED
    if (code or of_aws) and is_transient(code, status):
        return Outcome.LATER, _FAILING
    return (Outcome.ACT, _REFUSED) if code and of_aws and not is_about_request(code) else None
