"""What every inventory stream is: rows of one account, each saying where it came from."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.declarative.retrievers import Retriever
from airbyte_cdk.sources.types import Config, StreamSlice

from source_aws_iam.components.connection import connection
from source_aws_iam.components.failures import traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.session import Session


@dataclass
class Inventory(Retriever):
    """Reads one stream, account by account. A stream is a subclass that says how its rows are made.

    `calls` are the AWS calls that it makes, as "service.operation"; `check` probes them.
    """

    name: str
    config: Config
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Join the connection of this sync."""
        self._connection = connection(self.config)

    @abstractmethod
    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the rows of the session's account, without the columns that all streams share."""

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[Mapping[str, Any]]:
        """Yield the rows of the account that `stream_slice` names."""
        if stream_slice is None:
            raise ValueError(f"{self.name} is read account by account")
        with traced(self.name):
            session = self._connection.session(stream_slice["account_id"])
            origin = {"account_id": session.account_id, "partition": session.partition}
            for row in self.rows(session):
                yield {**origin, **row}
