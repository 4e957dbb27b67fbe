"""State that never overtakes the records that it covers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from queue import Queue

    from airbyte_cdk.models import AirbyteMessage
    from airbyte_cdk.sources.message import MessageRepository
    from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem


class Messages(Protocol):
    """Takes messages for the output."""

    def emit_message(self, message: AirbyteMessage) -> None:
        """Print `message` after everything that this thread has read."""


class InOrder:
    """Puts the messages of a thread behind the records that it has read.

    The CDK's repository collects the messages of all threads before it queues them. There the main thread may come
    upon another's state, and with the queue full it prints it at once: before the records that wait in the queue.
    """

    def __init__(self, queue: Queue[QueueItem], repository: MessageRepository) -> None:
        """To be made in the thread that empties `queue`, which for that reason must not wait for room in it."""
        self._queue = queue
        self._repository = repository
        self._empties_it = threading.get_ident()

    def emit_message(self, message: AirbyteMessage) -> None:
        """Print `message` after everything that this thread has read."""
        if threading.get_ident() == self._empties_it:
            self._repository.emit_message(message)
        else:
            self._queue.put(message)
