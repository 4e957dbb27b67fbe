"""What the streams of AWS Organizations are: rows that the account of the credentials knows of all accounts."""

from __future__ import annotations

import logging
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.declarative.retrievers import Retriever
from airbyte_cdk.sources.types import Config, StreamSlice

from source_aws_iam.aws.errors import AbsentError
from source_aws_iam.components.connection import connection
from source_aws_iam.components.failures import traced
from source_aws_iam.components.row_keys import with_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.components.connection import Connection

logger = logging.getLogger("airbyte.source_aws_iam")


@dataclass
class OfOrganization(Retriever):
    """Reads one stream in one go. A stream is a subclass that says how its rows are made.

    `needs` is for `check`. `primary_key` is that of the stream, which the CDK hands over.
    """

    name: str
    config: Config
    needs: dict[str, list[list[str]]] = field(default_factory=dict)
    primary_key: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Join the connection of this sync."""
        self._connection = connection(self.config)

    @abstractmethod
    def rows(self, shared: Connection) -> Iterable[Mapping[str, Any]]:
        """Yield the rows. Raises AbsentError where the account of the credentials is in no organization."""

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[Mapping[str, Any]]:
        """Yield the rows."""
        with traced(self.name):
            self._connection.hub.sign_in()
            try:
                for row in self.rows(self._connection):
                    yield with_key(row, self.primary_key)
            except AbsentError:
                logger.info(
                    "%s: account %s is in no organization, so there are no rows.",
                    self.name,
                    self._connection.hub.account_id,
                )
