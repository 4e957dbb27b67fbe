"""The class that the CDK loads."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    Level,
    Type,
)
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.audit import stream as audit
from source_aws_iam.check import check_connection
from source_aws_iam.components.connection import connection
from source_aws_iam.components.failures import config_error
from source_aws_iam.in_order import InOrder
from source_aws_iam.outcome import Outcome
from source_aws_iam.settings import given
from source_aws_iam.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream
    from airbyte_cdk.sources.streams.concurrent.cursor import Cursor

# An absolute path: the CDK tries a relative one against the working directory first, and may load a foreign manifest.
MANIFEST = Path(__file__).with_name("manifest.yaml")
# Enough for the writer never to wait for a page; an audit event takes some 6 kB while it waits.
RECORDS_WAITING: Final = 1000
# What the CDK calls the exception that ends a sync in which a stream failed.
SUMMARY: Final = "Concurrent read failure"
STOPPED: Final = "The sync was stopped by {}. The next one goes on where its last state says."


class SourceAwsIam(YamlDeclarativeSource):
    """manifest.yaml, with a cursor of its own for audit_events and a check that names what is missing."""

    # The streams of the sync that is under way.
    _selected: frozenset[str] = frozenset()
    _cursor: Cursor | None = None
    # The last message of a sync that was stopped, and what it was stopped by.
    _farewell: AirbyteMessage | None = None
    _stopped_by: signal.Signals = signal.SIGTERM

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
    ) -> None:
        """Take what the command line read; none of it is needed for `spec`."""
        # What begins with an underscore is the CDK's own: with one of these, a config could bring code.
        own = {name: value for name, value in (config or {}).items() if not name.startswith("_")}
        config = given(own) if config is not None else None
        super().__init__(path_to_yaml=str(MANIFEST), catalog=catalog, config=config, state=state)
        # The CDK makes the queue, and lets 10,000 records wait in it for the one thread that writes them.
        queue = self._concurrent_source._queue  # noqa: SLF001
        queue.maxsize = RECORDS_WAITING
        self._messages = InOrder(queue, self._message_repository)

    @property
    def configured(self) -> Mapping[str, Any]:
        """The config that it was made with, as it is used."""
        return self._config

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """Take a config that comes after construction, as Airbyte's standard tests give it.

        Nothing reads what the CDK would write to `temp_dir`: the config, with its secrets.
        """
        if config and not self._config:
            self.__init__(config=config)  # type: ignore[misc]
        return self._config

    def streams(self, config: Mapping[str, Any]) -> list[AbstractStream]:
        """Return the manifest's streams, with audit_events read in sealed windows."""
        # Components of one call share a connection through the config object: a new one for each call.
        self._config = dict(self._config)
        self._connection = connection(self._config)
        self._connection.read_together(self._selected & self._read_by_account())
        if audit.NAME in self._selected:
            self._connection.left_by_audit.expect()
        return [
            self._in_windows(declared) if declared.name == audit.NAME else declared
            for declared in super().streams(config)
        ]

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Read the streams of `catalog`. Single accounts that fail leave streams incomplete, and the sync a success."""
        self._selected = frozenset(selected.stream.name for selected in catalog.streams)
        outcome = Outcome()
        try:
            for message in super().read(logger, config, catalog, state):
                outcome.see(message)
                yield message
                if message is self._farewell:
                    raise Stopped(self._stopped_by)
        except AirbyteTracedException as error:
            if error.internal_message != SUMMARY or not outcome.excuses(self._connection):
                raise
        unknown = self._selected - {stream["name"] for stream in self.resolved_manifest["streams"]}
        if unknown:
            raise config_error(
                f"There are no such streams: {', '.join(sorted(unknown))}. All others were read. "
                "Refresh the schema of the connection, or take them out of its catalog."
            )

    def stop(self, by: signal.Signals) -> None:
        """End the read that is under way: what was read before now is still written, and then the state of it."""
        if self._cursor:
            self._cursor.ensure_at_least_one_state_emitted()
        self._stopped_by = by
        self._farewell = AirbyteMessage(Type.LOG, log=AirbyteLogMessage(Level.INFO, STOPPED.format(by.name)))
        self._messages.emit_message(self._farewell)

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Say who calls, and which streams AWS will let them read."""
        return check_connection(self._config, self.resolved_manifest["streams"])

    def _read_by_account(self) -> set[str]:
        """The streams that share what AWS answers for an account. Audit events share nothing, and take much longer."""
        return {
            stream["name"]
            for stream in self.resolved_manifest["streams"]
            if "partition_router" in stream["retriever"] and stream["name"] != audit.NAME
        }

    def _in_windows(self, declared: AbstractStream) -> AbstractStream:
        stream = audit.in_windows(
            declared,
            self._config,
            state_manager=self._connector_state_manager,
            messages=self._messages,
        )
        self._cursor = stream.cursor
        return stream
