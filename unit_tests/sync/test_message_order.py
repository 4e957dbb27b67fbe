"""A state comes after the records that it covers, also where the queue is full and threads interrupt each other."""

from __future__ import annotations

import threading
from queue import Queue

from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level, Type
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem

from source_aws_iam.sync.message_order import InOrder


def said(text: str) -> AirbyteMessage:
    return AirbyteMessage(Type.LOG, log=AirbyteLogMessage(Level.INFO, text))


class Overtaken(InMemoryMessageRepository):
    """The main thread comes between a worker's two steps: to add its message, and to queue what there is."""

    def __init__(self, meanwhile: threading.Event, done: threading.Event) -> None:
        super().__init__()
        self._meanwhile, self._done = meanwhile, done

    def emit_message(self, message: AirbyteMessage) -> None:
        super().emit_message(message)
        if threading.current_thread() is not threading.main_thread():
            self._meanwhile.set()
            self._done.wait(10)


def printed(*, in_order: bool) -> list[str]:
    """What is printed where a worker has queued a record, and sends a state while the main thread says something."""
    queue: Queue[QueueItem] = Queue(maxsize=1)
    meanwhile, done = threading.Event(), threading.Event()
    repository = ConcurrentMessageRepository(queue, Overtaken(meanwhile, done))
    messages = InOrder(queue, repository) if in_order else repository
    queue.put(said("record"))
    if in_order:
        meanwhile.set()
    worker = threading.Thread(target=messages.emit_message, args=(said("state"),))
    worker.start()
    meanwhile.wait(10)
    repository.emit_message(said("status"))
    done.set()
    out = [message.log.message for message in repository.consume_queue() if message.log]
    while len(out) < 3:
        item = queue.get(timeout=10)
        assert isinstance(item, AirbyteMessage)
        assert item.log
        out.append(item.log.message)
    worker.join()
    return out


def test_a_state_of_a_worker_comes_after_what_the_worker_has_queued() -> None:
    order = printed(in_order=True)
    assert order.index("record") < order.index("state")


def test_the_repository_of_the_cdk_still_lets_a_state_overtake() -> None:
    """When this fails, the CDK has cured it, and in_order.py can go."""
    order = printed(in_order=False)
    assert order.index("state") < order.index("record")


def test_what_the_main_thread_says_itself_does_not_wait_for_room_in_the_queue() -> None:
    queue: Queue[QueueItem] = Queue(maxsize=1)
    repository = ConcurrentMessageRepository(queue, InMemoryMessageRepository())
    queue.put(said("record"))
    InOrder(queue, repository).emit_message(said("state"))
    assert [message.log.message for message in repository.consume_queue() if message.log] == ["state"]
