"""Partitions by account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.declarative.partition_routers import PartitionRouter
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState

from source_aws_iam.sync.context import context_of
from source_aws_iam.sync.traces import raise_for_accounts, traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass
class AccountRouter(PartitionRouter):
    """One partition per account that is read: {"account_id": "123456789012"}."""

    config: Config
    name: str = ""

    def __post_init__(self) -> None:
        """Take the sync context."""
        self._context = context_of(self.config)

    def stream_slices(self) -> Iterable[StreamSlice]:
        """Yield the accounts, each when the scheduler allows it. Raise one exception for the failed ones at the end."""
        try:
            turns = self._context.turns(self.name)
            while True:
                with traced(self.name or "accounts"), self._context.noting(self.name):
                    account_id = next(turns, None)
                if account_id is None:
                    break
                yield StreamSlice(partition={"account_id": account_id}, cursor_slice={})
            raise_for_accounts(self.name, self._context)
        finally:
            self._context.end(self.name)

    def get_stream_state(self) -> Mapping[str, StreamState] | None:
        """Return None: without a parent stream there is no state."""
        return None

    def get_request_params(self, **_: Any) -> Mapping[str, Any]:
        """Return nothing: the retrievers make their own requests. The three methods below do the same."""
        return {}

    def get_request_headers(self, **_: Any) -> Mapping[str, Any]:
        """Return nothing."""
        return {}

    def get_request_body_data(self, **_: Any) -> Mapping[str, Any]:
        """Return nothing."""
        return {}

    def get_request_body_json(self, **_: Any) -> Mapping[str, Any]:
        """Return nothing."""
        return {}
