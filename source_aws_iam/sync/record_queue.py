"""The queue between the threads that read and the one that writes, for pages of records.

The CDK queues each record by itself, and so wakes the writing thread for each. That costs as much as making the record.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from airbyte_cdk.sources.types import Record

if TYPE_CHECKING:
    from queue import Queue

    from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem

# How many pages wait to be written. An audit event takes some 6 kB, and a page of LookupEvents has fifty.
PAGES_WAITING: Final = 10


class Page(tuple[Record, ...]):
    """Records that are queued as one item. A partition yields it in the place of its records. It is not empty."""

    __slots__ = ()


class RecordQueue:
    """The CDK's queue, from which the records of a page come one by one. One thread empties it."""

    def __init__(self, queue: Queue[QueueItem], pages: int = PAGES_WAITING) -> None:
        """Keep everything in `queue`, which others may use too. At most so many `pages` wait there."""
        self._queue = queue
        self._opened: deque[Record] = deque()
        self._room = threading.Semaphore(pages)

    def put(self, item: QueueItem | Page) -> None:
        """Add an item, and wait until there is room for it."""
        if isinstance(item, Page):
            self._room.acquire()
        self._queue.put(item)  # type: ignore[arg-type]

    def get(self) -> QueueItem:
        """Return the next item. It waits for one."""
        if self._opened:
            return self._opened.popleft()
        item: QueueItem | Page = self._queue.get()
        if isinstance(item, Page):
            self._room.release()
            self._opened.extend(item)
            return self._opened.popleft()
        return item

    def empty(self) -> bool:
        """Return whether there is nothing to get."""
        return not self._opened and self._queue.empty()
