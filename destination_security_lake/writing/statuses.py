"""Which streams have been read to their end, as stream status traces tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from airbyte_cdk.models import AirbyteStreamStatus, AirbyteStreamStatusTraceMessage

_ENDED: Final = frozenset({AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE})


class Statuses:
    """The ends of the streams of users and of their memberships, which are joined once all of them have ended.

    A stream that was incomplete stays so: at the end of a source that exits with 0, the platform says of every stream
    that it is complete.
    """

    def __init__(self, joined: Mapping[str, str]) -> None:
        """`joined` is {stream of users: stream of their memberships}."""
        self._memberships = frozenset(joined.values())
        self._awaited = frozenset({*joined, *self._memberships})
        self._ended: set[str] = set()
        self._incomplete: set[str] = set()
        self._is_joined = False

    def awaits(self, stream: str) -> bool:
        """Return whether rows of the stream have to wait for those of others."""
        return stream in self._awaited

    def note(self, status: AirbyteStreamStatusTraceMessage) -> bool:
        """Take a status. Return whether it is the one after which all can be joined."""
        stream = status.stream_descriptor.name
        if status.status in _ENDED and stream in self._awaited:
            self._ended.add(stream)
            if status.status is AirbyteStreamStatus.INCOMPLETE:
                self._incomplete.add(stream)
        return bool(self._awaited) and self._ended == self._awaited and not self._is_joined

    def complete(self) -> frozenset[str]:
        """Return the streams of memberships that were read to their end, as all are joined now.

        It is none the next time: of rows that come after the end of their stream, others may be missing.
        """
        found = frozenset() if self._is_joined else self._memberships & self._ended - self._incomplete
        self._is_joined = True
        return frozenset(found)
