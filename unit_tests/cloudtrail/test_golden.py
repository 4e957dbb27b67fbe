"""Rows stay as they are, byte for byte, unless a change means to change them."""

from __future__ import annotations

import pytest

from unit_tests.cloudtrail.golden import LINES, lines_of, pages, readable

EXPECTED = iter(LINES.read_text(encoding="utf-8").split("\n")[:-1])
CASES = [(page, [next(EXPECTED) for _ in lines_of(page)]) for page in pages()]


@pytest.mark.parametrize(("page", "expected"), CASES, ids=range(len(CASES)))
def test_a_page_becomes_the_lines_that_it_became_before(page: bytes, expected: list[str]) -> None:
    found = [*lines_of(page)]
    assert [*map(readable, found)] == [*map(readable, expected)]
    assert found == expected


def test_there_are_no_lines_of_other_pages() -> None:
    assert next(EXPECTED, None) is None
