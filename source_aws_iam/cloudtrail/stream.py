"""audit_events for the CDK: a cursor of its own, schema and key of the manifest, and what both of its sources share."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Protocol

from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator

from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.saved_state import saved_state
from source_aws_iam.sync.traces import raise_for_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_aws_iam.cloudtrail.state import AuditState
    from source_aws_iam.cloudtrail.state_cursor import StateCursor
    from source_aws_iam.sync.context import SyncContext

CURSOR_FIELD: Final = "event_time"


class AuditSource(Protocol):
    """A source of audit events: the event history, or the log files of a trail."""

    def parts(self, known: AuditState) -> Iterator[Partition]:
        """Yield the parts of a sync that continues `known`. It runs in a thread of its own, and may wait there."""


def read_in_parts(
    declared: AbstractStream, cursor: StateCursor, source: Callable[[], AuditSource], context: SyncContext
) -> DefaultStream:
    """Return the stream that the manifest declares, read in the parts that `source` makes, and not as one listing.

    `discover` makes the stream too, but only `read` needs what reading takes: `source` imports it.
    """
    keys = declared.as_airbyte_stream().source_defined_primary_key or []
    return DefaultStream(
        partition_generator=Parts(context, cursor, source),
        name=declared.name,
        json_schema=declared.get_json_schema,
        primary_key=[key for path in keys for key in path],
        cursor_field=CursorField(CURSOR_FIELD),
        logger=logging.getLogger(f"airbyte.{declared.name}"),
        cursor=cursor,
    )


class Parts(PartitionGenerator):
    """The parts of a sync, from where `cursor` says. However it ends, whoever waits for the stream goes on."""

    def __init__(self, context: SyncContext, cursor: StateCursor, source: Callable[[], AuditSource]) -> None:
        self._context = context
        self._cursor = cursor
        self._source = source

    def generate(self) -> Iterable[Partition]:
        """Yield the parts. Raises for the accounts that failed, after all others."""
        try:
            with self._context.noting(NAME):
                yield from self._source().parts(saved_state(self._cursor.state, self._context.clock()))
                raise_for_accounts(NAME, self._context)
        finally:
            self._context.end(NAME)
