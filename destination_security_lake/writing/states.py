"""States that wait until all rows before them are in the lake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessage, AirbyteStateStats, AirbyteStateType, Type


@dataclass
class ReceivedState(AirbyteStateMessage):
    """A state with the message that it came in, which may have members that the CDK's model lacks.

    The platform gives each state a number, and fails where a state comes back without it.
    """

    message: dict[str, Any] = field(default_factory=dict)

    @property
    def as_received(self) -> dict[str, Any]:
        """The message as it came, with the number of records that were received."""
        counted = {"recordCount": self.destinationStats.recordCount} if self.destinationStats else {}
        return {**self.message, "state": {**self.message["state"], "destinationStats": counted}}


class WaitingStates:
    """The states that have come and are not confirmed, in their order.

    A state of a stream waits for the rows of that stream, a global or legacy one for those of all.
    """

    def __init__(self) -> None:
        # With the stream, None for all.
        self._waiting: list[tuple[AirbyteStateMessage, str | None]] = []
        self._received: Counter[str] = Counter()

    def count(self, stream: str) -> None:
        """Count a record. It belongs to the next state of its stream, or to the next one of all streams."""
        self._received[stream] += 1

    def wait(self, state: AirbyteStateMessage) -> None:
        """Take a state, before which all records came that have been counted."""
        stream = _stream(state)
        if stream is None:
            records = sum(self._received.values())
            self._received.clear()
        else:
            records = self._received.pop(stream, 0)
        # The platform compares it with its own count, in which rows that cannot be mapped are too.
        state.destinationStats = AirbyteStateStats(recordCount=float(records))
        self._waiting.append((state, stream))

    def confirmed(self, unwritten: AbstractSet[str]) -> Iterator[AirbyteMessage]:
        """Yield, and forget, the states all of whose rows are in the lake. `unwritten` are the streams of other rows.

        Rows of a stream that came after its state delay it too, until the next upload.
        """
        waiting, self._waiting = self._waiting, []
        for state, stream in waiting:
            if stream in unwritten or (stream is None and unwritten):
                self._waiting.append((state, stream))
            else:
                yield AirbyteMessage(type=Type.STATE, state=state)


def _stream(state: AirbyteStateMessage) -> str | None:
    of_one = state.type is AirbyteStateType.STREAM and state.stream
    return str(of_one.stream_descriptor.name) if of_one else None
