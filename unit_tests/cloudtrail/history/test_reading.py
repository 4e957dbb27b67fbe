"""Reading one window: each event once, and a cut only where no event can be lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_calls.errors import EXPIRED_PAGE, AwsError, Outcome, Target
from aws_calls.timestamps import utc
from source_aws_iam.cloudtrail.history.windows import PAGES_BEFORE_SPLITTING, SECOND, Window
from unit_tests.cloudtrail.history.event_history import HOME, NOON
from unit_tests.cloudtrail.history.listing import events_of

WINDOW = Window(HOME, NOON - timedelta(days=90), NOON)


def event(name: str, seconds_ago: int) -> dict[str, Any]:
    return {"EventId": name, "EventTime": (NOON - timedelta(seconds=seconds_ago)).timestamp()}


def recorded(name: str, seconds_ago: int, time: Any = None) -> dict[str, Any]:
    """Return an event whose record has its true time, and whose listing has `time`."""
    record = {"eventTime": utc(NOON - timedelta(seconds=seconds_ago))}
    return {"EventId": name, "EventTime": time, "CloudTrailEvent": json.dumps(record)}


def timeless(name: str) -> dict[str, Any]:
    return {"EventId": name}


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

    events = list(events_of(answers(), window, lambda second, pieces: given_back.append((second, pieces))))
    return [event.id for event in events], given_back


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
    events = list(events_of(pages, WINDOW, lambda _, pieces: given_back.append(pieces), lambda: 3))
    assert [event.id for event in events] == ["a"]
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
    names, [(second, pieces)] = read(pages, then=failure(EXPIRED_PAGE))
    assert names == ["a"]
    assert second == NOON - timedelta(seconds=2)
    assert pieces == [Window(HOME, WINDOW.start, NOON - SECOND)]


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ([], EXPIRED_PAGE),
        ([[]], EXPIRED_PAGE),
        ([[event("a", 1)], [event("b", 1)]], EXPIRED_PAGE),
        ([[event("a", 2)], [event("b", 1)]], EXPIRED_PAGE),
        ([[event("a", 1)], [event("b", 5)]], "AccessDeniedException"),
    ],
    ids=["no page", "an empty page", "the newest second only", "not newest first", "another error"],
)
def test_what_cannot_be_taken_up_again_is_an_error_and_not_the_end(pages: list[list[Any]], code: str) -> None:
    with pytest.raises(AwsError):
        read(pages, then=failure(code))


# Times that lie outside of the window, that say nothing, or that contradict the record.
FAR = ["1970", 0, 1, -1, 4_102_444_800, 1e300, float("nan"), NOON.timestamp(), [1], {}, True, "yesterday"]


def times(pages: list[list[dict[str, Any]]]) -> dict[str, float]:
    """Return what time each event gets, as seconds before noon."""
    found = events_of([{"Events": page} for page in pages], WINDOW, lambda *_: None)
    return {event.id: (NOON - event.time).total_seconds() for event in found}


@pytest.mark.parametrize("time", FAR, ids=map(str, FAR))
def test_a_time_that_cannot_be_gives_way_to_that_of_the_record(time: Any) -> None:
    assert times([[event("a", 10), recorded("b", 20, time), event("c", 30)]]) == {"a": 10, "b": 20, "c": 30}


def test_a_time_in_milliseconds_is_read() -> None:
    milliseconds = {"EventId": "b", "EventTime": (NOON.timestamp() - 20) * 1000}
    assert times([[event("a", 10), milliseconds]]) == {"a": 10, "b": 20}


def test_without_any_time_an_event_has_that_of_the_one_before_it() -> None:
    assert times([[timeless("a"), event("b", 10), timeless("c")], [timeless("d"), event("e", 20)]]) == {
        "a": 1,
        "b": 10,
        "c": 10,
        "d": 10,
        "e": 20,
    }


@pytest.mark.parametrize(
    "odd",
    [
        timeless("odd"),
        {"EventId": "odd", "EventTime": 1},
        {"EventId": "odd", "EventTime": (WINDOW.start - SECOND).timestamp()},
        {"EventId": "odd", "EventTime": NOON.timestamp()},
        recorded("odd", 3, 1),
        recorded("odd", 3, NOON.timestamp() - 80 * 86_400),
    ],
    ids=["none", "1970", "before", "after", "before, and another in the record", "another in the record"],
)
def test_a_time_that_is_not_certain_is_never_where_a_window_is_cut(odd: dict[str, Any]) -> None:
    pages = [[event(f"{page}-{number}", page + 1) for number in range(3)] for page in range(PAGES_BEFORE_SPLITTING)]
    pages[-1].append(odd)
    names, [(second, pieces)] = read([*pages, [event("rest", 5000)]])
    # As without it: it is listed again with the oldest second, to which it may belong.
    assert second == NOON - timedelta(seconds=PAGES_BEFORE_SPLITTING)
    assert pieces[-1].end == second + SECOND
    assert "odd" not in names


def test_a_window_is_not_cut_between_an_event_without_a_time_and_the_one_after_it() -> None:
    pages = [[event(f"{page}-{number}", page + 1) for number in range(3)] for page in range(PAGES_BEFORE_SPLITTING)]
    pages[-1].insert(0, timeless("odd"))
    names, given_back = read([*pages, [event("next", 5000)], [event("rest", 5001)]])
    assert "odd" in names
    [(second, _)] = given_back
    assert second == NOON - timedelta(seconds=5000), "where it lies was certain only with the next page"


def test_a_token_forgotten_beside_an_event_without_a_time_is_an_error_and_not_a_cut() -> None:
    with pytest.raises(AwsError):
        read([[event("a", 1), timeless("odd")], [event("b", 2)]], then=failure(EXPIRED_PAGE))


@st.composite
def listings(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """Pages of events, newest first, of which any may state no time or a wrong one."""
    ages = sorted(draw(st.lists(st.integers(1, 40), min_size=1, max_size=30)))
    shapes = st.sampled_from(["right"] * 3 + ["none", "far", "recorded", "contradicted"])
    events = []
    for number, age in enumerate(ages):
        shape = draw(shapes)
        name = f"{number} {age}"
        wrong = draw(st.sampled_from(FAR) | st.integers(1, 40).map(lambda ago: NOON.timestamp() - ago))
        events.append(
            {
                "right": event(name, age),
                "none": timeless(name),
                "far": {"EventId": name, "EventTime": draw(st.sampled_from(FAR))},
                "recorded": recorded(name, age),
                "contradicted": recorded(name, age, wrong),
            }[shape]
        )
    size = draw(st.integers(1, 4))
    return [events[start : start + size] for start in range(0, len(events), size)]


@given(pages=listings(), idle=st.integers(0, 3))
def test_whatever_times_events_state_each_is_read_or_given_back_and_never_both(
    pages: list[list[dict[str, Any]]], idle: int
) -> None:
    window = Window(HOME, NOON - timedelta(seconds=60), NOON)
    given_back: list[datetime] = []
    answers = ({"Events": page, "NextToken": "more"} for page in pages)
    found = events_of(answers, window, lambda second, _: given_back.append(second), lambda: idle)
    names = [event.id for event in found]
    ages = {event["EventId"]: int(event["EventId"].split()[1]) for page in pages for event in page}
    cut = max(((NOON - second).total_seconds() for second in given_back), default=float("inf"))
    assert sorted(names) == sorted(name for name, age in ages.items() if age < cut)
