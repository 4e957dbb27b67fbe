"""Paging: all pages, and missing or repeated tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_calls.paging import BrokenPagingError, pages

BY_MARKER = {"input_token": "Marker", "output_token": "Marker", "more_results": "IsTruncated"}
BY_TOKEN = {"input_token": "NextToken", "output_token": "NextToken"}


def answering(*answers: dict[str, Any]) -> tuple[Callable[..., Any], list[dict[str, Any]]]:
    left, asked = iter(answers), list[dict[str, Any]]()

    def one_page(**request: Any) -> dict[str, Any]:
        asked.append(request)
        return next(left)

    return one_page, asked


def read(config: dict[str, str], *answers: dict[str, Any]) -> list[Any]:
    return list(pages(answering(*answers)[0], config, {}))


@given(tokens=st.lists(st.text(min_size=1), unique=True, max_size=8), empty=st.booleans())
def test_all_pages_are_read_in_order_also_empty_ones_each_with_the_token_of_the_one_before(
    tokens: list[str], *, empty: bool
) -> None:
    answers = [{"Items": [] if empty else [token], "NextToken": token} for token in tokens]
    one_page, asked = answering(*answers, {"Items": ["last"]})
    assert list(pages(one_page, BY_TOKEN, {"Size": 5})) == [*answers, {"Items": ["last"]}]
    assert asked == [{"Size": 5}, *({"Size": 5, "NextToken": token} for token in tokens)]


@pytest.mark.parametrize(
    "last",
    [
        {"IsTruncated": False},
        {"IsTruncated": False, "Marker": "left over"},
        {},
    ],
)
def test_where_aws_says_whether_there_is_more_that_alone_counts(last: dict[str, Any]) -> None:
    assert len(read(BY_MARKER, {"IsTruncated": True, "Marker": "m"}, last)) == 2


@pytest.mark.parametrize("last", [{}, {"NextToken": None}, {"NextToken": ""}])
def test_without_a_token_there_is_no_more(last: dict[str, Any]) -> None:
    assert len(read(BY_TOKEN, last)) == 1


@pytest.mark.parametrize("repeated", [["a", "a"], ["a", "b", "a"], ["a", "b", "c", "b"]])
def test_a_token_that_comes_twice_ends_the_listing_as_an_error(repeated: list[str]) -> None:
    with pytest.raises(BrokenPagingError, match="twice"):
        read(BY_TOKEN, *({"NextToken": token} for token in repeated))


@pytest.mark.parametrize(
    ("config", "page"),
    [
        (BY_MARKER, {"IsTruncated": True}),
        (BY_MARKER, {"IsTruncated": True, "Marker": ""}),
        (BY_TOKEN, {"NextToken": 5}),
        (BY_TOKEN, {"NextToken": 0}),
        (BY_TOKEN, {"NextToken": False}),
        (BY_TOKEN, {"NextToken": ["a"]}),
        (BY_TOKEN, {"NextToken": {"a": "b"}}),
    ],
)
def test_a_next_page_that_nobody_can_ask_for_is_an_error_and_not_the_end(
    config: dict[str, str], page: dict[str, Any]
) -> None:
    read_so_far: Iterator[Any] = pages(answering(page)[0], config, {})
    assert next(read_so_far) == page
    with pytest.raises(BrokenPagingError, match="more pages follow"):
        next(read_so_far)
