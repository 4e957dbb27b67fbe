"""The destination in this process, where a test chooses the time and looks between two messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from destination_security_lake.destination import DestinationSecurityLake
from destination_security_lake.writing.reading import messages_of
from destination_security_lake.writing.states import ReceivedState
from integration_tests.security_lake.lake import STREAMS, Lake, lines_of
from integration_tests.security_lake.messages import READ_AT, Json, catalog


def confirmed(
    lake: Lake,
    messages: Iterable[Json],
    *,
    streams: Sequence[str] = STREAMS,
    clock: Callable[[], datetime] = lambda: READ_AT,
    **config: Any,
) -> Iterator[tuple[str, Any]]:
    """Yield (stream, progress) of each state when it is confirmed. `messages` may look at what came of others."""
    written = DestinationSecurityLake(clock).write(
        lake.config(**config),
        ConfiguredAirbyteCatalogSerializer.load(catalog(streams)),
        messages_of(line for message in messages for line in [lines_of([message])]),
    )
    for message in written:
        assert isinstance(message.state, ReceivedState)
        state = message.state.as_received["state"]
        yield state["stream"]["stream_descriptor"]["name"], state["stream"]["stream_state"]["progress"]
