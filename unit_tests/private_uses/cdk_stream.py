"""A stream with one partition, and a cursor that remembers what it is told, for the CDK's own reading."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from queue import Queue
from typing import Any

from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level, Type
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.types import Record
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger

NAME = "users"
Read = Callable[[], Iterable[Record]]


def record(number: int) -> Record:
    return Record(data={"number": number}, stream_name=NAME)


def said(text: str) -> AirbyteMessage:
    return AirbyteMessage(Type.LOG, log=AirbyteLogMessage(Level.INFO, text))


class One(Partition):
    def __init__(self, read: Read) -> None:
        self._read = read

    def read(self) -> Iterable[Record]:
        return self._read()

    def to_slice(self) -> Mapping[str, Any]:
        return {}

    def stream_name(self) -> str:
        return NAME

    def __hash__(self) -> int:
        return id(self)


class Once(PartitionGenerator):
    def __init__(self, read: Read) -> None:
        self._read = read

    def generate(self) -> Iterator[Partition]:
        yield One(self._read)


class Told(Cursor):
    """`waiting` is what was in the queue when a partition was closed, and who closed it and ended the stream."""

    def __init__(self, queue: Queue[QueueItem]) -> None:
        self._queue = queue
        self.waiting: list[QueueItem] = []
        self.closed = threading.Event()
        self.closed_in: int | None = None
        self.ended_in: int | None = None

    @property
    def state(self) -> MutableMapping[str, Any]:
        return {}

    def observe(self, record: Record) -> None:
        """Nothing."""

    def close_partition(self, partition: Partition) -> None:
        self.waiting = [*self._queue.queue]
        self.closed_in = threading.get_ident()
        self.closed.set()

    def ensure_at_least_one_state_emitted(self) -> None:
        self.ended_in = threading.get_ident()

    def should_be_synced(self, record: Record) -> bool:
        return True


class Sync:
    """The CDK reads one partition by `read`, which may put more into `queue`."""

    def __init__(self) -> None:
        self.queue: Queue[QueueItem] = Queue()
        self.cursor = Told(self.queue)

    def messages(self, read: Read) -> Iterator[AirbyteMessage]:
        logger = logging.getLogger("airbyte.private_uses")
        stream = DefaultStream(Once(read), NAME, {}, [], None, logger, self.cursor)
        source = ConcurrentSource.create(
            num_workers=2,
            initial_number_of_partitions_to_generate=1,
            logger=logger,
            slice_logger=DebugSliceLogger(),
            message_repository=InMemoryMessageRepository(),
            queue=self.queue,
        )
        return source.read([stream])
