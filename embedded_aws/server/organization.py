"""An organization as a test describes it.

    aws.organize(
        Organization(
            accounts=["111111111111"],
            units=[Unit("Production", accounts=[Member("222222222222", "shop")], units=[Unit("Europe")])],
            delegated={"222222222222": ["config.amazonaws.com"]},
        )
    )

`organization_tree` has its current state, and `organizations` answers the calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Literal

State = Literal["PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"]
"""https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html"""

FOUNDED = datetime(2024, 3, 1, 9, 30, 15, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Member:
    """An account as the organization knows it. Name and email are made from the id if they are not given."""

    id: str
    name: str = ""
    email: str = ""
    state: State = "ACTIVE"
    joined_method: Literal["CREATED", "INVITED"] = "CREATED"
    joined: datetime = FOUNDED
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def known_as(self) -> str:
        return self.name or f"account-{self.id}"

    @property
    def address(self) -> str:
        return self.email or f"aws+{self.id}@example.com"


@dataclass(frozen=True)
class Unit:
    """An organizational unit. Without an id it gets one that its path of names decides."""

    name: str
    id: str = ""
    accounts: Sequence[Member | str] = ()
    units: Sequence[Unit] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """A policy of the organization. Without an id it gets one that its type and name decide."""

    name: str
    content: str
    type: str = "SERVICE_CONTROL_POLICY"
    targets: Sequence[str] = ()
    """What it is attached to: ids, or units by the path of their names; "" is the root."""
    id: str = ""
    description: str = ""


@dataclass(frozen=True)
class Organization:
    """The root's accounts and units, and who may read about them.

    The management account is a member like any other to most calls; it is put under the root if it is not listed.
    """

    accounts: Sequence[Member | str] = ()
    """Directly under the root."""
    units: Sequence[Unit] = ()
    management: str = ""
    """Account id; empty: the home account."""
    delegated: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Account id -> the service principals it administers."""
    id: str = "o-a1b2c3d4e5"
    root_id: str = "r-ab12"
    policies: Sequence[Policy] = ()
    """The organization's own. Those of AWS come with their types, and are attached everywhere."""
    policy_types: Mapping[str, str] = field(default_factory=lambda: {"SERVICE_CONTROL_POLICY": "ENABLED"})
    """Type -> status at the root. Without all features, an organization has none."""
    all_features: bool = True
