"""Plain streams: one list call, and nothing but a manifest entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.values import tags
from source_aws_iam.streams.account_stream import AccountStream
from source_aws_iam.streams.columns import without
from source_aws_iam.streams.regional_stream import RegionalStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session


@dataclass
class Listing(AccountStream):
    """Rows are the items of `records` on every page of `operation`, with AWS's names in snake_case.

    `operation` is "service.operation" in botocore's spelling, e.g. "iam.list_server_certificates"; `records` is the
    member of its answer that holds the list, e.g. "ServerCertificateMetadataList".
    """

    operation: str = ""
    records: str = ""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield one row per item, page by page."""
        service, operation = self.operation.split(".")
        return map(with_tags, session.reader(service).rows(operation, self.records))


@dataclass
class RegionalListing(RegionalStream):
    """The same, for each Region of an account.

    Where AWS lists the rows within what they belong to, `items` is the column that has them, e.g. "routes" of a route
    table, and `parent_columns` are those that each row takes over, e.g. ["route_table_id"]. `shared_list` says that
    another stream reads the same list.
    """

    operation: str = ""
    records: str = ""
    items: str = ""
    parent_columns: list[str] = field(default_factory=list)
    shared_list: bool = False

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield one row per item of one Region, page by page."""
        service, operation = self.operation.split(".")
        reader = session.reader(service, region, enabled=enabled)
        rows = (reader.shared_rows if self.shared_list else reader.rows)(operation, self.records)
        for row in map(with_tags, rows):
            yield from self._within(row) if self.items else (row,)

    def _within(self, parent: Row) -> Iterator[Row]:
        taken_over = {column: parent.get(column) for column in self.parent_columns}
        for item in parent.get(self.items) or ():
            yield {**taken_over, **with_tags(item)}


def with_tags(row: Row) -> Row:
    """Return a row with its tags, which AWS lists as Tags or TagSet, as one object."""
    found = next((row[name] for name in ("tags", "tag_set") if isinstance(row.get(name), list)), None)
    return row if found is None else {**without(row, "tag_set"), "tags": tags(found)}
