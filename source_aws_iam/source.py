"""The class that the CDK loads.

`spec` has to start quickly and needs neither streams nor AWS. What they need is imported when it is used.
"""

from __future__ import annotations

import logging
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConnectorSpecification,
    Level,
    Type,
)
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from aws_calls.form.values import given
from source_aws_iam.cloudtrail import NAME as AUDIT_EVENTS
from source_aws_iam.streams.declarations import check_declarations
from source_aws_iam.sync.message_order import InOrder
from source_aws_iam.sync.record_queue import RecordQueue
from source_aws_iam.sync.result import SyncResult
from source_aws_iam.sync.stopping import Stopped
from source_aws_iam.sync.traces import config_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

    from source_aws_iam.cloudtrail.history.cursor import AuditCursor
    from source_aws_iam.cloudtrail.history.heartbeat import Heartbeat
    from source_aws_iam.cloudtrail.state_cursor import StateCursor
    from source_aws_iam.cloudtrail.stream import AuditSource
    from source_aws_iam.cloudtrail.trail.cursor import TrailCursor
    from source_aws_iam.config import Settings, TrailBucket
    from source_aws_iam.sync.context import SyncContext

# An absolute path: the CDK looks for a relative one in the working directory first, and may load a foreign manifest.
MANIFEST = Path(__file__).with_name("manifest.yaml")
# Enough that the writer never waits for a page. Audit events come in pages, which RecordQueue counts.
RECORDS_WAITING: Final = 1000
# What the CDK calls the exception that ends a sync in which a stream failed.
SUMMARY: Final = "Concurrent read failure"
STOPPED: Final = "The sync was stopped by {}. The next one continues from its last state."


class SourceAwsIam(YamlDeclarativeSource):
    """manifest.yaml, with a cursor of its own for audit_events and a check that names what is missing."""

    # The streams of the running sync.
    _selected: frozenset[str] = frozenset()
    _cursor: StateCursor | None = None
    # The last message of a sync that was stopped, and the signal that stopped it.
    _last_message: AirbyteMessage | None = None
    _stopped_by: signal.Signals = signal.SIGTERM

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
    ) -> None:
        """Take what the command line has read. `spec` needs none of it."""
        # Keys that begin with an underscore are the CDK's own. With some of them, a config could bring code.
        own = {name: value for name, value in (config or {}).items() if not name.startswith("_")}
        config = given(own) if config is not None else None
        super().__init__(path_to_yaml=str(MANIFEST), catalog=catalog, config=config, state=state)
        # The CDK's queue would hold 10,000 records for the one thread that writes them.
        queue = self._concurrent_source._queue  # noqa: SLF001
        queue.maxsize = RECORDS_WAITING
        self._concurrent_source._queue = RecordQueue(queue)  # type: ignore[assignment]  # noqa: SLF001
        self._messages = InOrder(queue, self._message_repository)

    @property
    def configured(self) -> Mapping[str, Any]:
        """The config that the source uses."""
        return self._config

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """Take a config that comes after construction, as Airbyte's standard tests give it.

        Nothing reads what the CDK would write to `temp_dir`: the config, with its secrets.
        """
        if config and not self._config:
            self.__init__(config=config)  # type: ignore[misc]
        return self._config

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        """Return the spec. Raises UndeclaredStreamError where the manifest does not fit the code."""
        check_declarations(self.resolved_manifest["streams"])
        return super().spec(logger)

    def streams(self, config: Mapping[str, Any]) -> list[AbstractStream]:
        """Return the manifest's streams, with audit_events read in windows. Each call makes a new sync context."""
        from source_aws_iam.cloudtrail.history.heartbeat import Heartbeat
        from source_aws_iam.cloudtrail.stream import read_in_parts
        from source_aws_iam.config import Settings
        from source_aws_iam.sync.context import SYNC_CONTEXT

        settings = Settings.of(self._config)
        cursor, source = self._audit_source(settings)
        self._context = self._new_context(settings, Heartbeat(AUDIT_EVENTS, cursor, self._messages))
        self._config = {**self._config, SYNC_CONTEXT: self._context}
        self._cursor = cursor
        return [
            read_in_parts(declared, cursor, source, self._context) if declared.name == AUDIT_EVENTS else declared
            for declared in super().streams(self._config)
        ]

    def _audit_source(self, settings: Settings) -> tuple[StateCursor, Callable[[], AuditSource]]:
        """Return the cursor of audit_events, and what makes its source."""
        if settings.trail:
            from source_aws_iam.cloudtrail.trail.cursor import TrailCursor

            of_trail = TrailCursor(AUDIT_EVENTS, self._connector_state_manager, self._messages)
            return of_trail, partial(self._log_files, of_trail, settings.trail)
        from source_aws_iam.cloudtrail.history.cursor import AuditCursor

        of_history = AuditCursor(AUDIT_EVENTS, self._connector_state_manager, self._messages)
        return of_history, partial(self._windows, of_history)

    def _windows(self, cursor: AuditCursor) -> AuditSource:
        from source_aws_iam.cloudtrail.history.window_generator import Windows

        return Windows(self._context, cursor)

    def _log_files(self, cursor: TrailCursor, trail: TrailBucket) -> AuditSource:
        from source_aws_iam.cloudtrail.trail.generator import LogFiles

        return LogFiles(self._context, cursor, trail, self._context.accounts_of_trail)

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Read the streams of `catalog`. The sync succeeds also where single accounts failed; their streams are
        incomplete.
        """
        self._selected = frozenset(selected.stream.name for selected in catalog.streams)
        result = SyncResult()
        try:
            for message in super().read(logger, config, catalog, state):
                result.see(message)
                yield message
                if message is self._last_message:
                    raise Stopped(self._stopped_by)
        except AirbyteTracedException as error:
            if error.internal_message != SUMMARY or not result.excuses(self._context):
                raise
        unknown = self._selected - self._declared()
        if unknown:
            raise config_error(
                f"There are no such streams: {', '.join(sorted(unknown))}. All others were read. "
                "Refresh the schema of the connection, or take them out of its catalog."
            )

    def stop(self, by: signal.Signals) -> None:
        """End the running read: what was read before is still written, and then its state."""
        if self._cursor:
            self._cursor.ensure_at_least_one_state_emitted()
        self._stopped_by = by
        self._last_message = AirbyteMessage(Type.LOG, log=AirbyteLogMessage(Level.INFO, STOPPED.format(by.name)))
        self._messages.emit_message(self._last_message)

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Find out which streams the caller may read."""
        from source_aws_iam.check.connection import check_connection

        return check_connection(self._config, self.resolved_manifest["streams"])

    def _new_context(self, settings: Settings, heartbeat: Heartbeat) -> SyncContext:
        from aws_calls.clients import ATTEMPTS
        from source_aws_iam.aws.clients import SourceClients
        from source_aws_iam.aws.operations import LOOKUP_EVENTS
        from source_aws_iam.aws.session import Session
        from source_aws_iam.organizations.found_accounts import accounts_of_trail, find_accounts
        from source_aws_iam.sync.context import SelectedStreams, SyncContext

        # Given although it is the default, which was fixed when the class was made: tests set the constant later.
        clients = SourceClients(settings.options, attempts=ATTEMPTS, listeners={LOOKUP_EVENTS: heartbeat.answered})
        hub = Session.of_credentials(clients)
        return SyncContext(
            settings,
            hub,
            find_accounts=partial(find_accounts, settings, hub),
            streams=SelectedStreams(
                sharing=self._selected & self._read_by_account(),
                independent=self._selected & {AUDIT_EVENTS},
                every=self._selected & self._declared(),
            ),
            accounts_of_trail=partial(accounts_of_trail, settings, hub),
        )

    def _declared(self) -> set[str]:
        return {stream["name"] for stream in self.resolved_manifest["streams"]}

    def _read_by_account(self) -> set[str]:
        """Return the streams that share answers of an account. audit_events shares none, and takes much longer."""
        return {
            stream["name"]
            for stream in self.resolved_manifest["streams"]
            if "partition_router" in stream["retriever"] and stream["name"] != AUDIT_EVENTS
        }
