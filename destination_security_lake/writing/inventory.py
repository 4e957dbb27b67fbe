"""Users, who wait for their memberships: these are rows of another stream, and stream statuses tell when all came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from airbyte_cdk.models import AirbyteStreamStatus, AirbyteStreamStatusTraceMessage

from destination_security_lake.ocsf.json_values import Json
from destination_security_lake.ocsf.results import OcsfRow, UnmappedRow
from destination_security_lake.users import Users

_ENDED: Final = frozenset({AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE})


class Inventory:
    """The rows of a stream of users and of the stream of their memberships, which are joined when both have ended.

    A stream that was incomplete stays so: at the end of a source that exits with 0, the platform says of every stream
    that it is complete.
    """

    def __init__(self, users: Users, of_users: str, of_members: str) -> None:
        """`users` keeps the rows of these two streams."""
        self._users = users
        self._of_members = of_members
        self.streams = frozenset({of_users, of_members})
        self.waiting: set[str] = set()
        """The streams of which rows wait."""
        self._ended: set[str] = set()
        self._incomplete: set[str] = set()
        self._is_joined = False

    def add(self, stream: str, row: Mapping[str, Json], read_at: datetime) -> OcsfRow | UnmappedRow | None:
        """Keep a row. Return what becomes of it where it need not wait. Raises WorkFolderError."""
        self.waiting.add(stream)
        return self._users.add(stream, row, read_at)

    def ends(self, status: AirbyteStreamStatusTraceMessage) -> bool:
        """Take a status of one of the streams. Return whether it is the one after which the rows can be joined."""
        if status.status not in _ENDED or self._is_joined:
            return False
        stream = status.stream_descriptor.name
        self._ended.add(stream)
        if status.status is AirbyteStreamStatus.INCOMPLETE:
            self._incomplete.add(stream)
        return self._ended == self.streams

    def joined(self) -> Iterator[OcsfRow | UnmappedRow]:
        """Yield the users with their groups, and forget them.

        Where memberships may be missing, groups are not known. That is so too for what comes after the end of its
        stream, and is joined then a second time.
        """
        complete = self._ended - self._incomplete if not self._is_joined else set[str]()
        self._is_joined = True
        yield from self._users.rows(complete & {self._of_members})
        self.waiting.clear()
