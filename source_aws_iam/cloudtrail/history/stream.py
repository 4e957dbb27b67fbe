"""audit_events for the CDK: a cursor of its own, schema and key of the manifest."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_aws_iam.cloudtrail.history.cursor import AuditCursor
    from source_aws_iam.sync.context import SyncContext

CURSOR_FIELD: Final = "event_time"


def in_windows(declared: AbstractStream, context: SyncContext, cursor: AuditCursor) -> DefaultStream:
    """Return the stream that the manifest declares, read in sealed windows instead of as one listing."""
    keys = declared.as_airbyte_stream().source_defined_primary_key or []
    return DefaultStream(
        partition_generator=_Windows(context, cursor),
        name=declared.name,
        json_schema=declared.get_json_schema,
        primary_key=[key for path in keys for key in path],
        cursor_field=CursorField(CURSOR_FIELD),
        logger=logging.getLogger(f"airbyte.{declared.name}"),
        cursor=cursor,
    )


class _Windows(PartitionGenerator):
    """`discover` makes the stream too, but only `read` needs what reading takes: it is imported then."""

    def __init__(self, context: SyncContext, cursor: AuditCursor) -> None:
        self._context = context
        self._cursor = cursor

    def generate(self) -> Iterable[Partition]:
        from source_aws_iam.cloudtrail.history.window_generator import Windows  # noqa: PLC0415

        return Windows(self._context, self._cursor).generate()
