"""The files of the command line: any content is read, or a sentence names the file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from source_aws_iam.cli.files import DEEPEST, read_catalog, read_config, read_state

STREAM = {
    "stream": {"name": "users", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
    "sync_mode": "full_refresh",
    "destination_sync_mode": "overwrite",
}
STATE = {"type": "STREAM", "stream": {"stream_descriptor": {"name": "audit_events"}, "stream_state": {"version": 1}}}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
reads_a_file = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, content: bytes) -> str:
    path = folder / "input.json"
    path.write_bytes(content)
    return str(path)


def refusal(read: Callable[[str], Any], path: str) -> str:
    with pytest.raises(AirbyteTracedException) as refused:
        read(path)
    assert refused.value.failure_type is FailureType.config_error
    assert refused.value.message
    assert refused.value.message.startswith(f"The file {path} cannot be used. ")
    return refused.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_is_utf_8_with_or_without_a_byte_order_mark(encoding: str, tmp_path: Path) -> None:
    assert read_config(written(tmp_path, '{"é": "日本"}'.encode(encoding))) == {"é": "日本"}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_named_as_the_reason(encoding: str, tmp_path: Path) -> None:
    assert "It must be UTF-8" in refusal(read_config, written(tmp_path, '{"é": 1}'.encode(encoding)))


@given(st.binary())
@example(b"")
@example(b'{"a": "unfinished \\')
@example(b'"' + rb"\"" * 200_000)
@example(b"[" * 100_000)
@example(b"]" * 1_000)
@reads_a_file
def test_any_bytes_are_a_config_or_are_refused(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content)
    try:
        assert isinstance(read_config(path), dict)
    except AirbyteTracedException:
        refusal(read_config, path)


@given(json_values)
@reads_a_file
def test_json_is_read_as_it_was_written(tmp_path: Path, value: Any) -> None:
    config = read_config(written(tmp_path, json.dumps({"value": value}).encode()))
    assert json.dumps(config) == json.dumps({"value": value})


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_what_is_nested_deeper_than_any_field_is_left_out_and_its_neighbours_are_kept(
    opening: str, tmp_path: Path
) -> None:
    closing = "]" if opening == "[" else "}"
    text = f'{{"deep": {opening * 3000}"[{{"{closing * 3000}, "a \\" [": [1, {{"b": "]"}}]}}'
    config = read_config(written(tmp_path, text.encode()))
    assert config.pop('a " [') == [1, {"b": "]"}]
    depth, value = 0, config["deep"]
    while value is not None:
        depth, value = depth + 1, value[0] if isinstance(value, list) else value["a"]
    assert depth == DEEPEST - 1


def test_numbers_of_any_length_are_read(tmp_path: Path) -> None:
    digits = "9" * 100_000
    config = read_config(written(tmp_path, f'{{"a": {digits}, "b": -{digits}, "c": 1e400, "d": 12}}'.encode()))
    assert config == {"a": math.inf, "b": -math.inf, "c": math.inf, "d": 12}


def test_a_stream_that_is_twice_in_the_catalog_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"streams": [STREAM, STREAM]}).encode())
    assert "names these more often: users." in refusal(read_catalog, path)


@pytest.mark.parametrize(
    ("catalog", "place"),
    [
        (5, "the top level"),
        ([STREAM], "the top level"),
        ({}, "streams"),
        ({"streams": {"users": STREAM}}, "streams"),
        ({"streams": ["users"]}, "streams.0"),
        ({"streams": [{**STREAM, "stream": "users"}]}, "streams.0.stream"),
        ({"streams": [STREAM, {**STREAM, "sync_mode": "CDC"}]}, "streams.1.sync_mode"),
    ],
)
def test_the_place_in_a_catalog_where_it_is_none_is_named(catalog: Any, place: str, tmp_path: Path) -> None:
    assert f"(at: {place})" in refusal(read_catalog, written(tmp_path, json.dumps(catalog).encode()))


@pytest.mark.parametrize("nothing", [b"[]", b"{}", b"null"])
def test_there_is_no_state_before_the_first_sync(nothing: bytes, tmp_path: Path) -> None:
    assert read_state(written(tmp_path, nothing)) == []


def test_states_of_streams_are_read_and_so_is_a_global_state_that_holds_only_these(tmp_path: Path) -> None:
    [state] = read_state(written(tmp_path, json.dumps([STATE]).encode()))
    assert state.stream
    assert state.stream.stream_descriptor.name == "audit_events"
    without: list[dict[str, Any]] = [{}, {"shared_state": None}, {"shared_state": {}}]
    for shared in without:
        together = [{"type": "GLOBAL", "global": {"stream_states": [STATE["stream"]], **shared}}]
        assert read_state(written(tmp_path, json.dumps(together).encode())) == [state]


GLOBAL = {"type": "GLOBAL", "global": {"shared_state": {"a": 1}, "stream_states": []}}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (5, "a JSON list of the states"),
        ({"audit_events": {"version": 1}}, "a JSON list of the states"),
        (STATE, "a JSON list of the states"),
        ([{"type": "LEGACY", "data": {"audit_events": {}}}], "a JSON list of the states"),
        ([{}], "a JSON list of the states"),
        ([{"type": "STREAM"}], "a JSON list of the states"),
        ([{"type": "GLOBAL"}], "a JSON list of the states"),
        ([{"type": "STATE", "state": STATE}], "(at: type)"),
        ([{**STATE, "stream": {"stream_descriptor": {"name": "x"}, "stream_state": 5}}], "(at: stream.stream_state)"),
        ([GLOBAL], "with a shared_state was not written by this connector"),
        ([STATE, GLOBAL], "a JSON list of the states"),
    ],
)
def test_a_state_of_another_kind_is_answered_with_the_one_that_is_wanted(
    state: Any, words: str, tmp_path: Path
) -> None:
    sentence = refusal(read_state, written(tmp_path, json.dumps(state).encode()))
    assert words in sentence
    assert '"type": "STREAM"' in sentence


mutated = st.sampled_from([STREAM, STATE, GLOBAL]).flatmap(
    lambda whole: st.fixed_dictionaries(
        {}, optional={name: st.just(value) | json_values for name, value in whole.items()}
    )
)


@pytest.mark.parametrize("read", [read_catalog, read_state])
@given(
    content=json_values
    | st.lists(mutated, max_size=2).flatmap(lambda items: st.sampled_from([items, {"streams": items}]))
)
@reads_a_file
def test_any_catalog_and_any_state_is_read_or_refused(read: Callable[[str], Any], tmp_path: Path, content: Any) -> None:
    path = written(tmp_path, json.dumps(content).encode())
    try:
        read(path)
    except AirbyteTracedException:
        refusal(read, path)


def test_a_variable_that_was_not_set_shows_as_an_empty_name() -> None:
    """As of `--config "$CONFIG"`."""
    with pytest.raises(AirbyteTracedException) as refused:
        read_config("")
    assert str(refused.value.message).startswith('The file "" cannot be used. ')
