"""What a step of a sign-in says of itself: its result, the name that was entered, and whether it had a second factor.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from source_aws_iam.cloudtrail.record.actor import member
from source_aws_iam.cloudtrail.record.fields import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.cloudtrail.record.fields import Json

SIGN_IN: Final = "signin.amazonaws.com"
ACCESS_PORTAL: Final = "sso.amazonaws.com"
# No set: a source of any shape is compared.
_SOURCES: Final = (SIGN_IN, ACCESS_PORTAL)
_NONE: Final[Mapping[str, str | None]] = {"sign_in_result": None, "sign_in_user_name": None}
# The events of sso.amazonaws.com that belong to a sign-in. The others are calls of its APIs.
_STEPS_OF_PORTAL: Final = frozenset({"Authenticate", "Federate"})
_RESULTS: Final = ("responseElements", "serviceEventDetails", "additionalEventData")
# AWS writes this in the place of a name that does not exist: it may be a password in the wrong field.
HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_SECOND_FACTORS: Final = frozenset({"TOTP", "RESYNC_TOTP", "WEBAUTHN", "EMAIL_OTP"})
_YES: Final[Mapping[str, bool]] = {"Yes": True, "No": False}


def sign_in_columns(record: Mapping[str, Json], identity: Mapping[str, Json]) -> Mapping[str, str | None]:
    """Return the columns about a sign-in, all null for other events. `identity` is the record's userIdentity."""
    source = record.get("eventSource")
    if source not in _SOURCES:
        return _NONE
    name = record.get("eventName")
    if not isinstance(name, str) or (source == ACCESS_PORTAL and name not in _STEPS_OF_PORTAL):
        return _NONE
    return {"sign_in_result": _result(record, name), "sign_in_user_name": _user_name(record, identity)}


def mfa_at_sign_in(record: Mapping[str, Json]) -> bool | None:
    """Return whether this step of a sign-in says that a second factor was used. None where it does not say."""
    details = record.get("additionalEventData")
    if not isinstance(details, dict):
        return None
    stated = details.get("MFAUsed")
    if isinstance(stated, str) and stated in _YES:
        return _YES[stated]
    credentials = details.get("CredentialType")
    if not isinstance(credentials, str) or record.get("eventSource") != SIGN_IN:
        return None
    return _by_credentials(record, {one.strip() for one in credentials.split(",")})


def _by_credentials(record: Mapping[str, Json], verified: set[str]) -> bool | None:
    """UserAuthentication lists all credentials that were verified, and the steps before it one of them each."""
    name = record.get("eventName")
    if name == "UserAuthentication":
        # Of an external identity provider only the provider knows.
        return True if verified & _SECOND_FACTORS else False if verified == {"PASSWORD"} else None
    passed = name == "CredentialVerification" and _result(record, name) == "Success"
    return True if passed and verified & _SECOND_FACTORS else None


def _result(record: Mapping[str, Json], name: str) -> str | None:
    """Return what AWS files under the event's own name."""
    for field in _RESULTS:
        if (stated := as_text(member(record, field, name))) is not None:
            return stated
    if record.get("eventSource") == ACCESS_PORTAL:
        # These say nothing of their own: as for all calls, an error tells that they failed.
        return "Failure" if record.get("errorCode") or record.get("errorMessage") else "Success"
    return None


def _user_name(record: Mapping[str, Json], identity: Mapping[str, Json]) -> str | None:
    entered = as_text(member(record, "additionalEventData", "UserName"))
    # The userName of the root user is the alias of the account.
    of_identity = None if identity.get("type") == "Root" else as_text(identity.get("userName"))
    return next((name for name in (entered, of_identity) if name and name != HIDDEN), None)
