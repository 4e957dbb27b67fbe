"""Account Change: the user or role that is changed, which is not the one who changes it."""

from __future__ import annotations

from typing import Final

from destination_security_lake.ocsf.cloudtrail import Event
from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.identities import USER, account, caller, named, other_type
from destination_security_lake.ocsf.json_values import Json

# A call of these without a user name changes the caller.
OF_THE_CALLER: Final = frozenset(
    {
        *("ChangePassword", "PasswordUpdated", "CreateLoginProfile", "DeleteLoginProfile", "DeactivateMFADevice"),
        *("CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"),
        *("UploadSigningCertificate", "UpdateSigningCertificate", "DeleteSigningCertificate"),
        *("UpdateServiceSpecificCredential", "ResetServiceSpecificCredential", "DeleteServiceSpecificCredential"),
    }
)
# Those who have a password and keys of their own. A session has none.
_WITH_CREDENTIALS: Final = ("IAMUser", "Root")
_REQUEST: Final = "requestParameters"
_RESPONSE: Final = "responseElements"
_CHANGES_POLICIES: Final = (7, 8)


def account_change(event: Event, record: Fields, number: int) -> dict[str, Json]:
    """Return the user, the policy of activities about policies, and the user as renamed."""
    new_name = record.text(_REQUEST, "newUserName") if event.name == "UpdateUser" else None
    return {
        "user": _target(event, record),
        "user_result": {"name": new_name, "account": account(event.account_id), **USER} if new_name else None,
        "policy": policy(record) if number in _CHANGES_POLICIES else None,
    }


def policy(record: Fields) -> dict[str, Json]:
    """Return the policy that a request names."""
    return {
        "uid": record.first((_REQUEST, "policyArn"), (_REQUEST, "permissionsBoundary")),
        "name": record.text(_REQUEST, "policyName"),
    }


def _target(event: Event, record: Fields) -> dict[str, Json] | None:
    kind = "role" if "Role" in event.name else "user"
    name = record.first((_REQUEST, f"{kind}Name"), (_RESPONSE, kind, f"{kind}Name"))
    arn = record.text(_RESPONSE, kind, "arn")
    if not (name or arn) and event.name in OF_THE_CALLER and _has_credentials(record):
        return caller(record)
    return named(
        {
            "uid": arn,
            "uid_alt": record.text(_RESPONSE, kind, f"{kind}Id"),
            "name": name,
            "account": account(event.account_id),
            **(other_type("Role") if kind == "role" else USER),
        }
    )


def _has_credentials(record: Fields) -> bool:
    return record.value("userIdentity", "type") in _WITH_CREDENTIALS
