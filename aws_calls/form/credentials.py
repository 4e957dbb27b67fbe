"""The field `credentials`: what is wrong with it that JSON schema cannot express, and its types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_calls.options import AccessKey, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def of_credentials(credentials: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of credentials that fit the form."""
    key, secret, token = (credentials.get(name) for name in ("access_key_id", "secret_access_key", "session_token"))
    if bool(key) != bool(secret):
        yield "credentials.access_key_id and credentials.secret_access_key belong together: enter both or neither."
    if token and not key:
        yield "credentials.session_token needs the access_key_id and secret_access_key that were issued with it."
    if key and key.startswith("ASIA") and not token:
        yield "credentials.access_key_id is that of a temporary key (ASIA…), which needs its credentials.session_token."


def access_key(credentials: Mapping[str, Any]) -> AccessKey | None:
    """Return the key, or None where the environment's credentials are used."""
    key_id, secret = credentials.get("access_key_id"), credentials.get("secret_access_key")
    return AccessKey(key_id, secret, credentials.get("session_token")) if key_id and secret else None


def role(credentials: Mapping[str, Any], session_name: str) -> Role | None:
    """Return the role to assume, None where there is none. `session_name` is that of a session without a name."""
    if credentials["auth_type"] != "iam_role":
        return None
    return Role(
        arn=credentials["role_arn"],
        external_id=credentials.get("external_id"),
        session_name=credentials.get("role_session_name", session_name),
        duration_seconds=int(credentials.get("duration_seconds", 3600)),
    )
