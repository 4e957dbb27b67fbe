"""Reading one window: each event once, and a cut only where nothing can fall between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from source_aws_iam.audit.reading import read_window
from source_aws_iam.audit.windows import PAGES_BEFORE_SPLITTING, SECOND, Window
from unit_tests.audit.event_history import HOME, NOON

WINDOW = Window(HOME, NOON - timedelta(days=90), NOON)


def event(name: str, seconds_ago: int) -> dict[str, Any]:
    return {"EventId": name, "EventTime": NOON - timedelta(seconds=seconds_ago)}


def read(pages: list[list[dict[str, Any]]]) -> tuple[list[str], list[tuple[datetime, list[Window]]]]:
    """Read `pages`, each but the last with a token; return the ids and what was given back."""
    given_back: list[tuple[datetime, list[Window]]] = []
    answers = [{"Events": page, "NextToken": "more"} for page in pages[:-1]] + [{"Events": pages[-1]}]
    events = list(read_window(answers, WINDOW, lambda second, pieces: given_back.append((second, pieces))))
    return [event["EventId"] for event in events], given_back


def test_an_event_listed_on_two_pages_is_yielded_once() -> None:
    assert read([[event("a", 1), event("b", 2)], [event("b", 2), event("c", 3)]])[0] == ["a", "b", "c"]


def test_empty_pages_with_a_token_are_not_the_end() -> None:
    assert read([[], [event("a", 1)], [], [event("b", 2)]])[0] == ["a", "b"]


def test_a_cut_gives_back_the_whole_oldest_second_and_reads_no_further() -> None:
    pages = [[event(f"{page}-{number}", page + 1) for number in range(3)] for page in range(PAGES_BEFORE_SPLITTING)]
    never_read = [event("rest", 5000)]
    names, [(second, pieces)] = read([*pages, never_read])
    assert second == NOON - timedelta(seconds=PAGES_BEFORE_SPLITTING)
    assert names == [f"{page}-{number}" for page in range(PAGES_BEFORE_SPLITTING - 1) for number in range(3)]
    assert (pieces[0].start, pieces[-1].end) == (WINDOW.start, second + SECOND)


def test_a_window_whose_newest_second_fills_the_pages_is_read_on() -> None:
    pages = [[event(f"{page}-{number}", 1) for number in range(3)] for page in range(PAGES_BEFORE_SPLITTING + 2)]
    names, given_back = read(pages)
    assert (len(names), given_back) == (3 * len(pages), [])


def test_a_listing_that_is_not_newest_first_is_never_cut() -> None:
    ages = [9, 2, 4, 1, 3, 8, 7]
    names, given_back = read([[event(str(age), age)] for age in ages])
    assert (sorted(names), given_back) == (sorted(map(str, ages)), [])
