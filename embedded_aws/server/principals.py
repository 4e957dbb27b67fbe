"""The callers: IAM users and role sessions, by their access keys.

Users and their keys are moto's; sessions are ours, because moto's never expire and are not bound to a session
token.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from moto.iam.models import Role, iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id
from moto.utilities.utils import get_partition


@dataclass(frozen=True)
class AccessKey:
    """Credentials as a client holds them."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True)
class Principal:
    """The owner of an access key. `role_arn` and `expires_at` are set for role sessions only."""

    key: AccessKey
    account_id: str
    arn: str
    user_id: str
    role_arn: str | None = None
    expires_at: datetime | None = None


class Sessions:
    """Role sessions issued by STS, by access key id."""

    def __init__(self) -> None:
        self._sessions: dict[str, Principal] = {}

    def issue(self, role: Role, session_name: str, expires_at: datetime) -> Principal:
        key_id = generate_access_key_id_from_account_id(role.account_id, prefix="ASIA")
        session = Principal(
            key=AccessKey(key_id, secrets.token_urlsafe(30), secrets.token_urlsafe(200)),
            account_id=role.account_id,
            arn=f"arn:{role.partition}:sts::{role.account_id}:assumed-role/{role.name}/{session_name}",
            user_id=f"{role.id}:{session_name}",
            role_arn=role.arn,
            expires_at=expires_at,
        )
        self._sessions[key_id] = session
        return session

    def expire(self, now: datetime, account_ids: Collection[str]) -> None:
        """End every session issued so far, or every one in these accounts."""
        for key_id, session in list(self._sessions.items()):
            if not account_ids or session.account_id in account_ids:
                self._sessions[key_id] = replace(session, expires_at=now)

    def issued(self) -> list[AccessKey]:
        """The keys of all sessions so far, for a test that looks for them where they must not be."""
        return [session.key for session in self._sessions.values()]

    def find(self, access_key_id: str) -> Principal | None:
        return self._sessions.get(access_key_id)


def find_user(access_key_id: str, region: str) -> Principal | None:
    """The IAM user with this *active* key, in the partition of the Region it was used in."""
    for account_id, account in list(iam_backends.items()):
        backend = account[get_partition(region)]
        key = backend.access_keys.get(access_key_id)
        user = backend.users.get(key.user_name or "") if key and key.status == "Active" else None
        if key and user:
            return Principal(AccessKey(access_key_id, key.secret_access_key), account_id, user.arn, user.id)
    return None
