"""The order of messages: state never overtakes the records that it covers."""

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
    """Puts the messages of a thread into the queue of records, behind the records that the thread has read.

    The CDK's repository collects the messages of all threads before it queues them. The main thread may find the state
    of another thread there, and prints it at once if the queue is full: before the records that wait in the queue.
    """

    def __init__(self, queue: Queue[QueueItem], repository: MessageRepository) -> None:
        """Call this in the thread that empties `queue`: that thread must not wait until the queue has room."""
        self._queue = queue
        self._repository = repository
        self._empties_it = threading.get_ident()

    def emit_message(self, message: AirbyteMessage) -> None:
        """Print `message` after everything that this thread has read."""
        if threading.get_ident() == self._empties_it:
            self._repository.emit_message(message)
        else:
            self._queue.put(message)
