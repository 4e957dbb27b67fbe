"""Partitions by account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.declarative.partition_routers import PartitionRouter
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState

from source_aws_iam.components.connection import connection
from source_aws_iam.components.failures import raise_for_accounts, traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass
class AccountRouter(PartitionRouter):
    """One partition per account that the connection reads: {"account_id": "123456789012"}."""

    config: Config
    name: str = ""

    def __post_init__(self) -> None:
        """Join the connection of this sync."""
        self._connection = connection(self.config)

    def stream_slices(self) -> Iterable[StreamSlice]:
        """Yield the accounts, each when it is its turn. Those that failed are told at the end, as one failure."""
        turns = self._connection.turns(self.name)
        while True:
            with traced(self.name or "accounts"):
                account_id = next(turns, None)
            if account_id is None:
                break
            yield StreamSlice(partition={"account_id": account_id}, cursor_slice={})
        raise_for_accounts(self.name, self._connection)

    def get_stream_state(self) -> Mapping[str, StreamState] | None:
        """No parent stream, no state."""
        return None

    def get_request_params(self, **_: Any) -> Mapping[str, Any]:
        """Nothing: the retrievers make their own requests, as for the three methods below."""
        return {}

    def get_request_headers(self, **_: Any) -> Mapping[str, Any]:
        """Nothing."""
        return {}

    def get_request_body_data(self, **_: Any) -> Mapping[str, Any]:
        """Nothing."""
        return {}

    def get_request_body_json(self, **_: Any) -> Mapping[str, Any]:
        """Nothing."""
        return {}
