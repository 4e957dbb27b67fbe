"""Authentication: who signs in, or which role's credentials are given out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from destination_security_lake.ocsf.cloudtrail import Event
from destination_security_lake.ocsf.events import STS
from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.identities import account, caller, named, other_type
from destination_security_lake.ocsf.json_values import Json
from destination_security_lake.ocsf.times import time_columns

_PROTOCOLS: Final[Mapping[str, Mapping[str, Json]]] = {
    "AssumeRoleWithSAML": {"auth_protocol_id": 5, "auth_protocol": "SAML"},
    "AssumeRoleWithWebIdentity": {"auth_protocol_id": 4, "auth_protocol": "OpenID"},
}
_MFA: Final = {"Yes": True, "No": False}
_BESIDE: Final = "additionalEventData"
_ASSUMED: Final = ("responseElements", "assumedRoleUser")
_CREDENTIALS: Final = ("responseElements", "credentials")
# arn:partition:iam::account:role/name
_PARTS_OF_ARN: Final = 6
_ACCOUNT_OF_ARN: Final = 4


def authentication(event: Event, record: Fields) -> dict[str, Json]:
    """Return the user and the session. The user of AssumeRole is the role, whether or not the call succeeds."""
    return {
        "user": _role(event, record) if event.source == STS else _signed_in(event, record),
        "service": {"name": event.source},
        "dst_endpoint": {"svc_name": record.text(_BESIDE, "LoginTo")},
        "session": {
            "uid": record.text(*_ASSUMED, "arn"),
            "uid_alt": record.text(*_ASSUMED, "assumedRoleId"),
            "credential_uid": record.text(*_CREDENTIALS, "accessKeyId"),
            **time_columns("expiration_time", record.time(*_CREDENTIALS, "expiration")),
        },
        "is_mfa": _is_mfa(record),
        **_PROTOCOLS.get(event.name, {}),
    }


def _role(event: Event, record: Fields) -> dict[str, Json] | None:
    arn = record.text("requestParameters", "roleArn")
    return named(
        {
            "uid": arn,
            "name": record.text("requestParameters", "roleSessionName"),
            "account": account(_account_of(arn) or event.account_id),
            **other_type("Role"),
        }
    )


def _signed_in(event: Event, record: Fields) -> dict[str, Json] | None:
    """Return who signs in. Of a name that does not exist AWS tells the account alone."""
    user = caller(record) or {}
    return named({**user, "account": user.get("account") or account(event.account_id)})


def _account_of(arn: str | None) -> str | None:
    parts = arn.split(":", _PARTS_OF_ARN - 1) if arn else []
    return parts[_ACCOUNT_OF_ARN] or None if len(parts) == _PARTS_OF_ARN else None


def _is_mfa(record: Fields) -> bool | None:
    stated = record.value(_BESIDE, "MFAUsed")
    if not isinstance(stated, str) or stated not in _MFA:
        return None
    record.read(_BESIDE, "MFAUsed")
    return _MFA[stated]
