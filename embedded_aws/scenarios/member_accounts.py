"""An account among many, as a test describes it, and its role for the connector."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moto.iam.models import IAMBackend

from embedded_aws.scenarios.seed_members import plant_member

MEMBER_ROLE = "audit/airbyte-member"


@dataclass(frozen=True)
class Account:
    """An account with users, and a role that a principal with its external id may assume."""

    id: str
    users: int = 100
    groups: int = 4
    events: int = 0
    """In the last week, in all its Regions."""
    role: str = MEMBER_ROLE
    """Name, with the path before it."""
    trusts: str = ""
    """The principal: an ARN, or an account id. Empty: the hub, which is the connector's role in the home account."""
    external_id: str = ""
    """Empty: one of its own, which no other account has."""
    regions: Sequence[str] = ()
    """Enabled ones; empty: those of the home account."""

    @property
    def demands(self) -> str:
        digest = hashlib.sha256(f"external id of {self.id}".encode()).hexdigest()
        return self.external_id or f"id-{digest[:24]}"

    def role_arn(self, partition: str) -> str:
        return f"arn:{partition}:iam::{self.id}:role/{self.role}"


@dataclass(frozen=True)
class OpenAccount:
    """What the connector has to know to read an account."""

    id: str
    role_arn: str
    external_id: str


def account_ids(count: int, first: int = 300_000_000_000) -> list[str]:
    """So many ids of accounts."""
    return [f"{first + number * 1_000_003:012}" for number in range(count)]


def fill(backend: IAMBackend, account: Account, hub: str, now: datetime) -> None:
    """All that is in the account; `now` is naive UTC."""
    plant_member(backend, account.users, account.groups, now)
    create_role(backend, account, hub, now)


def create_role(backend: IAMBackend, account: Account, hub: str, now: datetime) -> None:
    path, _, name = f"/{account.role}".rpartition("/")
    trust = trust_policy(account.trusts or hub, account.demands)
    role = backend.create_role(name, trust, f"{path}/", None, "Read by the connector", [], "3600")
    role.create_date = now


def trust_policy(principal: str, external_id: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
