"""The write loop: rows to disk, from there into the bucket, and then the states that waited for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage

from destination_security_lake.aws.bucket import Bucket
from destination_security_lake.config.settings import Settings
from destination_security_lake.disk.work_folder import WorkFolder
from destination_security_lake.ocsf.classes import USER_INVENTORY
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow, UnmappedRow
from destination_security_lake.parquet.spill import Spill
from destination_security_lake.users import MEMBERSHIPS, Users
from destination_security_lake.writing.report import Report
from destination_security_lake.writing.states import WaitingStates
from destination_security_lake.writing.statuses import Statuses
from destination_security_lake.writing.upload import uploaded

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


class WriteLoop:
    """Writes the rows of one input. Events are mapped as they come, and users when their memberships are known."""

    def __init__(
        self,
        streams: frozenset[str],
        settings: Settings,
        bucket: Bucket,
        folder: WorkFolder,
        clock: Callable[[], datetime],
    ) -> None:
        """`streams` are those of the catalog. `clock` returns the present, aware."""
        sources = {event_class: settings.source_name(event_class) for event_class in settings.classes}
        self._streams = streams
        self._settings = settings
        self._bucket = bucket
        self._clock = clock
        self._classes = frozenset(settings.classes)
        self._spill = Spill(folder, bucket.lake_region, sources)
        self._users = Users(folder)
        self._statuses = Statuses(_joined(streams) if USER_INVENTORY in self._classes else {})
        self._states = WaitingStates()
        self._report = Report(sources)
        # The streams that have rows in each of the two, and when the oldest row came into the first.
        self._in_spill: set[str] = set()
        self._in_users: set[str] = set()
        self._since: datetime | None = None

    def run(self, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """Take the messages to their end. Yield each state when all rows before it are in the lake.

        Raises AwsError and WorkFolderError. What was not confirmed by then is sent again by the next sync.
        """
        for message in messages:
            if message.record:
                self._take(message.record)
            elif message.state:
                self._states.wait(message.state)
                yield from self._confirmed()
            elif message.trace and message.trace.stream_status and self._statuses.note(message.trace.stream_status):
                self._join()
                yield from self._flush()
            if self._is_due():
                yield from self._flush()
        self._join()
        yield from self._flush()
        self._report.end()

    def _take(self, record: AirbyteRecordMessage) -> None:
        stream = record.stream
        self._states.count(stream)
        if stream not in self._streams:
            self._report.undeclared(stream)
            return
        read_at = _EPOCH + timedelta(milliseconds=record.emitted_at)
        result: OcsfRow | UnmappedRow | None
        if self._statuses.awaits(stream):
            self._in_users.add(stream)
            result = self._users.add(stream, record.data, read_at)
        else:
            result = ocsf_row(stream, record.data, read_at)
        if result:
            self._keep(result)
            self._in_spill.add(stream)

    def _keep(self, result: OcsfRow | UnmappedRow) -> None:
        if isinstance(result, UnmappedRow):
            self._report.unmapped(result)
        elif result.event_class not in self._classes:
            self._report.not_chosen(result.event_class)
        else:
            self._spill.add(result)
            self._since = self._since or self._clock()

    def _join(self) -> None:
        """Map the users that have waited."""
        for result in self._users.rows(self._statuses.complete()):
            self._keep(result)
        self._in_spill |= self._in_users
        self._in_users.clear()

    def _is_due(self) -> bool:
        if self._since is None:
            return False
        is_full = self._spill.bytes >= self._settings.flush_bytes
        return is_full or self._clock() - self._since >= self._settings.flush_age

    def _flush(self) -> Iterator[AirbyteMessage]:
        """Upload all that is mapped, and yield the states that waited for it."""
        self._report.uploaded(uploaded(self._spill.files(), self._bucket))
        self._in_spill.clear()
        self._since = None
        yield from self._confirmed()

    def _confirmed(self) -> Iterator[AirbyteMessage]:
        return self._states.confirmed(self._in_spill | self._in_users)


def _joined(streams: frozenset[str]) -> Mapping[str, str]:
    """Return the streams of users and of their memberships of which the catalog has both."""
    return {of_users: of_members for of_users, of_members in MEMBERSHIPS.items() if {of_users, of_members} <= streams}
