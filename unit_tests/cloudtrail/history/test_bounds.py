"""The bounds of windows: AWS includes both of its bounds, our windows only the first, and no event is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.stub import Stubber
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_calls.call_identity import CallIdentity
from aws_calls.calls import Caller
from aws_calls.errors import Where
from aws_calls.request_path import RequestPath
from aws_calls.timestamps import utc
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.cloudtrail.feed import ALL
from source_aws_iam.cloudtrail.history.read_range import CLOSEST, RETENTION, ReadRange, earliest_start
from source_aws_iam.cloudtrail.history.reading import lookup
from source_aws_iam.cloudtrail.history.selection import Query
from source_aws_iam.cloudtrail.history.windows import SECOND, Window
from source_aws_iam.cloudtrail.state import Span
from unit_tests.cloudtrail.history.event_history import HOME, NOON, EventHistory, Happened, sync

HOUR = timedelta(hours=1)
START = NOON - 3 * HOUR
LOOKBACK = timedelta(0)


def asked_for(window: Window, now: datetime = NOON) -> dict[str, Any]:
    """The bounds that LookupEvents is asked for, as botocore takes them."""
    client = boto3.client("cloudtrail", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="b")
    RequestPath(1).attach(client)
    seen: list[dict[str, Any]] = []
    client.meta.events.register("provide-client-params.*.*", lambda params, **_: seen.append(params))
    with Stubber(client) as aws:
        aws.add_response("lookup_events", {"Events": []})
        where = Where(HOME.account_id, "us-east-1")
        caller = Caller(client, where, CallIdentity(Credentials("A" * 16, "b")), OPERATIONS)
        assert list(lookup(caller, window, Query(ALL), now))
    return seen[0]


def test_a_window_is_asked_for_from_its_first_second_to_its_last() -> None:
    """Were it to its end, the next window would have the events of that second too."""
    asked = asked_for(Window(HOME, START, NOON))
    assert (asked["StartTime"], asked["EndTime"]) == (START, NOON - SECOND)


def test_two_windows_that_meet_ask_for_no_second_twice_and_leave_none_out() -> None:
    edges = [START, START + SECOND, START + HOUR, NOON]
    asked = [asked_for(Window(HOME, start, end)) for start, end in pairwise(edges)]
    for older, newer in pairwise(asked):
        assert newer["StartTime"] - older["EndTime"] == SECOND


def test_events_on_the_bounds_of_a_sync_belong_to_one_sync_each() -> None:
    times = {"before": START - SECOND, "first": START, "last": NOON - SECOND, "next": NOON, "next too": NOON}
    history = EventHistory([Happened(name, time) for name, time in times.items()])
    first = sync({HOME: history}, ReadRange(NOON, START, LOOKBACK), {})
    assert sorted(first.event_ids) == ["first", "last"]
    done = {HOME: Span(START, NOON)}
    second = sync({HOME: history}, ReadRange(NOON + SECOND, START, LOOKBACK), done)
    assert sorted(second.event_ids) == ["next", "next too"]


@given(
    crowds=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 180)), min_size=1, max_size=12),
    crash=st.none() | st.integers(0, 900),
)
@settings(deadline=None, max_examples=60)
def test_seconds_with_more_events_than_a_page_come_whole_wherever_they_lie(
    crowds: list[tuple[int, int]], crash: int | None
) -> None:
    """Pages of 50 as AWS's; neighbouring seconds, so that bounds of windows and of the sync fall into crowds."""
    history = EventHistory(
        [
            Happened(f"{crowd}-{number}", NOON - (1 + ago) * SECOND)
            for crowd, (ago, size) in enumerate(crowds)
            for number in range(size)
        ]
    )
    read_range = ReadRange(NOON, NOON - 20 * SECOND, LOOKBACK)
    broken = sync({HOME: history}, read_range, {}, crash_after_events=crash)
    whole = sync({HOME: history}, read_range, broken.spans)
    assert len(whole.event_ids) == len(set(whole.event_ids))
    wanted = {event.event_id for event in history.events if event.time >= NOON - 20 * SECOND}
    assert set(whole.event_ids) | set(broken.event_ids) == wanted


def test_windows_that_are_cut_within_crowds_share_no_event() -> None:
    """Two pages a second for three minutes: every cut lies between two crowded seconds."""
    events = [Happened(f"{second}-{n}", NOON - (1 + second) * SECOND) for second in range(180) for n in range(90)]
    history = EventHistory(events)
    result = sync({HOME: history}, ReadRange(NOON, NOON - 180 * SECOND, LOOKBACK), {})
    assert len(result.event_ids) == len(events)
    assert set(result.event_ids) == {event.event_id for event in events}
    assert history.requests > len(events) / 50, "nothing was cut"


def test_what_aws_has_forgotten_while_a_window_waited_is_not_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    """AWS refuses a start beyond its 90 days, and with it the rest of the window."""
    window = Window(HOME, START, NOON)
    now = START + RETENTION + HOUR
    assert asked_for(window, now)["StartTime"] == earliest_start(now) == START + HOUR + CLOSEST
    [warning] = caplog.messages
    assert f"between {utc(START)} and {utc(START + HOUR + CLOSEST)} cannot be read any more" in warning


def test_a_window_that_aws_has_forgotten_altogether_is_named_and_not_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caller = cast(Caller, None)  # is not called
    assert list(lookup(caller, Window(HOME, START, NOON), Query(ALL), NOON + RETENTION)) == []
    [warning] = caplog.messages
    assert f"between {utc(START)} and {utc(NOON)} cannot" in warning
