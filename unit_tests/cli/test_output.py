"""Each message is one line of JSON, whatever is in it."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from airbyte_cdk.models import (
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteMessageSerializer,
    AirbyteRecordMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    Level,
    StreamDescriptor,
    Type,
)
from airbyte_protocol_dataclasses.models import AirbyteRecordMessageMeta  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cli.output import line

ANY_TEXT = st.text(st.characters(exclude_categories=()))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=20,
)


def record(row: dict[str, Any]) -> AirbyteMessage:
    return AirbyteMessage(type=Type.RECORD, record=AirbyteRecordMessage(stream="users", data=row, emitted_at=1))


def state(content: dict[str, Any]) -> AirbyteMessage:
    stream = AirbyteStreamState(
        stream_descriptor=StreamDescriptor(name="users"),
        stream_state=AirbyteStateBlob(content),
    )
    return AirbyteMessage(type=Type.STATE, state=AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=stream))


def log(text: str) -> AirbyteMessage:
    return AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=Level.WARN, message=text))


@given(st.dictionaries(ANY_TEXT, VALUES).flatmap(lambda row: st.sampled_from([record(row), state(row), log(str(row))])))
def test_every_message_is_one_line_that_strict_readers_read(message: AirbyteMessage) -> None:
    printed = line(message)
    assert printed.splitlines() == [printed]
    assert orjson.loads(printed) == json.loads(printed, parse_constant=pytest.fail)


def test_a_row_that_can_be_loaded_is_printed_as_it_is() -> None:
    row = {"a": "é\ud83d\ude00 😀".encode("utf-16", "surrogatepass").decode("utf-16"), "b": [2**63 - 1, 0.1], "c": {}}
    assert json.loads(line(record(row)))["record"]["data"] == row


@pytest.mark.parametrize("more", [{}, {"namespace": "n"}, {"meta": AirbyteRecordMessageMeta(changes=[])}])
def test_a_record_is_printed_as_the_cdk_serializes_it(more: dict[str, Any]) -> None:
    row = {"name": "ada", "nothing": None, "inner": {"nothing": None, "list": [1, 2.5, True]}}
    made = AirbyteRecordMessage(stream="users", data=row, emitted_at=1, **more)
    message = AirbyteMessage(type=Type.RECORD, record=made)
    assert line(message) == orjson.dumps(AirbyteMessageSerializer.dump(message)).decode()


def test_line_breaks_of_unicode_are_escaped_and_stay_in_the_value() -> None:
    printed = line(record({"a": "1\u20282\u20293\x854\n5\x1c6"}))
    assert printed.splitlines() == [printed]
    assert json.loads(printed)["record"]["data"] == {"a": "1\u20282\u20293\x854\n5\x1c6"}


def test_a_column_of_numbers_holds_no_text() -> None:
    row = {"attachment_count": 2**70, "document": {"n": 2**70}}
    assert json.loads(line(record(row)))["record"]["data"] == {
        "attachment_count": None,
        "document": {"n": "1180591620717411303424"},
    }


def test_a_log_message_says_what_it_can() -> None:
    assert json.loads(line(log("account \ud83d\0")))["log"] == {"level": "WARN", "message": "account \ufffd\ufffd"}
