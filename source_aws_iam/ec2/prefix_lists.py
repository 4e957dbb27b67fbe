"""ec2_prefix_lists: the customers' lists of address ranges, which routes and rules of security groups name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from source_aws_iam.streams.columns import hidden, visible
from source_aws_iam.streams.listing import RegionalListing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session

# The owner of the lists of AWS's own ranges, which every account has.
_AWS = "AWS"
_ENTRIES = ("entries",)


@dataclass
class PrefixLists(RegionalListing):
    """One row per list of the account, or shared with it. No answer has the entries of several lists."""

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield the lists of one Region, page by page."""
        reader = session.reader("ec2", region, enabled=enabled)
        found = super().rows_of_region(session, region, enabled=enabled)
        customers = (row for row in found if row.get("owner_id") != _AWS)
        return reader.each("prefix lists", lambda row: {**row, **_entries(reader, row)}, customers)


def _entries(reader: Reader, row: Row) -> Row:
    """Return the column that ec2:GetManagedPrefixListEntries brings. Raises AbsentError for a list that was deleted."""
    prefix_list_id = row.get("prefix_list_id")
    if not prefix_list_id:
        return hidden(_ENTRIES)

    def entries() -> Row:
        return {"entries": [*reader.rows("get_managed_prefix_list_entries", "Entries", PrefixListId=prefix_list_id)]}

    return visible({_ENTRIES: entries})
