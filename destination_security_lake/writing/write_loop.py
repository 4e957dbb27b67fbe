"""The write loop: rows to disk, from there into the bucket, and then the states that waited for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, AirbyteStreamStatusTraceMessage

from destination_security_lake.aws.bucket import Bucket
from destination_security_lake.config.settings import Settings
from destination_security_lake.disk.work_folder import WorkFolder
from destination_security_lake.ocsf.classes import USER_INVENTORY
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow, UnmappedRow
from destination_security_lake.parquet.spill import Spill
from destination_security_lake.users import MEMBERSHIPS, Users
from destination_security_lake.writing.inventory import Inventory
from destination_security_lake.writing.report import Report
from destination_security_lake.writing.states import WaitingStates
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
        self._inventories = _inventories(streams, folder) if USER_INVENTORY in self._classes else []
        self._states = WaitingStates()
        self._report = Report(sources)
        # The streams that have rows in the spill, or rows that were left out and are not named yet, and when the first
        # of these rows came. Their states wait for both.
        self._unwritten: set[str] = set()
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
            elif message.trace and message.trace.stream_status:
                yield from self._end_of_stream(message.trace.stream_status)
            if self._is_due():
                yield from self._flush()
        for inventory in self._inventories:
            self._join(inventory)
        yield from self._flush()
        self._report.end()

    def _take(self, record: AirbyteRecordMessage) -> None:
        stream = record.stream
        self._states.count(stream)
        if stream not in self._streams:
            self._report.undeclared(stream)
            return
        read_at = _EPOCH + timedelta(milliseconds=record.emitted_at)
        inventory = self._inventory_of(stream)
        result = inventory.add(stream, record.data, read_at) if inventory else ocsf_row(stream, record.data, read_at)
        if result:
            self._keep(result)
            self._unwritten.add(stream)
            self._since = self._since or self._clock()

    def _end_of_stream(self, status: AirbyteStreamStatusTraceMessage) -> Iterator[AirbyteMessage]:
        inventory = self._inventory_of(status.stream_descriptor.name)
        if inventory and inventory.ends(status):
            self._join(inventory)
            yield from self._flush()

    def _inventory_of(self, stream: str) -> Inventory | None:
        return next((inventory for inventory in self._inventories if stream in inventory.streams), None)

    def _keep(self, result: OcsfRow | UnmappedRow) -> None:
        if isinstance(result, UnmappedRow):
            self._report.unmapped(result)
        elif result.event_class not in self._classes:
            self._report.not_chosen(result.event_class)
        else:
            self._spill.add(result)

    def _join(self, inventory: Inventory) -> None:
        """Map the users that have waited."""
        self._unwritten |= inventory.waiting
        for result in inventory.joined():
            self._keep(result)

    def _is_due(self) -> bool:
        if self._since is None:
            return False
        is_full = self._spill.bytes >= self._settings.flush_bytes
        return is_full or self._clock() - self._since >= self._settings.flush_age

    def _flush(self) -> Iterator[AirbyteMessage]:
        """Upload all that is mapped, name what is not, and yield the states that waited for it."""
        self._report.uploaded(uploaded(self._spill.files(), self._bucket))
        self._unwritten.clear()
        self._since = None
        yield from self._confirmed()

    def _confirmed(self) -> Iterator[AirbyteMessage]:
        return self._states.confirmed(self._unwritten.union(*(inventory.waiting for inventory in self._inventories)))


def _inventories(streams: frozenset[str], folder: WorkFolder) -> list[Inventory]:
    """Return those of which the catalog has the users and their memberships. Other users wait for nothing."""
    return [
        Inventory(Users(folder, of_users), of_users, of_members)
        for of_users, of_members in MEMBERSHIPS.items()
        if {of_users, of_members} <= streams
    ]
