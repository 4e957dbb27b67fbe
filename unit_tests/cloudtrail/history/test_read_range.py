"""From saved state to the next window, at the limits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from source_aws_iam.cloudtrail.history.read_range import EDGE, RETENTION, SETTLING, ReadRange
from source_aws_iam.cloudtrail.state import Span
from unit_tests.cloudtrail.history.event_history import HOME, NOON

DAY = timedelta(days=1)
LOOKBACK = timedelta(minutes=60)
OLDEST = NOON - RETENTION + EDGE


def read_range(start_date: datetime | None = None, now: datetime = NOON) -> ReadRange:
    return ReadRange(now, start_date, LOOKBACK)


def test_without_state_or_start_date_reading_begins_where_aws_forgets() -> None:
    window, continued = read_range().window(HOME, None)
    assert (window.start, window.end, continued) == (OLDEST, NOON, Span(OLDEST, OLDEST))


def test_a_start_date_beyond_the_retention_is_the_retention() -> None:
    assert read_range(NOON - 200 * DAY).window(HOME, None)[0].start == OLDEST


def test_the_next_sync_starts_a_lookback_before_what_is_complete() -> None:
    done = Span(NOON - 9 * DAY, NOON - DAY)
    window, continued = read_range(NOON - 9 * DAY).window(HOME, done)
    assert (window.start, continued) == (NOON - DAY - LOOKBACK, done)


def test_the_lookback_does_not_reach_before_the_start_date() -> None:
    start = NOON - DAY - timedelta(minutes=10)
    assert read_range(start).window(HOME, Span(start, NOON - DAY))[0].start == start


def test_an_earlier_start_date_reads_everything_again_from_there() -> None:
    window, continued = read_range(NOON - 9 * DAY).window(HOME, Span(NOON - 3 * DAY, NOON - DAY))
    assert (window.start, continued) == (NOON - 9 * DAY, Span(NOON - 9 * DAY, NOON - 9 * DAY))


def test_a_start_date_after_what_is_complete_does_not_claim_what_lies_between() -> None:
    continued = read_range(NOON - DAY).window(HOME, Span(NOON - 9 * DAY, NOON - 3 * DAY))[1]
    assert continued == Span(NOON - DAY, NOON - DAY)


@pytest.mark.parametrize(
    ("through", "lost"),
    [
        (OLDEST - DAY, Span(OLDEST - DAY, OLDEST)),
        (OLDEST, None),
        (NOON - DAY, None),
    ],
)
def test_what_aws_has_forgotten_since_the_last_sync_is_named(through: datetime, lost: Span | None) -> None:
    assert read_range().lost(Span(OLDEST - 30 * DAY, through)) == lost


def test_what_a_later_start_date_leaves_out_is_not_lost() -> None:
    assert read_range(NOON - DAY).lost(Span(OLDEST - 9 * DAY, OLDEST - DAY)) is None


def test_a_start_date_in_the_future_reads_nothing() -> None:
    window, _ = read_range(NOON + DAY).window(HOME, None)
    assert window.start == window.end


def test_no_promise_is_made_for_events_that_may_still_be_on_their_way() -> None:
    continued = Span(NOON - DAY, NOON - DAY)
    assert read_range().completed(continued, NOON).through == NOON - SETTLING
    assert read_range().completed(continued, NOON - LOOKBACK).through == NOON - LOOKBACK


def test_a_promise_is_never_taken_back() -> None:
    done = Span(NOON - DAY, NOON - timedelta(minutes=1))
    assert read_range().completed(done, NOON - LOOKBACK) == done


def test_times_are_whole_seconds() -> None:
    window, _ = read_range(now=NOON + timedelta(microseconds=7)).window(HOME, None)
    assert (window.start.microsecond, window.end) == (0, NOON)
