"""organizational_units: the tree of units, one row per unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.organizations.reading import organization
from source_aws_iam.streams.organization_stream import OrganizationStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ORGANIZATION: Final = re.compile("(o-[^/]+)/")


class OrganizationalUnits(OrganizationStream):
    """One row per unit, whatever accounts are read."""

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield every unit, after its parent."""
        for unit in organization(self.context.hub).units():
            yield {
                "ou_id": unit["id"],
                "partition": self.context.hub.partition,
                "organization_id": found[1] if (found := _ORGANIZATION.match(unit["path"])) else None,
                "arn": unit.get("arn"),
                "name": unit.get("name"),
                "parent_id": unit["parent_id"],
                "path": unit["path"],
            }
