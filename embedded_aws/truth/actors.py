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
    answers = {**(record.get("responseElements") or {}), **(record.get("serviceEventDetails") or {})}
    of_sign_in = record.get("eventSource") == "signin.amazonaws.com"
    return {
        "actor": name or username,
        "actor_kind": kind,
        "sign_in_result": answers.get(record["eventName"]) if of_sign_in else None,
        "mfa_used": _mfa(record),
    }


def _actor(record: Row) -> tuple[str | None, str]:
    identity = record.get("userIdentity") or {}
    kind, arn = identity.get("type"), identity.get("arn") or ""
    marked = (identity.get("sessionContext") or {}).get("assumedRoot") == "true"
    told: dict[str | None, tuple[str | None, str]] = {
        "Root": ("AssumeRoot session", "role session") if marked else ("root", "root"),
        "AssumedRole": (arn.rpartition(":assumed-role/")[2], "role session"),
        "FederatedUser": (arn.rpartition("/")[2], "human"),
        "IdentityCenterUser": ((identity.get("onBehalfOf") or {}).get("userId"), "identity center user"),
        None: (identity.get("invokedBy"), "service" if "invokedBy" in identity else "unknown"),
    }
    if kind in told:
        return told[kind]
    named, field = _PLAIN.get(str(kind), ("unknown", "userName"))
    names = (identity.get(field), arn.rpartition("/")[2], identity.get("principalId"), identity.get("accountId"))
    return next(filter(None, names), None), named


def _mfa(record: Row) -> bool | None:
    attributes: Any = ((record.get("userIdentity") or {}).get("sessionContext") or {}).get("attributes") or {}
    at_sign_in = (record.get("additionalEventData") or {}).get("MFAUsed")
    said = [str(attributes.get("mfaAuthenticated")).lower(), at_sign_in]
    if "true" in said or "Yes" in said:
        return True
    return False if "false" in said or "No" in said else None
