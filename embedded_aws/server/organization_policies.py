"""The policies of an organization: its own, and those of AWS, and what they are attached to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from embedded_aws.server.organization import Policy

if TYPE_CHECKING:
    from embedded_aws.server.organization_tree import OrganizationTree

SERVICE_CONTROL, RESOURCE_CONTROL = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
_ALLOW_ALL: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
OF_AWS: Final[Mapping[str, Policy]] = {
    SERVICE_CONTROL: Policy(
        "FullAWSAccess",
        json.dumps({"Version": "2012-10-17", "Statement": [_ALLOW_ALL]}, indent=2),
        id="p-FullAWSAccess",
        description="Allows access to every operation",
    ),
    RESOURCE_CONTROL: Policy(
        "RCPFullAWSAccess",
        json.dumps({"Version": "2012-10-17", "Statement": [{"Principal": "*", **_ALLOW_ALL}]}, indent=2),
        type=RESOURCE_CONTROL,
        id="p-RCPFullAWSAccess",
        description="Allows access to every resource",
    ),
}


@dataclass(frozen=True)
class Target:
    """A root, unit or account that a policy is attached to. `kind` is that of its ARN."""

    id: str
    kind: str
    type: str
    name: str


class OrganizationPolicies:
    """Changes as a test wants it. `own` and `types` may be changed while clients are running."""

    def __init__(self, tree: OrganizationTree, policies: Sequence[Policy], types: Mapping[str, str]) -> None:
        self.types: dict[str, str] = dict(types)
        """Type -> status at the root."""
        self.own: dict[str, Policy] = {}
        """By id. Targets are ids, too."""
        self._tree = tree
        for policy in policies:
            self.add(policy)

    def add(self, policy: Policy) -> str:
        """One that is made now; returns its id."""
        digest = hashlib.sha256(f"{policy.type}/{policy.name}".encode()).hexdigest()[:10]
        made = replace(policy, id=policy.id or f"p-{digest}", targets=list(map(self._tree.child, policy.targets)))
        self.own[made.id] = made
        return made.id

    def remove(self, policy_id: str) -> None:
        """It is detached, and deleted."""
        del self.own[policy_id]

    def every(self) -> dict[str, Policy]:
        """By id: the organization's own, and those that AWS has for types that were enabled."""
        return {**{policy.id: policy for kind, policy in OF_AWS.items() if kind in self.types}, **self.own}

    def is_of_aws(self, policy_id: str) -> bool:
        return policy_id not in self.own

    def targets(self, policy_id: str) -> dict[str, Target]:
        """By id. What AWS owns is attached to everything."""
        everything = (self._tree.root_id, *self._tree.parents)
        attached = everything if self.is_of_aws(policy_id) else self.own[policy_id].targets
        return {one: self._target(one) for one in attached if one in everything}

    def arn(self, policy: Policy) -> str:
        kind = policy.type.lower()
        if self.is_of_aws(policy.id):
            return f"arn:{self._tree.partition}:organizations::aws:policy/{kind}/{policy.id}"
        return self._tree.arn("policy", f"{kind}/{policy.id}")

    def _target(self, target_id: str) -> Target:
        tree = self._tree
        if target_id == tree.root_id:
            return Target(target_id, "root", "ROOT", "Root")
        if target_id in tree.units:
            return Target(target_id, "ou", "ORGANIZATIONAL_UNIT", tree.units[target_id].name)
        return Target(target_id, "account", "ACCOUNT", tree.members[target_id].known_as)
