"""Pages in the queue of records: their records come one by one, in order among messages, and few pages wait."""

from __future__ import annotations

import threading
from queue import Queue
from typing import Any

from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level, Type
from airbyte_cdk.sources.types import Record
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.sync.record_queue import Page, RecordQueue


def record(number: int) -> Record:
    return Record(data={"number": number}, stream_name="audit_events")


def said(text: str) -> AirbyteMessage:
    return AirbyteMessage(Type.LOG, log=AirbyteLogMessage(Level.INFO, text))


@given(st.lists(st.integers(0, 3), max_size=20))
def test_everything_comes_once_and_in_order(sizes: list[int]) -> None:
    """0 stands for a message, and any other number for a page of so many records."""
    queue = RecordQueue(Queue(), pages=20)
    expected: list[Any] = []
    for position, size in enumerate(sizes):
        item: Any = Page(record(100 * position + number) for number in range(size)) if size else said(str(position))
        expected += item if size else [item]
        queue.put(item)
    found = []
    while not queue.empty():
        found.append(queue.get())
    assert found == expected


def test_the_rest_of_a_page_is_something_to_get() -> None:
    queue = RecordQueue(Queue())
    queue.put(Page([record(1), record(2)]))
    assert queue.get() == record(1)
    assert not queue.empty()
    assert queue.get() == record(2)
    assert queue.empty()


def test_what_others_put_into_the_queue_below_comes_in_its_place() -> None:
    below: Queue[Any] = Queue()
    queue, state = RecordQueue(below), said("state")
    queue.put(Page([record(1), record(2)]))
    below.put(state)
    queue.put(record(3))
    assert [queue.get() for _ in range(4)] == [record(1), record(2), state, record(3)]


def test_a_page_waits_for_room_and_a_message_does_not() -> None:
    queue = RecordQueue(Queue(), pages=1)
    queue.put(Page([record(1)]))
    done = threading.Event()

    def put_another() -> None:
        queue.put(Page([record(2)]))
        done.set()

    thread = threading.Thread(target=put_another, daemon=True)
    thread.start()
    queue.put(said("a message"))
    assert not done.is_set()
    assert queue.get() == record(1)
    assert done.wait(30)
    thread.join()
    assert [queue.get() for _ in range(2)][1] == record(2)
