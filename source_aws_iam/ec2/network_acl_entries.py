"""ec2_network_acl_entries: what the network ACLs of a Region let in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_aws_iam.streams.listing import RegionalListing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session

_DIRECTIONS = {True: "egress", False: "ingress"}


@dataclass
class NetworkAclEntries(RegionalListing):
    """One row per entry of a network ACL. A key has to be text: `entry` names the direction and the number."""

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the entries of all network ACLs of one Region, page by page."""
        for entry in super().rows_of_region(session, region, enabled=enabled):
            direction, number = _DIRECTIONS.get(entry.get("egress", "")), entry.get("rule_number")
            yield {**entry, "entry": f"{direction} {number}" if direction and number is not None else None}
