"""What becomes of the lines of standard input: messages, and nothing that may have been a row is skipped."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import example, given
from hypothesis import strategies as st

from destination_security_lake.writing.reading import messages_of
from destination_security_lake.writing.states import ReceivedState

RECORD = {"type": "RECORD", "record": {"stream": "audit_events", "data": {"event_id": "e"}, "emitted_at": 1}}
STATE = {"type": "STATE", "state": {"type": "STREAM", "id": 7, "stream": {"stream_descriptor": {"name": "users"}}}}


def lines(*content: Any) -> list[bytes]:
    return [each if isinstance(each, bytes) else f"{json.dumps(each)}\n".encode() for each in content]


def warnings_of(caplog: pytest.LogCaptureFixture, *content: Any) -> list[str]:
    """The warnings about lines between two records, both of which are read."""
    with caplog.at_level(logging.WARNING):
        assert len([*messages_of(lines(RECORD, *content, RECORD))]) == 2
    return caplog.messages


@pytest.mark.parametrize(
    "content",
    [
        [b"\n", b"  \t\n"],
        [{"type": "LOG", "log": {"level": "INFO", "message": "Syncing."}}],
        [{"type": "CONTROL"}, {"type": "CATALOG"}],
        [{"type": "TRACE", "trace": {"type": "OF_LATER_VERSIONS", "emitted_at": 1}}],
    ],
)
def test_what_is_nothing_for_a_destination_is_passed_over(caplog: pytest.LogCaptureFixture, content: list[Any]) -> None:
    assert warnings_of(caplog, *content) == []


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        (
            [{}, {"type": ["x"]}],
            "Skipped on standard input: messages of the type None (1), messages of the type ['x'] (1).",
        ),
        ([b"Starting up.\n", b"[1, 2]\n", b"null\n"], "Skipped on standard input: lines that are no JSON (3)."),
        (
            [{"type": "FILE"}, {"type": "FILE"}, {"type": "x" * 99}],
            f"Skipped on standard input: messages of the type FILE (2), messages of the type {'x' * 40} (1).",
        ),
    ],
)
def test_what_is_no_message_is_skipped_and_counted(
    caplog: pytest.LogCaptureFixture, content: list[Any], warning: str
) -> None:
    assert warnings_of(caplog, *content) == [warning]


DAMAGED = [
    b'{"type": "RECORD", "record": {"stream": "audit_ev\n',
    b'{"type": "RECORD", "record": {"stream": "users", "data": {"a": "\xff"}, "emitted_at": 1}}\n',
    {"type": "RECORD"},
    {"type": "STATE"},
    {"type": "RECORD", "record": {"stream": "users", "data": [], "emitted_at": 1}},
    {"type": "RECORD", "record": {"stream": "users", "data": {}}},
    {"type": "RECORD", "record": {"stream": "users", "data": {}, "emitted_at": 10**17}},
    {"type": "RECORD", "record": {"stream": "users", "data": {}, "emitted_at": -1}},
]


@pytest.mark.parametrize("damaged", DAMAGED)
def test_a_line_that_may_have_been_a_row_ends_the_sync_by_its_number(damaged: Any) -> None:
    read = messages_of(lines(RECORD, b"\n", damaged, STATE))

    assert next(read).record
    with pytest.raises(AirbyteTracedException, match=r"^Line 3 of standard input is no message") as raised:
        next(read)
    assert raised.value.failure_type is FailureType.system_error
    # Its text may hold a secret of whoever wrote it.
    assert "audit_ev" not in str(raised.getrepr())


def test_a_last_line_that_is_cut_is_skipped_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Its source was killed, and no state can follow."""
    [whole] = lines(RECORD)

    assert len([*messages_of([whole, whole[:50]])]) == 1
    assert caplog.messages == ["The last line of standard input ends in the middle, and was skipped."]


def test_a_last_line_that_lacks_only_its_end_is_read() -> None:
    [whole] = lines(RECORD)

    assert len([*messages_of([whole.rstrip()])]) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=4), json_values)
@example({"number": 2**70 + 1}, None)
@example({"text": "\ud800"}, None)
def test_a_state_comes_back_as_it_came_with_whatever_it_has(more: dict[str, Any], blob: Any) -> None:
    stream = {"stream_descriptor": {"name": "users"}, "stream_state": {"of the source": blob}}
    known = {"type": "STREAM", "stream": stream, "sourceStats": {"recordCount": 3.0}}
    sent = {"type": "STATE", "more": more, "state": {**{f"x{name}": value for name, value in more.items()}, **known}}

    [message] = messages_of(lines(sent))

    assert isinstance(message.state, ReceivedState)
    received = message.state.as_received
    assert received.pop("state") == {**sent["state"], "destinationStats": {}}  # type: ignore[dict-item]
    assert received == {"type": "STATE", "more": more}


def test_half_of_a_character_in_a_row_is_kept() -> None:
    """orjson refuses it; the mapping replaces it."""
    line = b'{"type":"RECORD","record":{"stream":"users","data":{"name":"\\ud800"},"emitted_at":1}}\n'

    [message] = messages_of([line])

    assert message.record
    assert message.record.data == {"name": "\ud800"}
