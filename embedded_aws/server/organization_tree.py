"""The current state of the organization: its accounts, and their units."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from embedded_aws.server.organization import FOUNDED, Member, Organization, State, Unit
from embedded_aws.server.organization_policies import OrganizationPolicies


@dataclass(frozen=True)
class Delegation:
    """A service that a member administers for the organization."""

    service: str
    since: datetime


class OrganizationTree:
    """Changes as a test wants it. `hidden`, `empty_pages` and `repeats` may be changed while clients are running.

    Units are named by id or by the path of names from the root: "Production/Europe"; "" is the root.
    """

    def __init__(self, described: Organization, home: str, partition: str, now: Callable[[], datetime]) -> None:
        self.id = described.id
        self.root_id = described.root_id
        self.management = described.management or home
        self.hidden: set[str] = {"Status"}
        """Members of an account that AWS leaves out. Status is retired, and Paths are new."""
        self.empty_pages = 0
        """So many empty pages, each with a token, come before every page of a list that has something on it."""
        self.repeats = False
        """Whether the last account of a page is on the next one too, as when accounts join while they are listed."""
        self.members: dict[str, Member] = {}
        self.units: dict[str, Unit] = {}
        self.parents: dict[str, str] = {}
        """Of accounts and units: id -> id of the unit or the root."""
        self.delegations: dict[str, list[Delegation]] = {}
        self.partition = partition
        self._now = now
        self._settle(described.accounts, described.units, self.root_id)
        if self.management not in self.members:
            self.add(Member(self.management, "management"))
        for account_id, services in described.delegated.items():
            self.delegate(account_id, *services, since=FOUNDED)
        self.all_features = described.all_features
        types = described.policy_types if self.all_features else {}
        self.policies = OrganizationPolicies(self, described.policies, types)

    def add(self, member: Member | str, to: str = "") -> Member:
        """One that joins; a mere id joins now."""
        joining = Member(member, joined=self._now()) if isinstance(member, str) else member
        self.parents[joining.id] = self.place(to)
        self.members[joining.id] = joining
        return joining

    def add_unit(self, unit: Unit, to: str = "") -> str:
        """A unit with all that is in it; returns its id."""
        parent = self.place(to)
        path = "/".join([*self.names_above(parent), unit.name])
        unit_id = unit.id or f"ou-{self.root_id[2:]}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"
        self.parents[unit_id] = parent
        self.units[unit_id] = replace(unit, id=unit_id)
        self._settle(unit.accounts, unit.units, unit_id)
        return unit_id

    def move(self, child: str, to: str) -> None:
        """An account, or (as AWS does not allow) a unit with all that is in it."""
        self.parents[self.child(child)] = self.place(to)

    def change(self, account_id: str, **fields: Any) -> None:
        """New name, email, tags…"""
        self.members[account_id] = replace(self.members[account_id], **fields)

    def set_state(self, account_id: str, state: State) -> None:
        self.change(account_id, state=state)

    def remove(self, account_id: str) -> None:
        """It has left, or was closed and is forgotten."""
        del self.members[account_id]
        del self.parents[account_id]
        self.delegations.pop(account_id, None)

    def delegate(self, account_id: str, *services: str, since: datetime | None = None) -> None:
        new = [Delegation(service, since or self._now()) for service in services]
        self.delegations[account_id] = [*self.delegations.get(account_id, []), *new]

    def place(self, named: str) -> str:
        """The id of the root or of a unit."""
        if named in (self.root_id, *self.units):
            return named
        place = self.root_id
        for name in filter(None, named.split("/")):
            place = next(unit.id for unit in self.units.values() if (unit.name, self.parents[unit.id]) == (name, place))
        return place

    def child(self, named: str) -> str:
        """The id of an account, of the root or of a unit."""
        return named if named in self.members else self.place(named)

    def ids_above(self, child: str) -> list[str]:
        """From the root down to the unit or account itself."""
        ids = [child]
        while ids[0] in self.parents:
            ids.insert(0, self.parents[ids[0]])
        return ids

    def names_above(self, place: str) -> list[str]:
        """Names of the units down to this one; none for the root."""
        return [self.units[unit_id].name for unit_id in self.ids_above(place)[1:]]

    def children(self, place: str) -> Iterator[str]:
        return (child for child, parent in list(self.parents.items()) if parent == place)

    def may_be_read_by(self, account_id: str) -> bool:
        return account_id == self.management or bool(self.delegations.get(account_id))

    def arn(self, kind: str, entity_id: str) -> str:
        """`kind` is account, ou or root; "organization" needs no id."""
        parts = [kind, self.id, entity_id] if entity_id else [kind, self.id]
        return f"arn:{self.partition}:organizations::{self.management}:{'/'.join(parts)}"

    def accounts_truth(self) -> list[dict[str, Any]]:
        """What a sync is compared with, by account id. `unit_ids` and `unit_names` lead down from below the root."""
        return [
            {
                "account_id": member.id,
                "arn": self.arn("account", member.id),
                "name": member.known_as,
                "email": member.address,
                "state": member.state,
                "joined_method": member.joined_method,
                "joined": member.joined,
                "parent_id": self.parents[member.id],
                "unit_ids": self.ids_above(member.id)[1:-1],
                "unit_names": self.names_above(self.parents[member.id]),
                "tags": dict(member.tags),
            }
            for _, member in sorted(self.members.items())
        ]

    def units_truth(self) -> list[dict[str, Any]]:
        """By id, without the root."""
        return [
            {
                "id": unit.id,
                "arn": self.arn("ou", unit.id),
                "name": unit.name,
                "parent_id": self.parents[unit.id],
                "unit_ids": self.ids_above(unit.id)[1:],
                "unit_names": self.names_above(unit.id),
                "tags": dict(unit.tags),
            }
            for _, unit in sorted(self.units.items())
        ]

    def tags(self, entity_id: str) -> Mapping[str, str]:
        entity = self.members.get(entity_id) or self.units.get(entity_id)
        return entity.tags if entity else {}

    def _settle(self, accounts: Sequence[Member | str], units: Sequence[Unit], place: str) -> None:
        for account in accounts:
            self.add(Member(account) if isinstance(account, str) else account, place)
        for unit in units:
            self.add_unit(unit, place)
