"""Who acted: one readable name and a kind, from the many forms of userIdentity.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from source_aws_iam.cloudtrail.record.fields import as_boolean, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.cloudtrail.record.fields import Json

HUMAN: Final = "human"
ROLE_SESSION: Final = "role session"
SERVICE: Final = "service"
ACCOUNT: Final = "account"
ROOT: Final = "root"
IDENTITY_CENTER_USER: Final = "identity center user"
UNKNOWN: Final = "unknown"
# `type` of userIdentity -> kind. Any other is unknown.
_KINDS: Final[Mapping[str, str]] = {
    "Root": ROOT,
    "IAMUser": HUMAN,
    "FederatedUser": HUMAN,
    "SAMLUser": HUMAN,
    "WebIdentityUser": HUMAN,
    "Directory": HUMAN,
    "AssumedRole": ROLE_SESSION,
    "Role": ROLE_SESSION,
    "AWSService": SERVICE,
    "AWSAccount": ACCOUNT,
    "IdentityCenterUser": IDENTITY_CENTER_USER,
}
# The account id of unsigned requests.
_ANONYMOUS: Final = "ANONYMOUS_PRINCIPAL"
ASSUMED_ROOT: Final = "AssumeRoot session"


def actor(
    record: Mapping[str, Json], identity: Mapping[str, Json], session: Mapping[str, Json], username: str | None
) -> tuple[str | None, str]:
    """Return the actor's name, which is None only where the record has none, and kind.

    `identity` is the record's userIdentity and `session` the sessionContext in it, each empty where there is none;
    `username` is that of LookupEvents.
    """
    kind = _kind(record, identity, session)
    for name in _names(kind, record, identity, session):
        if text := as_text(name):
            return text, kind
    return username or None, kind


def _kind(record: Mapping[str, Json], identity: Mapping[str, Json], session: Mapping[str, Json]) -> str:
    stated = identity.get("type")
    if stated == "Root" and as_boolean(session.get("assumedRoot")):
        # A caller of another account, with root's permissions for a quarter of an hour.
        return ROLE_SESSION
    if identity.get("accountId") == _ANONYMOUS:
        return UNKNOWN
    if stated:
        return _KINDS.get(stated, UNKNOWN) if isinstance(stated, str) else UNKNOWN
    return SERVICE if identity.get("invokedBy") or record.get("eventType") == "AwsServiceEvent" else UNKNOWN


def _names(
    kind: str, record: Mapping[str, Json], identity: Mapping[str, Json], session: Mapping[str, Json]
) -> Iterator[Json]:
    """Yield the values that may name the actor, best first."""
    if kind == ROLE_SESSION:
        yield ASSUMED_ROOT if identity.get("type") == "Root" else _role_session(identity, session)
    elif kind == ROOT:
        yield "root"
    elif kind == SERVICE:
        yield identity.get("invokedBy")
        # Where a service made the call itself, the address is its name.
        yield _service(record.get("sourceIPAddress"))
    elif kind == ACCOUNT:
        yield identity.get("accountId")
    elif record.get("eventSource") == "signin.amazonaws.com":
        # All that names a user of Identity Center: https://docs.aws.amazon.com/singlesignon/latest/userguide/username-sign-in-cloudtrail-events.html
        yield member(record, "additionalEventData", "UserName")
    yield identity.get("userName")
    yield after_slash(identity.get("arn"))
    yield member(identity, "onBehalfOf", "userId")
    yield _after(":", identity.get("principalId"))
    yield identity.get("invokedBy")
    yield member(session, "sessionIssuer", "userName")
    yield after_slash(member(session, "sessionIssuer", "arn"))
    yield session.get("sourceIdentity")
    yield from (identity.get(name) for name in ("accountId", "credentialId", "accessKeyId", "identityProvider"))
    yield member(identity, "inScopeOf", "credentialsIssuedTo")
    if kind == SERVICE:
        yield record.get("eventSource")


def _role_session(identity: Mapping[str, Json], session: Mapping[str, Json]) -> str | None:
    """Return "role/session"."""
    arn = identity.get("arn")
    if isinstance(arn, str) and ":assumed-role/" in arn:
        return arn.partition(":assumed-role/")[2]
    role, name = member(session, "sessionIssuer", "userName"), _after(":", identity.get("principalId"))
    return f"{role}/{name}" if isinstance(role, str) and role and name else None


def _service(address: Json) -> str | None:
    return address if isinstance(address, str) and address.endswith((".amazonaws.com", ".amazonaws.com.cn")) else None


def member(source: Mapping[str, Json], *path: str) -> Json:
    """Return the value at `path`, or None where there is none."""
    value: Json = source
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def after_slash(arn: Json) -> Json:
    """Return the name at the end of an ARN with its path, "root" of a root user's, or what else it is."""
    return _after("/", arn) if isinstance(arn, str) and "/" in arn else arn


def _after(mark: str, value: Json) -> Json:
    return value.rpartition(mark)[2] if isinstance(value, str) else value
