"""organizational_units: the tree of units, one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.accounts.organization import organization
from source_aws_iam.components.of_organization import OfOrganization

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.components.connection import Connection

_ORGANIZATION: Final = re.compile("(o-[^/]+)/")


class OrganizationalUnits(OfOrganization):
    """One row per unit, whatever accounts are read."""

    def rows(self, shared: Connection) -> Iterable[Mapping[str, Any]]:
        """Yield every unit, after the one that it is in."""
        for unit in organization(shared.hub).units():
            yield {
                "ou_id": unit["id"],
                "partition": shared.hub.partition,
                "organization_id": found[1] if (found := _ORGANIZATION.match(unit["path"])) else None,
                "arn": unit.get("arn"),
                "name": unit.get("name"),
                "parent_id": unit["parent_id"],
                "path": unit["path"],
            }
