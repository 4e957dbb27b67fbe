"""JSON that nests too deep: found before it is parsed, and cut out whole."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.aws.nesting import nests_deeper, value_nests_deeper, without_deep

LEVELS = 3
texts = st.text(st.sampled_from('ab"\\[]{}:,\n'), max_size=6)
values = st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


def depth(value: Any) -> int:
    if not isinstance(value, (dict, list)):
        return 0
    return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)


def shallow(value: Any, level: int = 1) -> Any:
    """Return `value` as `without_deep` leaves it below level 1: with the text of what is too deep."""
    if level > 1:
        return json.dumps(value) if depth(value) > LEVELS - level + 1 else value
    if isinstance(value, list):
        return [shallow(item, level + 1) for item in value]
    return {name: shallow(item, level + 1) for name, item in value.items()} if isinstance(value, dict) else value


@given(value=values, levels=st.integers(0, 6))
def test_text_and_value_tell_the_same_depth_whatever_the_strings_hold(value: Any, levels: int) -> None:
    assert nests_deeper(json.dumps(value), levels) is value_nests_deeper(value, levels) is (depth(value) > levels)


@given(value=values)
def test_what_nests_too_deep_is_replaced_whole_and_nothing_else_is(value: Any) -> None:
    text = without_deep(json.dumps(value), below=1, levels=LEVELS, instead=json.dumps)
    assert json.loads(text) == shallow(value)


@pytest.mark.parametrize("levels", [300, 1_500, 100_000])
def test_any_depth_is_cut_out(levels: int) -> None:
    deep = "[" * levels + "]" * levels
    text = f'{{"before":{{"a":1}},"deep":{deep},"after":2}}'
    numbers = count()
    cut = without_deep(text, below=1, levels=64, instead=lambda _: str(next(numbers)))
    assert json.loads(cut) == {"before": {"a": 1}, "deep": 0, "after": 2}
    assert nests_deeper(text, 64)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":"' + "[" * 500, "]" * 500 + "[", '"' * 501, "{" * 99 + "\\"])
def test_text_that_is_no_json_is_left_to_the_parser(text: str) -> None:
    assert without_deep(text, below=1, levels=64, instead=lambda _: "null") == text


def test_brackets_in_a_string_that_the_end_cuts_short_are_no_levels() -> None:
    assert not nests_deeper('{"a":"' + "[" * 500, 64)
