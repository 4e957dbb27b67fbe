"""What AWS's errors mean where they concern the environment's credentials, or the calls that get them.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from aws_calls.answers import from_aws
from aws_calls.errors import DENIED, EXPIRED, AwsError, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_calls.errors import Target
    from aws_calls.sources import Source

_TRUST: Final = (
    "The web identity of the environment may not assume its role ({source.role}). Check the role's trust policy: "
    "its principal must be the identity provider that issued the token, and its conditions on sub and aud must "
    "match the token. In Kubernetes, check also that the annotation eks.amazonaws.com/role-arn of the service account "
    "names the role that is meant. AWS said: {said}"
)
_UNKNOWN_ISSUER: Final = (
    "AWS does not accept the web identity token in {source.token_file}. Check that the account of the role has an IAM "
    "identity provider for the token's issuer, that its audience is the token's, and that the file holds nothing but "
    "the token."
)
_WRONG_ROLE: Final = (
    "AWS rejected a parameter of the sign-in with {source}. Check its role ARN and its session name, and in a profile "
    "also external_id and duration_seconds."
)
_PORTAL: Final = (
    "AWS denied credentials for {source}. Check that sso_account_id and sso_role_name are assigned to the "
    "person who signed in. {source.renewed}"
)
_CHAINED: Final = (
    "The role in {source} may not be assumed. Check that the role exists, that its trust policy names the identity of "
    "source_profile or credential_source, that external_id is right, and that this identity may call sts:AssumeRole. "
    "AWS said: {said}"
)
_NO_ISSUER: Final = (
    "AWS could not reach the identity provider that issued the web identity token in {source.token_file}. Sync again "
    "later."
)
_STALE: Final = "The web identity token in {source.token_file} has expired. {source.renewed}"
# Operation that gets credentials -> AWS error code -> outcome, and sentence.
_MEANINGS: Final[Mapping[str, Mapping[str, tuple[Outcome, str]]]] = {
    "AssumeRoleWithWebIdentity": {
        **dict.fromkeys(DENIED, (Outcome.ACT, _TRUST)),
        **dict.fromkeys(EXPIRED, (Outcome.ACT, _STALE)),
        "IDPRejectedClaim": (Outcome.ACT, _UNKNOWN_ISSUER),
        "InvalidIdentityToken": (Outcome.ACT, _UNKNOWN_ISSUER),
        "IDPCommunicationError": (Outcome.LATER, _NO_ISSUER),
        "ValidationError": (Outcome.ACT, _WRONG_ROLE),
    },
    "AssumeRole": {
        **dict.fromkeys(DENIED, (Outcome.ACT, _CHAINED)),
        "ValidationError": (Outcome.ACT, _WRONG_ROLE),
    },
    "GetRoleCredentials": dict.fromkeys(
        ("ForbiddenException", "InvalidRequestException", "ResourceNotFoundException"), (Outcome.ACT, _PORTAL)
    ),
}
# Codes about the credentials that signed, and not about the call.
_KEY_REJECTED: Final = frozenset(
    {
        *("InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException", "AuthFailure"),
        *("SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"),
    }
)


def sign_in_failed(error: ClientError, source: Source, target: Target) -> AwsError:
    """Return the AwsError for an error answer to the call by which `source` gets credentials."""
    code = error.response.get("Error", {}).get("Code", "")
    service = "sso" if error.operation_name == "GetRoleCredentials" else "sts"
    target = replace(target, action=f"{service}:{error.operation_name}")
    outcome, template = _MEANINGS.get(error.operation_name, {}).get(code, (None, ""))
    if outcome:
        said = error.response["Error"].get("Message", "")
        return AwsError(outcome, template.format(source=source, said=said), code=code, target=target)
    meaning = credentials_rejected(error, source.signer, target) or from_aws(error, target)
    if isinstance(meaning, AwsError):
        return meaning
    sentence = f"AWS rejected {target} with the code {code}, and so no credentials came from {source}. Check them."
    return AwsError(Outcome.ACT, sentence, code=code, target=target)


def credentials_rejected(error: Exception, source: Source, target: Target) -> AwsError | None:
    """Return the AwsError for `error` if AWS rejected credentials of `source` with it, else None."""
    answer = error.response.get("Error", {}) if isinstance(error, ClientError) else {}
    code = answer.get("Code", "")
    if code in EXPIRED:
        return expired(source, target)
    # "Signature expired: …" and "Signature not yet current: …" are about the clock.
    if code not in _KEY_REJECTED or answer.get("Message", "").startswith("Signature "):
        return None
    sentence = (
        f"AWS rejected the credentials that signed {target}. They came from {source}. The key was deleted, is "
        "inactive, has a typing error, lacks its session token, or belongs to another partition, or "
        f"{target.region} is not enabled in its account. Check both, and region."
    )
    return AwsError(Outcome.ACT, sentence, code=code, target=target)


def expired(source: Source, target: Target) -> AwsError:
    """Return the AwsError for a session of `source` that has ended, where `source` has no newer one."""
    sentence = f"The session that signed {target} has expired. It came from {source}. {source.renewed}"
    return AwsError(Outcome.ACT, sentence, code="ExpiredToken", target=target)
