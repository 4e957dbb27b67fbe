"""Who acted: userIdentity of a CloudTrail record as OCSF's actor and user.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.json_values import Json
from destination_security_lake.ocsf.times import time_columns

USER: Final = {"type_id": 1, "type": "User"}
ADMIN: Final = {"type_id": 2, "type": "Admin"}
# Types of userIdentity that OCSF has a word for. The type itself stays in unmapped, and others are OCSF's Other.
_TYPES: Final[Mapping[Json, Mapping[str, Json]]] = {"Root": ADMIN, "IAMUser": USER, "IdentityCenterUser": USER}
_ID: Final = "userIdentity"
_CONTEXT: Final = (_ID, "sessionContext")
_ON_BEHALF_OF: Final = (_ID, "onBehalfOf")


def account(account_id: str | None) -> dict[str, Json] | None:
    """Return an AWS account."""
    return {"uid": account_id, "type_id": 10, "type": "AWS Account"} if account_id else None


def other_type(word: str | None) -> dict[str, Json]:
    """Return the type of a user that OCSF has no word for."""
    return {"type_id": 99, "type": word} if word else {}


def named(user: dict[str, Json]) -> dict[str, Json] | None:
    """Return a user if anything names one, as OCSF demands."""
    return user if user.get("uid") or user.get("name") or user.get("account") else None


def caller(record: Fields) -> dict[str, Json] | None:
    """Return the user who made the request. None where the record has neither name, ARN nor account of one."""
    name = record.first((_ID, "userName"), ("additionalEventData", "UserName"))
    arn = record.text(_ID, "arn")
    account_id = record.text(_ID, "accountId")
    if not (name or arn or account_id):
        return None
    stated = record.value(_ID, "type")
    known = _TYPES.get(stated) if isinstance(stated, str) else None
    return {
        "uid": arn,
        "uid_alt": record.first((_ID, "principalId"), (*_ON_BEHALF_OF, "userId")),
        "name": name,
        "account": account(account_id),
        **(known or other_type(record.text(_ID, "type"))),
    }


def actor(record: Fields) -> dict[str, Json]:
    """Return the caller, the session and the service in between. Empty where the record names nobody."""
    user = caller(record)
    if user:
        user["credential_uid"] = record.first((_ID, "accessKeyId"), (_ID, "credentialId"))
    service = _service(record)
    return {
        "user": user,
        "session": _session(record),
        "idp": {
            "uid": record.text(*_ON_BEHALF_OF, "identityStoreArn"),
            "name": record.first((_ID, "identityProvider"), (*_CONTEXT, "webIdFederationData", "federatedProvider")),
        },
        # OCSF deprecates invoked_by for app_name, and queries that people have of CloudTrail in OCSF use it.
        "app_name": service,
        "invoked_by": service,
    }


def _service(record: Fields) -> str | None:
    """Return the service that made the request, for itself or in the name of somebody."""
    if invoked_by := record.text(_ID, "invokedBy"):
        return invoked_by
    acted_by_itself = record.value("eventType") == "AwsServiceEvent" and record.value(_ID) is None
    return record.text("eventSource") if acted_by_itself else None


def _session(record: Fields) -> dict[str, Json]:
    is_session = record.value(_ID, "type") == "AssumedRole"
    return {
        "issuer": record.text(*_CONTEXT, "sessionIssuer", "arn"),
        "uid_alt": record.text(_ID, "arn") if is_session else None,
        **time_columns("created_time", record.time(*_CONTEXT, "attributes", "creationDate")),
        "is_mfa": record.boolean(*_CONTEXT, "attributes", "mfaAuthenticated"),
    }
