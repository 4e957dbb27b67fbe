"""audit_events for the CDK: a cursor of its own, schema and key of the manifest."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition

    from source_aws_iam.cloudtrail.state_cursor import StateCursor

CURSOR_FIELD: Final = "event_time"


def read_in_parts(
    declared: AbstractStream, cursor: StateCursor, generator: Callable[[], PartitionGenerator]
) -> DefaultStream:
    """Return the stream that the manifest declares, read in the parts that `generator` makes, and not as one listing.

    `discover` makes the stream too, but only `read` needs what reading takes: `generator` imports it.
    """
    keys = declared.as_airbyte_stream().source_defined_primary_key or []
    return DefaultStream(
        partition_generator=_Late(generator),
        name=declared.name,
        json_schema=declared.get_json_schema,
        primary_key=[key for path in keys for key in path],
        cursor_field=CursorField(CURSOR_FIELD),
        logger=logging.getLogger(f"airbyte.{declared.name}"),
        cursor=cursor,
    )


class _Late(PartitionGenerator):
    def __init__(self, generator: Callable[[], PartitionGenerator]) -> None:
        self._generator = generator

    def generate(self) -> Iterable[Partition]:
        return self._generator().generate()
