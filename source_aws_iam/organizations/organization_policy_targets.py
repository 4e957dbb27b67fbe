"""organization_policy_targets: what the policies of the organization are attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.organizations.reading import organization, path
from source_aws_iam.streams.organization_stream import OrganizationStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.organizations.reading import Organization

    Paths = Mapping[str, str | None]


class OrganizationPolicyTargets(OrganizationStream):
    """One row per policy and root, unit or account that it is attached to. What inherits it is below their paths."""

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield the targets of every policy. One that was deleted since it was listed has none."""
        hub = self.context.hub
        found, reader = organization(hub), hub.reader("organizations")
        # The paths of a kind are read when the first target of it comes. None where AWS denies them.
        paths: dict[str | None, Paths | None] = {}

        def read(policy: Row) -> tuple[Row, list[Row]]:
            return policy, found.targets(policy["id"])

        for policy, targets in reader.each("organization policies", read, found.policies()):
            for target in targets:
                kind = target.get("type")
                if kind not in paths:
                    paths[kind] = reader.if_allowed(_paths(found, kind))
                yield {"partition": hub.partition, **_row(policy, target, paths[kind])}


def _paths(found: Organization, kind: str | None) -> Callable[[], Paths]:
    """Return what reads the paths of the targets of a kind. One that AWS adds has no paths."""
    every: Mapping[str | None, Callable[[], Paths]] = {
        "ROOT": found.places,
        "ORGANIZATIONAL_UNIT": lambda: {unit["id"]: unit["path"] for unit in found.units()},
        "ACCOUNT": lambda: {account["id"]: path(account) for account in found.accounts()},
    }
    return every.get(kind, dict)


def _row(policy: Row, target: Row, paths: Paths | None) -> Row:
    target_id = target.get("target_id") or (target.get("arn") or "").rpartition("/")[2] or None
    return {
        "policy_id": policy["id"],
        "target_id": target_id,
        "policy_name": policy.get("name"),
        "policy_type": policy.get("type"),
        "target_arn": target.get("arn"),
        "target_name": target.get("name"),
        "target_type": target.get("type"),
        "path": (paths or {}).get(target_id or ""),
        "unavailable_fields": ["path"] if paths is None else [],
    }
