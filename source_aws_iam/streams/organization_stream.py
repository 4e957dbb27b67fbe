"""The base class of streams that the hub reads once, for all accounts."""

from __future__ import annotations

import logging
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.types import StreamSlice

from aws_calls.errors import AbsentError
from source_aws_iam.aws.organization_operations import NOT_IN_USE
from source_aws_iam.streams.call_plan import unavailable_calls
from source_aws_iam.streams.row_keys import with_key
from source_aws_iam.streams.stream import HIDDEN, Stream
from source_aws_iam.sync.traces import traced

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

logger = logging.getLogger("airbyte.source_aws_iam")


@dataclass
class OrganizationStream(Stream):
    """Reads one stream, once. A stream is a subclass with the method `rows`."""

    scope: str = "organization"

    @abstractmethod
    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield the rows. Raises AbsentError with NOT_IN_USE where the account of the credentials is in no
        organization.
        """

    def unavailable(self) -> Collection[str]:
        """Return the calls of the call plan that are known to be unavailable."""
        return unavailable_calls(self.needs, self.context.hub)

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[Mapping[str, Any]]:
        """Yield the rows."""
        hub = self.context.hub
        covered = self.context.coverage.at(self.name)
        try:
            with traced(self.name), self.context.noting(self.name):
                hub.sign_in()
                try:
                    for row in self.rows():
                        covered.see(row.get(HIDDEN))
                        yield with_key(row, self.primary_key)
                except AbsentError as absent:
                    # Any other code is about one entity. It must not end the stream as if there were no rows.
                    if absent.code != NOT_IN_USE:
                        raise
                    logger.info(
                        "%s: account %s is in no organization, so there are no rows.", self.name, hub.account_id
                    )
                covered.is_read = True
        finally:
            self.note_gaps(covered, self.unavailable())
            self.context.end(self.name)
