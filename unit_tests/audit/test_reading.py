"""Reading one window: each event once, and a cut only where nothing can fall between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from source_aws_iam.audit.reading import read_window
from source_aws_iam.audit.windows import PAGES_BEFORE_SPLITTING, SECOND, Window
from source_aws_iam.aws.errors import LOST_PLACE, AwsError, Outcome, Target
from unit_tests.audit.event_history import HOME, NOON

WINDOW = Window(HOME, NOON - timedelta(days=90), NOON)


def event(name: str, seconds_ago: int) -> dict[str, Any]:
    return {"EventId": name, "EventTime": NOON - timedelta(seconds=seconds_ago)}


def read(
    pages: list[list[dict[str, Any]]], window: Window = WINDOW, *, then: AwsError | None = None
) -> tuple[list[str], list[tuple[datetime, list[Window]]]]:
    """Read `pages`, each but the last with a token; return the ids and what was given back. `then` follows them."""
    given_back: list[tuple[datetime, list[Window]]] = []

    def answers() -> Iterator[dict[str, Any]]:
        for number, page in enumerate(pages, start=1):
            yield {"Events": page, "NextToken": "more"} if then or number < len(pages) else {"Events": page}
        if then:
            raise then

    events = list(read_window(answers(), window, lambda second, pieces: given_back.append((second, pieces))))
    return [event["EventId"] for event in events], given_back


def failure(code: str) -> AwsError:
    return AwsError(Outcome.LATER, "…", code=code, target=Target("cloudtrail:LookupEvents", "", "us-east-1"))


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


def test_a_rest_is_given_back_after_one_page_when_readers_are_idle() -> None:
    given_back: list[list[Window]] = []
    pages: list[dict[str, Any]] = [{"Events": [event("a", 1), event("b", 2)], "NextToken": "more"}, {"Events": []}]
    events = list(read_window(pages, WINDOW, lambda _, pieces: given_back.append(pieces), lambda: 3))
    assert [event["EventId"] for event in events] == ["a"]
    assert [len(pieces) for pieces in given_back] == [4]


def test_a_window_whose_newest_second_fills_the_pages_is_read_on() -> None:
    pages = [[event(f"{page}-{number}", 1) for number in range(3)] for page in range(PAGES_BEFORE_SPLITTING + 2)]
    names, given_back = read(pages)
    assert (len(names), given_back) == (3 * len(pages), [])


def test_a_listing_that_is_not_newest_first_is_never_cut() -> None:
    ages = [9, 2, 4, 1, 3, 8, 7]
    names, given_back = read([[event(str(age), age)] for age in ages])
    assert (sorted(names), given_back) == (sorted(map(str, ages)), [])


def test_a_forgotten_token_gives_the_rest_back_from_the_second_that_is_not_certain() -> None:
    pages = [[event("a", 1), event("b", 2)], [event("c", 2)]]
    names, [(second, pieces)] = read(pages, then=failure(LOST_PLACE))
    assert names == ["a"]
    assert second == NOON - timedelta(seconds=2)
    assert pieces == [Window(HOME, WINDOW.start, NOON - SECOND)]


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ([], LOST_PLACE),
        ([[]], LOST_PLACE),
        ([[event("a", 1)], [event("b", 1)]], LOST_PLACE),
        ([[event("a", 2)], [event("b", 1)]], LOST_PLACE),
        ([[event("a", 1)], [event("b", 5)]], "AccessDeniedException"),
    ],
    ids=["no page", "an empty page", "the newest second only", "not newest first", "another error"],
)
def test_what_cannot_be_taken_up_again_is_an_error_and_not_the_end(pages: list[list[Any]], code: str) -> None:
    with pytest.raises(AwsError):
        read(pages, then=failure(code))
