"""JSON text: no digit of a number is lost, and the fast parser agrees with the slow one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_aws_iam.aws.nesting import DEEPEST
from source_aws_iam.cloudtrail.record import json_text
from source_aws_iam.cloudtrail.record.json_text import parsed, written

ANY_TEXT = st.text(st.characters(exclude_categories=()))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=20,
)
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)


@st.composite
def json_texts(draw: st.DrawFn) -> str:
    """JSON text as any program may write it, and text that is nearly JSON."""
    text = json.dumps(
        draw(JSON_VALUES),
        ensure_ascii=draw(st.booleans()),
        separators=draw(st.sampled_from([(",", ":"), (", ", ": ")])),
    ).replace("0", draw(st.just("0") | NUMBERS))
    cut = draw(st.none() | st.integers(0, len(text)))
    return text if cut is None else text[:cut] + draw(ANY_TEXT)


def the_slow_way(text: str) -> Any:
    return json.loads(text, parse_int=json_text._integer, parse_float=json_text._decimal, parse_constant=str)


@given(json_texts() | NUMBERS | ANY_TEXT)
@example('{"a":1,"a":2}')
@example("9223372036854775808")
@example("-9223372036854775809")
@example("1.0")
@example("-0.0")
@example("\ufeff{}")
def test_the_fast_way_reads_what_the_slow_way_reads_and_refuses_what_it_refuses(text: str) -> None:
    try:
        expected = the_slow_way(text)
    except ValueError:
        with pytest.raises(ValueError):
            parsed(text)
    else:
        assert repr(parsed(text)) == repr(expected)


@given(NUMBERS)
@example("18446744073709551615")
@example("0.1000000000000000055511151231257827")
@example("1e400")
@example("1e-400")
@example("1e99999999999999999999")
def test_a_number_keeps_its_value_as_a_number_or_its_digits_as_text(digits: str) -> None:
    number = parsed(digits)
    if isinstance(number, str):
        assert number == digits
    else:
        assert Decimal(repr(number)) == Decimal(digits)
        assert orjson.loads(orjson.dumps(number)) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", "9223372036854775808"),
        ("1180591620717411303424", "1180591620717411303424"),
        ("9" * 5000, "9" * 5000),
        ("1.10", 1.1),
        ("0.123456789012345678901234567890", "0.123456789012345678901234567890"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ('"\\ud83d"', "\ud83d"),
    ],
)
def test_a_number_that_readers_cannot_hold_becomes_text_as_it_was_written(text: str, value: Any) -> None:
    assert parsed(f'{{"n":{text}}}') == {"n": value}


@pytest.mark.parametrize("text", ["", "{", '{"a":1', "nul", "\ufeff{}", '"\n"', '{"eventVersion":"1.1'])
def test_text_that_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        parsed(text)


@pytest.mark.parametrize("level", ["[]", '{"]":}'])
def test_text_that_nests_too_deep_is_a_value_error(level: str) -> None:
    opening, closing = level[:-1], level[-1]
    assert parsed(opening * DEEPEST + "1" + closing * DEEPEST)
    for levels in (DEEPEST + 1, 5_000):
        with pytest.raises(ValueError, match="too deep"):
            parsed(opening * levels + "1" + closing * levels)


def test_brackets_within_strings_are_no_levels() -> None:
    brackets = '[{\\"' * 100
    assert parsed(f'{{"a":"{brackets}"}}') == {"a": '[{"' * 100}


@given(JSON_VALUES)
def test_what_is_written_can_be_read_by_everybody(value: Any) -> None:
    text = written(value)
    assert orjson.loads(text) == json.loads(text, parse_constant=pytest.fail)
    assert "\\u0000" not in text.replace("\\\\", "")


def test_what_is_written_is_compact_and_keeps_its_characters() -> None:
    assert written({"a": [1, "é😀"], "b": None}) == '{"a":[1,"é😀"],"b":null}'
