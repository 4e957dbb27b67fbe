"""Rows whose id AWS left out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.streams.row_keys import PREFIX, with_key

VALUES = st.none() | st.text(max_size=3) | st.booleans()


def test_a_row_with_its_key_stays_as_it_is() -> None:
    row = {"user_id": "AIDA", "arn": "arn:…"}
    assert with_key(row, ["user_id"]) is row


@pytest.mark.parametrize("nothing", [{}, {"user_id": None}, {"user_id": ""}])
def test_the_arn_stands_for_an_id_that_is_missing(nothing: dict[str, Any]) -> None:
    assert with_key({**nothing, "arn": "arn:…"}, ["user_id"])["user_id"] == "arn:…"


def test_what_may_be_empty_stays_empty() -> None:
    assert with_key({"version_id": ""}, ["version_id"], {"version_id"}) == {"version_id": ""}


@given(rows=st.lists(st.dictionaries(st.sampled_from("abcd"), VALUES), max_size=5))
def test_rows_without_an_id_are_told_apart_by_what_they_say_and_are_the_same_next_time(rows: list[Any]) -> None:
    keys = [with_key(row, ["id"])["id"] for row in rows]
    assert keys == [with_key(dict(reversed(row.items())), ["id"])["id"] for row in rows]
    assert all(key.startswith(PREFIX) for key in keys)
    assert len(set(keys)) == len({frozenset(row.items()) for row in rows})
