"""Plain streams: one list call, and nothing but a manifest entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.values import tags
from source_aws_iam.streams.account_stream import AccountStream
from source_aws_iam.streams.regional_stream import RegionalStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Reader, Row
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
        return listed(session.reader(service), operation, self.records)


@dataclass
class RegionalListing(RegionalStream):
    """The same, for each Region of an account."""

    operation: str = ""
    records: str = ""

    def rows_of_region(self, session: Session, region: str, *, enabled: bool) -> Iterable[Row]:
        """Yield one row per item of one Region, page by page."""
        service, operation = self.operation.split(".")
        return listed(session.reader(service, region, enabled=enabled), operation, self.records)


def listed(reader: Reader, operation: str, records: str) -> Iterator[Row]:
    """Yield the items of a listing as rows, with their tags as one object."""
    for row in reader.rows(operation, records):
        yield {**row, "tags": tags(row["tags"])} if isinstance(row.get("tags"), list) else row
