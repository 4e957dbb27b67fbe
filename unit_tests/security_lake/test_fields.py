"""What was not read is unmapped, and nothing is lost."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from destination_security_lake.ocsf.fields import LONGEST, Fields
from destination_security_lake.ocsf.json_values import cleaned

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(max_size=4), JSON, max_size=4)


def leaves(value: Any) -> int:
    """Count what holds anything; a list is one."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    return int(value not in (None, "", []))


@given(OBJECTS)
def test_each_value_that_was_not_read_is_unmapped_under_a_path_of_its_own(value: dict[str, Any]) -> None:
    value = cleaned(value)
    unmapped = Fields(value).unmapped()

    assert len(unmapped) == leaves(value)
    assert all(text for text in unmapped.values())


def test_names_with_dots_are_told_from_paths() -> None:
    assert Fields({"a": {"b": 1}, "a.b": 2, '"a"': {"b": 3}}).unmapped() == {
        "a.b": "1",
        '"a.b"': "2",
        '"\\"a\\"".b': "3",
    }


def test_what_was_read_is_not_unmapped() -> None:
    fields = Fields({"a": {"b": "x", "c": "y"}, "d": {"e": "z"}, "f": "True"})

    assert (fields.text("a", "b"), fields.json("d"), fields.boolean("f")) == ("x", '{"e":"z"}', True)
    assert fields.unmapped() == {"a.c": "y"}


def test_what_is_not_of_the_type_that_was_asked_for_stays_unmapped() -> None:
    long = "x" * (LONGEST + 1)
    fields = Fields({"a": ["x"], "b": "maybe", "c": long, "d": "HIDDEN_DUE_TO_SECURITY_REASONS", "e": "noon", "f": ""})

    assert [fields.text(*path) for path in ("a", "c", "d", "ef", "f")] == [None] * 5
    assert (fields.boolean("b"), fields.time("e"), fields.boolean("a")) == (None, None, None)
    assert fields.unmapped().keys() == {"a", "b", "c", "d", "e"}


def test_only_the_first_of_several_is_read() -> None:
    fields = Fields({"a": "", "b": "x", "c": "y"})

    assert fields.first(("a",), ("b",), ("c",)) == "x"
    assert fields.unmapped() == {"c": "y"}


@given(OBJECTS)
def test_a_cleaned_value_is_json_that_everybody_can_load(value: dict[str, Any]) -> None:
    text = json.dumps(cleaned(value), allow_nan=False, ensure_ascii=False)

    assert "\0" not in text
    assert text.encode()
