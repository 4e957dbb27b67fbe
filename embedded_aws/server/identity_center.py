"""The state of IAM Identity Center: instances with their users, groups, permission sets, applications and assignments.

All may be changed while clients are running. Members have AWS's names; times are aware.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from embedded_aws.server.applications import Application, TrustedTokenIssuer

OPENED = datetime(2025, 5, 20, 8, 15, 30, tzinfo=timezone.utc)


@dataclass
class PermissionSet:
    """A permission set. `inline` is a document as text, "" where there is none."""

    arn: str
    name: str
    description: str | None = None
    session_duration: str = "PT1H"
    relay_state: str | None = None
    created: datetime = OPENED
    tags: Mapping[str, str] = field(default_factory=dict)
    managed: list[tuple[str, str]] = field(default_factory=list)
    """Names and ARNs."""
    customer_managed: list[tuple[str, str]] = field(default_factory=list)
    """Names and paths."""
    inline: str = ""
    boundary: dict[str, Any] | None = None
    provisioned: list[str] = field(default_factory=list)
    """Accounts, also those in which nobody holds it any more."""


@dataclass(frozen=True)
class Assignment:
    """Who holds a permission set in an account."""

    permission_set: str
    account_id: str
    kind: str
    principal_id: str


@dataclass
class Instance:
    """An instance in one Region of the account that owns it."""

    number: int
    owner: str
    region: str
    partition: str = "aws"
    name: str | None = None
    status: str = "ACTIVE"
    created: datetime = OPENED
    replicas: list[str] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    """Attributes for access control; empty: not configured."""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    memberships: dict[str, dict[str, Any]] = field(default_factory=dict)
    permission_sets: dict[str, PermissionSet] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)
    applications: dict[str, Application] = field(default_factory=dict)
    issuers: dict[str, TrustedTokenIssuer] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"ssoins-{self.number:016x}"

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:sso:::instance/{self.id}"

    @property
    def store_id(self) -> str:
        return f"d-{self.number:010x}"

    @property
    def store_arn(self) -> str:
        return f"arn:{self.partition}:identitystore::{self.owner}:identitystore/{self.store_id}"

    @property
    def deleted_user(self) -> str:
        """The id of a user who does not exist any more."""
        return f"{self.number:010x}-00000000-0000-4000-8000-000000000000"

    def add_user(self, name: str, **members: Any) -> str:
        """Return the id of the new user."""
        user_id = self._id("user", name)
        self.users[user_id] = self._entity("User", user_id, {"UserName": name, **members})
        return user_id

    def add_group(self, name: str, members: list[str], **more: Any) -> str:
        """Return the id of the new group, which has the users of these ids."""
        group_id = self._id("group", name)
        self.groups[group_id] = self._entity("Group", group_id, {"DisplayName": name, **more})
        for user_id in members:
            membership_id = self._id("membership", f"{name}/{user_id}")
            content = {"GroupId": group_id, "MemberId": {"UserId": user_id}}
            self.memberships[membership_id] = self._entity("Membership", membership_id, content)
            del self.memberships[membership_id]["Revision"]
        return group_id

    def add_permission_set(self, name: str, **members: Any) -> PermissionSet:
        arn = f"arn:{self.partition}:sso:::permissionSet/{self.id}/ps-{self._digits(name)}"
        self.permission_sets[arn] = PermissionSet(arn, name, **members)
        return self.permission_sets[arn]

    def add_application(self, name: str, *, account: str = "", provider: str = "custom", **members: Any) -> Application:
        """Add an application of an account, by default the owner of the instance."""
        account = account or self.owner
        arn = f"arn:{self.partition}:sso::{account}:application/{self.id}/apl-{self._digits(f'application {name}')}"
        provider_arn = f"arn:{self.partition}:sso::aws:applicationProvider/{provider}"
        made = Application(arn, name, account, self.created, self.region, provider_arn, **members)
        self.applications[arn] = made
        return made

    def add_issuer(self, name: str, issuer_url: str, **members: Any) -> TrustedTokenIssuer:
        unique = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.number} issuer {name}")
        arn = f"arn:{self.partition}:sso::{self.owner}:trustedTokenIssuer/{self.id}/tti-{unique}"
        self.issuers[arn] = TrustedTokenIssuer(arn, name, issuer_url, **members)
        return self.issuers[arn]

    def assign(self, one: PermissionSet, account_id: str, kind: str, principal_id: str) -> None:
        if account_id not in one.provisioned:
            one.provisioned.append(account_id)
        self.assignments.append(Assignment(one.arn, account_id, kind, principal_id))

    def role_name(self, one: PermissionSet, account_id: str) -> str:
        """Return the name of the role that the permission set becomes in an account."""
        digits = hashlib.sha256(f"{one.arn} {account_id}".encode()).hexdigest()[:16]
        return f"AWSReservedSSO_{one.name}_{digits}"

    @property
    def role_path(self) -> str:
        region = "" if self.region == "us-east-1" else f"{self.region}/"
        return f"/aws-reserved/sso.amazonaws.com/{region}"

    def _digits(self, name: str) -> str:
        return hashlib.sha256(f"{self.number} {name}".encode()).hexdigest()[:16]

    def _id(self, kind: str, name: str) -> str:
        return f"{self.number:010x}-{uuid.uuid5(uuid.NAMESPACE_OID, f'{self.number} {kind} {name}')}"

    def _entity(self, kind: str, entity_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "IdentityStoreId": self.store_id,
            f"{kind}Id": entity_id,
            f"{kind}Arn": f"arn:{self.partition}:identitystore:::{kind.lower()}/{entity_id}",
            "Revision": "1",
            "CreatedAt": self.created,
            "CreatedBy": self.owner,
            "UpdatedAt": self.created,
            "UpdatedBy": self.owner,
            **members,
        }
