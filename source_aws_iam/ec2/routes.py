"""ec2_routes: where the route tables of a Region lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_aws_iam.streams.listing import RegionalListing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session

# A route has one of them.
_DESTINATIONS = ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")


@dataclass
class Routes(RegionalListing):
    """One row per route of a route table. A table has one route for a destination."""

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the routes of all route tables of one Region, page by page."""
        for route in super().rows_of_region(session, region, enabled=enabled):
            yield {**route, "destination": next(filter(None, map(route.get, _DESTINATIONS)), None)}
