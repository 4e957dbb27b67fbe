"""Feeds: the units whose progress the state of audit_events keeps."""

from __future__ import annotations

from typing import Final, NamedTuple

from source_aws_iam.sync.account_region import AccountRegion

ALL: Final = "all"
INSIGHTS: Final = "insights"


class Feed(NamedTuple):
    """The events of one query in one Region of an account. `query` is the name of the query (see history/selection)."""

    account_id: str
    region: str
    query: str = ALL

    @property
    def account_region(self) -> AccountRegion:
        """The account and Region in which LookupEvents is called. All their feeds share its quota."""
        return AccountRegion(self.account_id, self.region)
