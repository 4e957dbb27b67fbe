"""A stream that one list call makes, described in the manifest alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.values import plain
from source_aws_iam.components.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


@dataclass
class Listing(Inventory):
    """Rows are the members of `records` in every page of `operation`, named as AWS names them, in snake_case.

    `operation` is "service.operation" in botocore's spelling, e.g. "iam.list_server_certificates"; `records` is the
    member of its answer that holds the list, e.g. "ServerCertificateMetadataList".
    """

    operation: str = ""
    records: str = ""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield one row per item, page by page."""
        service, operation = self.operation.split(".")
        caller = session.caller(service)
        shape = caller.shape(operation, self.records).member
        for page in caller.pages(operation, expect=(self.records, "IsTruncated")):
            yield from filter(None, (plain(item, shape) for item in page.get(self.records, []) if item))
