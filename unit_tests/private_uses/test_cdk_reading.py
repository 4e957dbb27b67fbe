"""What the connector uses of the CDK without a promise, while streams are made and read."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from queue import Queue
from typing import Any, ClassVar

import pytest
from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
    Type,
)
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource
from airbyte_cdk.sources.declarative.retrievers import Retriever
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_aws_iam.source import MANIFEST, SourceAwsIam
from source_aws_iam.sync.record_queue import Page, RecordQueue
from unit_tests.private_uses.cdk_stream import NAME, Sync, record, said
from unit_tests.private_uses.uses import canary, name

CONFIG = {"credentials": {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/nobody"}}
STREAM: Mapping[str, Any] = {
    "type": "DeclarativeStream",
    "name": NAME,
    "primary_key": ["user_id"],
    "retriever": {"type": "CustomRetriever", "class_name": f"{__name__}.Kept", "operation": "iam.list_users"},
    "schema_loader": {"type": "InlineSchemaLoader", "schema": {}},
}
OWN = "Make the {} in `source.py`: `ConcurrentSource.create` and `ModelToComponentFactory` take one of ours."


def source(**options: Any) -> Any:
    return YamlDeclarativeSource(str(MANIFEST), config=CONFIG, **options)


def made(*streams: Mapping[str, Any]) -> ConcurrentDeclarativeSource:
    check = {"type": "CheckStream", "stream_names": [NAME]}
    manifest = {"type": "DeclarativeSource", "version": "7.0.0", "check": check, "streams": [*streams]}
    return ConcurrentDeclarativeSource(config=CONFIG, state=[], source_config=manifest)


@dataclass
class Kept(Retriever):
    """A retriever that keeps what it is made with."""

    kept: ClassVar[list[Kept]] = []
    name: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    primary_key: list[str] = field(default_factory=list)
    operation: str = ""

    def __post_init__(self) -> None:
        self.kept.append(self)

    def read_records(self, records_schema: Mapping[str, Any], stream_slice: Any = None) -> Any:
        return []


@canary(
    "`ConcurrentDeclarativeSource` reads through `_concurrent_source`, whose `_queue` has a `maxsize` that may be "
    "changed",
    sign="_concurrent_source",
    why="10,000 records that wait are too many: an audit event takes some 6 kB.",
    instead=OWN.format("queue"),
)
def test_the_queue_of_records_can_be_bounded() -> None:
    queue = source()._concurrent_source._queue
    assert isinstance(queue, Queue)
    queue.maxsize = 1
    queue.put(record(1))
    assert queue.full()


@canary(
    "Its `_queue` may be an object of ours: the CDK puts what a partition yields, gets, and asks whether it is `empty`",
    sign="_concurrent_source._queue = ",
    why="A page of records goes through it as one item: waking the writing thread for each costs as much as making it.",
    instead="Yield single records in `window_partition.py`, and take `record_queue.py` out.",
)
def test_a_page_goes_through_the_queue_as_one_item_and_comes_out_as_records() -> None:
    sync: Any = Sync()
    sync.queue = RecordQueue(sync.queue)
    found = [message.record for message in sync.messages(lambda: [Page([record(1), record(2)]), record(3)])]
    assert [one.data["number"] for one in found if one] == [1, 2, 3]
    assert sum(isinstance(one, Page) for one in sync.cursor.waiting) <= 1
    assert isinstance(SourceAwsIam(config=CONFIG)._concurrent_source._queue, RecordQueue)


@canary(
    "`_message_repository` of a `ConcurrentDeclarativeSource` puts messages into that queue",
    sign="_message_repository",
    why="State must not overtake the records that it covers.",
    instead=OWN.format("message repository"),
)
def test_messages_go_through_the_queue_of_records() -> None:
    declarative, message = source(), said("state")
    declarative._message_repository.emit_message(message)
    assert declarative._concurrent_source._queue.get_nowait() is message


@canary(
    "`ConcurrentDeclarativeSource.streams` gives its components the very object that is `_config`",
    sign="SYNC_CONTEXT: self._context",
    why="It holds the sync context, under a reserved key.",
    instead="Make the streams in `source.py` with `ModelToComponentFactory.create_component`, which takes the config.",
)
def test_components_get_the_config_that_the_source_has() -> None:
    declarative: Any = made(STREAM)
    declarative._config = shared = dict(CONFIG)
    declarative.streams({})
    assert name(f"{__name__}:Kept.kept")[-1].config is shared


@canary(
    "`_connector_state_manager` of a `ConcurrentDeclarativeSource` has the state that it was made with",
    sign="_connector_state_manager",
    why="The stream of audit events is made beside the manifest, and needs its state.",
    instead="Make a `ConnectorStateManager(state)` in `source.py`: the class is public.",
)
def test_a_source_keeps_the_state_that_it_was_made_with() -> None:
    blob = AirbyteStateBlob({"version": 1})
    saved = AirbyteStreamState(stream_descriptor=StreamDescriptor(name="audit_events"), stream_state=blob)
    declarative = source(state=[AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=saved)])
    assert declarative._connector_state_manager.get_stream_state("audit_events", None) == {"version": 1}


@canary(
    "A sync in which a stream failed ends in an exception whose `internal_message` is `Concurrent read failure`",
    sign="Concurrent read failure",
    why="A sync in which single accounts failed is a success, unless the user wants it otherwise.",
    instead="Recognize it by its new text, or by its `failure_type`, config_error: bugs of the CDK are system_error.",
)
def test_a_failed_stream_is_told_once_more_at_the_end() -> None:
    def read() -> Iterator[Record]:
        yield record(1)
        raise LookupError

    with pytest.raises(AirbyteTracedException) as raised:
        list(Sync().messages(read))
    assert raised.value.internal_message == "Concurrent read failure"


@canary(
    "The CDK closes a partition in the thread that has read it, when all of its records are in the queue",
    sign="close_partition",
    why="State moves over a window only when its records are on their way out.",
    instead="Let the last record of a window carry what it seals, in `stream.py`.",
)
def test_a_partition_is_closed_behind_its_records() -> None:
    sync, read_in = Sync(), list[int]()

    def read() -> Iterator[Record]:
        read_in.append(threading.get_ident())
        yield from (record(1), record(2))

    messages = sync.messages(read)
    # Until the first record is taken from the queue: then this thread takes nothing more.
    statuses = [next(messages).type for _ in range(2)]
    assert statuses == [Type.TRACE] * 2
    assert sync.cursor.closed.wait(20)
    assert [one.data for one in sync.cursor.waiting if isinstance(one, Record)][-1] == {"number": 2}
    assert [sync.cursor.closed_in] == read_in
    list(messages)


@canary(
    "The CDK prints messages that somebody puts into its queue, between the records that stand there",
    sign="self._queue.put(message)",
    why="A state that goes another way may be printed before the records that it covers.",
    instead="Emit through the message repository again, and see that `message_order.py` is no longer needed.",
)
def test_a_message_in_the_queue_is_printed_in_its_place() -> None:
    sync = Sync()

    def read() -> Iterator[Record]:
        yield record(1)
        sync.queue.put(said("state"))
        yield record(2)

    printed = [message.type for message in sync.messages(read) if message.type in (Type.RECORD, Type.LOG)]
    assert printed == [Type.RECORD, Type.LOG, Type.RECORD]


@canary(
    "The CDK ends a stream in the thread that empties the queue",
    sign="_empties_it",
    why="Whoever empties the queue must not wait for room in it.",
    instead="Let `message_order.py` put into the queue without waiting, in whatever thread.",
)
def test_a_stream_ends_in_the_thread_that_empties_the_queue() -> None:
    sync = Sync()
    assert [message for message in sync.messages(lambda: [record(1)]) if message.record]
    assert sync.cursor.ended_in == threading.get_ident()


@canary(
    "The CDK starts streams in half of its threads",
    sign="default_concurrency",
    why="The streams go through the accounts together, so all of them have to be started, and workers beside them.",
    instead="Count the threads in the manifest anew, or make the `ConcurrentSource` in `source.py`.",
)
def test_half_of_the_threads_start_streams() -> None:
    concurrent = source()._concurrent_source
    assert concurrent._threadpool._threadpool._max_workers == 2 * concurrent._initial_number_partitions_to_generate


@canary(
    "The CDK reads `requester.use_cache` of a stream that is a parent, also where it has no requester",
    sign="use_cache",
    why="Without it, a stream with a parent ends in a KeyError.",
    instead="Take `requester` out of the retrievers of the manifest: nothing else reads it.",
)
def test_a_parent_without_a_requester_is_an_error() -> None:
    parents = [{"type": "ParentStreamConfig", "stream": STREAM, "parent_key": "id", "partition_field": "id"}]
    router = {"type": "SubstreamPartitionRouter", "parent_stream_configs": parents}
    child = {**STREAM, "name": "children", "retriever": {**STREAM["retriever"], "partition_router": router}}
    with pytest.raises(KeyError, match="requester"):
        made(STREAM, child).streams({})


@canary(
    "A custom retriever is given the fields of its class: those of the manifest, and the stream's `name`, "
    "`primary_key` and `config`",
    sign="read_records",
    why="Rows get a key where AWS left the id out, and sentences name the stream.",
    instead="Say name and key once more in each retriever of the manifest.",
)
def test_a_custom_retriever_is_given_the_key_of_its_stream() -> None:
    made(STREAM).streams({})
    last = name(f"{__name__}:Kept.kept")[-1]
    assert (last.name, last.primary_key, last.operation) == (NAME, ["user_id"], "iam.list_users")
    assert last.config == CONFIG


@canary(
    "The CDK takes code and manifests from keys of the config, and all of these begin with an underscore",
    sign='startswith("_")',
    why="Whoever may write a config must not bring code along.",
    instead="Take the new keys out of the config in `source.py` as well.",
)
def test_keys_that_bring_code_begin_with_an_underscore() -> None:
    of = "airbyte_cdk.sources.declarative.parsers.custom_code_compiler:"
    for key in ("INJECTED_MANIFEST", "INJECTED_COMPONENTS_PY", "INJECTED_COMPONENTS_PY_CHECKSUMS"):
        assert name(f"{of}{key}").startswith("_")


@canary(
    "`airbyte_cdk.models.airbyte_protocol` has `AirbyteStreamStatusRateLimitedReason`, which `airbyte_cdk.models` "
    "lacks",
    sign="AirbyteStreamStatusRateLimitedReason",
    why="It tells Airbyte for how long AWS throttles.",
    instead="Import it from `airbyte_cdk.models` if it is there, or from `airbyte_protocol_dataclasses.models`.",
)
def test_the_reason_of_a_status_is_a_model() -> None:
    assert name("airbyte_cdk.models.airbyte_protocol:AirbyteStreamStatusRateLimitedReason")(quota_reset=1)
    with pytest.raises(AttributeError):
        name("airbyte_cdk.models:AirbyteStreamStatusRateLimitedReason")
