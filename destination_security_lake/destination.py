"""The destination, as the CDK knows destinations."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime
from logging import Logger
from pathlib import Path
from typing import Any

from airbyte_cdk.destinations import Destination
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    ConfiguredAirbyteCatalog,
    ConnectorSpecification,
    ConnectorSpecificationSerializer,
    DestinationSyncMode,
    Status,
)

from aws_calls.errors import AwsError
from destination_security_lake.aws.bucket import Bucket
from destination_security_lake.aws.check import check
from destination_security_lake.config.settings import Settings
from destination_security_lake.config.specification import spec
from destination_security_lake.config.validation import problems
from destination_security_lake.disk.work_folder import work_folder
from destination_security_lake.failures import config_error, traced
from destination_security_lake.writing.write_loop import WriteLoop


class DestinationSecurityLake(Destination):
    """Writes rows of source-aws-iam into custom sources of an Amazon Security Lake."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """`clock` returns the present, aware."""
        self._clock = clock

    def spec(self, logger: Logger) -> ConnectorSpecification:
        return ConnectorSpecificationSerializer.load(spec())

    def check(self, logger: Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        if found := problems(config):
            return AirbyteConnectionStatus(status=Status.FAILED, message=" ".join(found))
        try:
            for sentence in check(Settings.of(config)):
                logger.info(sentence)
        except AwsError as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=str(error))
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def write(
        self,
        config: Mapping[str, Any],
        configured_catalog: ConfiguredAirbyteCatalog,
        input_messages: Iterable[AirbyteMessage],
    ) -> Generator[AirbyteMessage]:
        """Yield the states that are confirmed. Raises AirbyteTracedException for what is no bug."""
        if found := problems(config):
            raise config_error(" ".join(found))
        _check_sync_modes(configured_catalog)
        settings = Settings.of(config)
        streams = frozenset(chosen.stream.name for chosen in configured_catalog.streams)
        with traced(), work_folder(Path(tempfile.gettempdir())) as folder:
            loop = WriteLoop(streams, settings, Bucket.of(settings), folder, self._clock)
            yield from loop.run(input_messages)


def _check_sync_modes(catalog: ConfiguredAirbyteCatalog) -> None:
    """Raise a config_error for streams whose rows would have to be replaced or removed."""
    replaced = [
        chosen.stream.name
        for chosen in catalog.streams
        if chosen.destination_sync_mode is not DestinationSyncMode.append or chosen.minimum_generation_id
    ]
    if replaced:
        raise config_error(
            "A lake only grows: who writes to a custom source of Security Lake may delete nothing. Rows are appended; "
            "they can be neither overwritten, deduplicated, cleared nor refreshed. Choose a sync mode with Append, and "
            f"without Deduped, for: {', '.join(replaced)}."
        )
