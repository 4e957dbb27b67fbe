"""The actor of a record, derived independently of the connector."""

from __future__ import annotations

from typing import Any

from embedded_aws.truth.values import Row

# A type of userIdentity that names its caller in one field: the kind, and that field.
_PLAIN = {
    "IAMUser": ("human", "userName"),
    "SAMLUser": ("human", "userName"),
    "WebIdentityUser": ("human", "userName"),
    "AWSService": ("service", "invokedBy"),
    "AWSAccount": ("account", "accountId"),
}


def who_acted(record: Row, username: str | None) -> Row:
    """The columns that say who acted, and how they signed in. `username` is LookupEvents' own name of the caller."""
    name, kind = _actor(record)
    return {
        "actor": name or username,
        "actor_kind": kind,
        "mfa_used": _mfa(record),
        **_step(record),
        **_person(record),
    }


def _step(record: Row) -> Row:
    """The result of a step of a sign-in, and the name that was entered."""
    kind = (record.get("eventSource"), record["eventName"])
    if kind in (("sso.amazonaws.com", "Federate"), ("sso.amazonaws.com", "Authenticate")):
        result: str | None = "Failure" if "errorCode" in record else "Success"
    elif kind[0] == "signin.amazonaws.com":
        answers = {**(record.get("responseElements") or {}), **(record.get("serviceEventDetails") or {})}
        result = answers.get(record["eventName"])
    else:
        return {"sign_in_result": None, "sign_in_user_name": None}
    identity = record["userIdentity"]
    # Beside the root user it is the alias of the account.
    known = None if identity["type"] == "Root" else identity.get("userName")
    name = (record.get("additionalEventData") or {}).get("UserName") or known
    return {"sign_in_result": result, "sign_in_user_name": None if str(name).startswith("HIDDEN_") else name}


def _person(record: Row) -> Row:
    """The user of IAM Identity Center. A token that an application was given names its user beside the caller."""
    identity = record.get("userIdentity") or {}
    user = identity.get("onBehalfOf") or {}
    user_id, store, credential = user.get("userId"), user.get("identityStoreArn"), identity.get("credentialId")
    if record.get("eventSource") == "sso-oauth.amazonaws.com":
        beside = record.get("additionalEventData") or {}
        user_id, store = beside.get("identitystore:UserId"), beside.get("identitystore:IdentityStoreArn")
        credential = beside.get("identitycenter:CredentialId")
    return {
        "on_behalf_of_user_id": user_id,
        "identity_store_arn": store,
        "identity_store_id": store.split("/")[1] if store else None,
        "credential_id": credential,
    }


def _actor(record: Row) -> tuple[str | None, str]:
    identity = record.get("userIdentity") or {}
    kind, arn = identity.get("type"), identity.get("arn") or ""
    marked = (identity.get("sessionContext") or {}).get("assumedRoot") == "true"
    told: dict[str | None, tuple[str | None, str]] = {
        "Root": ("AssumeRoot session", "role session") if marked else ("root", "root"),
        "AssumedRole": (arn.rpartition(":assumed-role/")[2], "role session"),
        "FederatedUser": (arn.rpartition("/")[2], "human"),
        "IdentityCenterUser": (
            _typed(record) or (identity.get("onBehalfOf") or {}).get("userId"),
            "identity center user",
        ),
        None: (identity.get("invokedBy"), "service" if "invokedBy" in identity else "unknown"),
    }
    if kind in told:
        return told[kind]
    named, field = _PLAIN.get(str(kind), ("unknown", "userName"))
    names = (identity.get(field), arn.rpartition("/")[2], identity.get("principalId"), identity.get("accountId"))
    return next(filter(None, names), None), named


def _typed(record: Row) -> str | None:
    at_sign_in = record.get("eventSource") == "signin.amazonaws.com"
    return (record.get("additionalEventData") or {}).get("UserName") if at_sign_in else None


def _mfa(record: Row) -> bool | None:
    attributes: Any = ((record.get("userIdentity") or {}).get("sessionContext") or {}).get("attributes") or {}
    beside = record.get("additionalEventData") or {}
    verified = beside.get("CredentialType", "")
    done = (record.get("serviceEventDetails") or {}).get(record["eventName"]) == "Success"
    if record["eventName"] in ("CredentialVerification", "UserAuthentication") and verified != "EXTERNAL_IDP":
        second = done and ("TOTP" in verified or "WEBAUTHN" in verified)
        return second if second or record["eventName"] == "UserAuthentication" else None
    at_sign_in = beside.get("MFAUsed")
    said = [str(attributes.get("mfaAuthenticated")).lower(), at_sign_in]
    if "true" in said or "Yes" in said:
        return True
    return False if "false" in said or "No" in said else None
