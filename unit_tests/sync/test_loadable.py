"""Any value becomes one that every reader of JSON and every warehouse can load, and nearly all stay as they are."""

from __future__ import annotations

import json
from itertools import islice, product
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.aws.nesting import DEEPEST
from source_aws_iam.sync.loadable import json_text, loadable, renamed

ANY_TEXT = st.text(st.characters(exclude_categories=()))
LOADABLE_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def values(text: st.SearchStrategy[str], numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | numbers | text,
        lambda inner: st.lists(inner) | st.dictionaries(text, inner),
        max_leaves=20,
    )


def nested(levels: int, innermost: Any = "x") -> Any:
    for level in range(levels):
        innermost = [innermost] if level % 2 else {"a": innermost}
    return innermost


def levels_of(value: Any) -> int:
    levels, found = 0, [value]
    while found := [item for item in found if isinstance(item, (dict, list))]:
        levels += 1
        found = [inner for item in found for inner in (item.values() if isinstance(item, dict) else item)]
    return levels


def strings_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(text for item in value.values() for text in strings_of(item))]
    if isinstance(value, list):
        return [text for item in value for text in strings_of(item)]
    return [value] if isinstance(value, str) else []


@given(values(ANY_TEXT, st.integers() | st.floats()), st.integers(0, 300))
def test_any_value_of_any_depth_can_be_loaded(value: Any, levels: int) -> None:
    made = loadable(nested(levels, value))
    line = orjson.dumps(made)
    assert json.loads(line, parse_constant=pytest.fail) == orjson.loads(line) == made
    assert levels_of(made) <= DEEPEST
    assert not any("\0" in text for text in strings_of(made))


@given(values(LOADABLE_TEXT, st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)))
def test_what_can_be_loaded_stays_as_it_is(value: Any) -> None:
    assert loadable(value) == value
    assert json.loads(json_text(value)) == value


@pytest.mark.parametrize(
    ("value", "made"),
    [
        ("agent \ud83d", "agent \ufffd"),
        ("a\0b", "a\ufffdb"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("😀 \u2028 \ufeff \x1f \ufffe", "😀 \u2028 \ufeff \x1f \ufffe"),
        (2**63, "9223372036854775808"),
        (-(2**63), -(2**63)),
        (float("nan"), None),
        (float("-inf"), None),
        (True, True),
    ],
)
def test_what_cannot_be_loaded_is_replaced_by_the_nearest_that_can(value: Any, made: Any) -> None:
    for around in (lambda inner: inner, lambda inner: {"a": [inner]}):
        assert loadable(around(value)) == around(made)


def test_an_integer_of_any_length_becomes_text() -> None:
    assert loadable(-(10**5000)) == "-1" + "0" * 5000


def test_names_that_become_equal_all_stay() -> None:
    fields = dict(zip(["a\0", "a\ufffd", "a\ud800", "b"], [1, 2, 3, 4], strict=True))
    assert loadable(fields) == {"a\ufffd2": 1, "a\ufffd": 2, "a\ufffd3": 3, "b": 4}


def test_thousands_of_names_that_become_equal_take_time_and_space_in_proportion() -> None:
    surrogates = map(chr, range(0xD800, 0xE000))
    fields = {"".join(pair): 1 for pair in islice(product(surrogates, repeat=2), 2_000)}
    assert len(json.dumps(loadable(fields))) < 100 * len(fields)


@given(st.dictionaries(st.text("a2\0\ufffd\ud800", max_size=4), st.booleans()))
def test_no_field_is_lost_by_its_new_name(fields: dict[str, bool]) -> None:
    assert list(renamed(fields, lambda name: name.replace("\0", "\ufffd")).values()) == list(fields.values())
    assert list(loadable(fields).values()) == list(fields.values())


@pytest.mark.parametrize("too_many", [1, 200, 5_000])
def test_what_nests_too_deep_becomes_its_json_text(too_many: int) -> None:
    made, innermost = loadable(nested(DEEPEST + too_many, innermost=1)), ""
    assert levels_of(made) == DEEPEST
    [innermost] = [text for text in strings_of(made) if text != "a"]
    if too_many < DEEPEST:
        assert json.loads(innermost) == nested(too_many, innermost=1)
    assert innermost.count("[") + innermost.count("{") == too_many


def test_json_text_of_what_nests_too_deep_has_its_names_and_commas() -> None:
    value = {"a\0": [1, "\ud800", {}], 'b"': {"c": None, "d": []}}
    assert loadable([value], 1) == ['{"a\ufffd":[1,"\ufffd",{}],"b\\"":{"c":null,"d":[]}}']
