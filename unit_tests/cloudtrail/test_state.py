"""The state: small, readable, and an error where another connector wrote it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.read_times import ReadTimes, Step
from source_aws_iam.cloudtrail.selection import IDENTITY_SOURCES
from source_aws_iam.cloudtrail.state import (
    AuditState,
    ClockBehindError,
    ForeignStateError,
    Span,
    TrailFeed,
    read_state,
    write_state,
)
from unit_tests.cloudtrail.history.event_history import NOON

moments = st.integers(0, 10**8).map(lambda seconds: NOON - timedelta(seconds=seconds))
feeds = st.builds(
    Feed,
    st.integers(0, 10**12 - 1).map("{:012}".format),
    st.sampled_from(["us-east-1", "eu-west-1", "cn-north-1"]),
    st.sampled_from(["all", "insights", "EventSource=iam.amazonaws.com", 'Username=["a", "b"]']),
)


spans = st.tuples(moments, moments).map(lambda feed: Span(*sorted(feed)))


@given(st.dictionaries(feeds, spans))
def test_what_was_written_is_read_back(spans: dict[Feed, Span]) -> None:
    assert read_state(write_state(AuditState(spans)), NOON) == AuditState(spans)


def test_no_state_is_an_empty_state() -> None:
    assert read_state({}, NOON) == AuditState()


USABLE = "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z"


def _state(interval: str = USABLE, regions: Any = ["us-east-1"]) -> dict[str, Any]:  # noqa: B006 - a tuple is no JSON
    return {"version": 1, "complete": {"all": {interval: {"123456789012": regions}}}}


@pytest.mark.parametrize(
    "state",
    [
        {"EventTime": 1750000000},
        {"version": 3, "complete": {}},
        {"version": 1},
        {"version": 1, "complete": []},
        {"version": 1, "complete": {"all": []}},
        {"version": 1, "complete": {"all": {"2026-01-01T00:00:00Z/2026-02-01T00:00:00Z": {"12": []}}}},
        _state("2026-02-01T00:00:00Z"),
        _state("2026-01-01/2026-02-01"),
        _state("2026-01-01T00:00:00Z/2026-02-31T00:00:00Z"),
        _state("2026-01-01T00:00:00Z/2026-02-01T00:00:00Z/2026-03-01T00:00:00Z"),
        _state("2026-01-01T00:00:00Z/2999-12-31T23:59:59Z"),
        _state("0001-01-01T00:00:00Z/0001-01-01T00:00:00Z"),
        _state("0001-01-01T00:00:00Z/2026-02-01T00:00:00Z"),
        _state("2026-02-01T00:00:01Z/2026-02-01T00:00:00Z"),
        _state(regions="us-east-1"),
        _state(regions=[None]),
        {"version": 1, "complete": {"[1]": {}}},
        {"version": 1, "complete": {"[cut": _state()["complete"]["all"]}},
        {"version": 1, "complete": {"[" * 100_000: _state()["complete"]["all"]}},
        {"version": 1, "complete": {"[1]": _state()["complete"]["all"]}},
        {"version": 1, "accounts": []},
        {"version": 1, "accounts": {"123456789012": []}},
        {"version": 1, "accounts": {"123456789012": {"us-east-1": "2026-01-01T00:00:00Z"}}},
        {"version": 1, "accounts": {"123456789012": {"us-east-1": {"since": "2026-01-01T00:00:00Z"}}}},
        {"version": 1, "accounts": {"123456789012": {"us-east-1": {"since": "yesterday", "through": "today"}}}},
        {"version": 1, "accounts": {}, "more": 1},
    ],
)
def test_a_state_of_another_shape_is_refused(state: dict[str, Any]) -> None:
    assert read_state(_state(), NOON)
    with pytest.raises(ForeignStateError):
        read_state(state, NOON)


def test_a_state_that_ends_in_the_future_is_one_of_a_clock_that_differs() -> None:
    hour = timedelta(hours=1)
    feed = Feed("123456789012", "us-east-1", "all")
    spans = {feed: Span(NOON - hour, NOON), feed._replace(region="eu-west-1"): Span(NOON - hour, NOON - hour)}
    state = write_state(AuditState(spans))
    assert read_state(state, NOON).history[feed].through == NOON
    for now in (NOON - timedelta(seconds=1), NOON - timedelta(minutes=20), datetime(1970, 1, 1, tzinfo=timezone.utc)):
        with pytest.raises(ClockBehindError) as behind:
            read_state(state, now)
        assert behind.value.through == NOON


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
intervals = st.sampled_from(["2026-01-01T00:00:00Z/2026-02-01T00:00:00Z", "0000-00-00T00:00:00Z/9999-99-99T99:99:99Z"])
keys = st.text() | intervals | st.sampled_from(["all", '["all", "insights"]', "[1]", "123456789012"])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "version": st.sampled_from([1, 2]) | json_values,
            "complete": st.dictionaries(
                keys, st.dictionaries(keys, st.dictionaries(keys, json_values, max_size=2) | json_values, max_size=2)
            )
            | json_values,
            "accounts": st.dictionaries(keys, json_values, max_size=2) | json_values,
        },
    )
)
def test_any_state_at_all_is_read_or_refused(state: dict[str, Any]) -> None:
    try:
        read_state(state, NOON)
    except (ForeignStateError, ClockBehindError) as refused:
        assert str(refused)  # noqa: PT017 - either is right


def test_the_first_state_that_there_was_is_understood() -> None:
    home = {"us-east-1": {"since": "2026-01-01T00:00:00Z", "through": "2026-02-01T00:00:00Z"}}
    places = {"eu-west-1": {"since": "2026-01-01T00:00:00Z", "through": "2026-03-01T00:00:00Z"}, **home}
    old = {"version": 1, "accounts": {"123456789012": places, "210987654321": home}}
    begin, february, march = (datetime(2026, month, 1, tzinfo=timezone.utc) for month in (1, 2, 3))
    assert read_state(old, NOON).history == {
        Feed("123456789012", "eu-west-1"): Span(begin, march),
        Feed("123456789012", "us-east-1"): Span(begin, february),
        Feed("210987654321", "us-east-1"): Span(begin, february),
    }


def test_queries_that_are_equally_far_share_their_place_in_the_state() -> None:
    done = Span(NOON - timedelta(days=1), NOON)
    behind = Span(NOON - timedelta(days=1), NOON - timedelta(hours=1))
    feeds = [Feed("123456789012", "us-east-1", query) for query in ("a=1", "b=2", "c=3")]
    assert write_state(AuditState(dict(zip(feeds, (done, behind, done), strict=True)))) == {
        "version": 1,
        "complete": {
            '["a=1", "c=3"]': {"2026-05-31T12:00:00Z/2026-06-01T12:00:00Z": {"123456789012": ["us-east-1"]}},
            "b=2": {"2026-05-31T12:00:00Z/2026-06-01T11:00:00Z": {"123456789012": ["us-east-1"]}},
        },
    }


@pytest.mark.parametrize(
    "queries", [["all"], [f"EventSource={source} without read-only" for source in IDENTITY_SOURCES]]
)
def test_a_large_organization_has_a_small_state(queries: list[str]) -> None:
    places = [(f"{account:012}", f"ap-southeast-{region}") for account in range(50) for region in range(30)]
    feeds = [Feed(*place, query) for place in places for query in queries]
    under_way = {feed: Span(NOON, NOON + timedelta(seconds=number)) for number, feed in enumerate(feeds[700:800])}
    assert len(json.dumps(write_state(AuditState(dict.fromkeys(feeds, Span(NOON, NOON)) | under_way)))) < 60_000


def test_a_state_in_which_all_regions_of_a_large_organization_differ_is_not_large_either() -> None:
    feeds = [Feed(f"{account:012}", f"ap-southeast-{region}") for account in range(50) for region in range(30)]
    together = {feed: Span(NOON, NOON) for feed in feeds}
    apart = {feed: Span(NOON, NOON + timedelta(seconds=number)) for number, feed in enumerate(feeds)}
    assert len(json.dumps(write_state(AuditState(together)))) < 40_000
    assert len(json.dumps(write_state(AuditState(apart)))) < 200_000


BEGIN = NOON - timedelta(days=900)
DONE = ReadTimes.nothing(BEGIN).read(BEGIN, None, NOON)
trail_feeds = st.builds(TrailFeed, st.sampled_from(["logs/", "logs/audit/"]), feeds)
read_times = st.lists(
    st.tuples(moments, st.none() | moments), min_size=1, max_size=3, unique_by=lambda step: step[0]
).map(lambda steps: ReadTimes(tuple(Step(*step) for step in sorted(steps, key=lambda step: step[0]))))


@given(st.dictionaries(trail_feeds, read_times))
def test_what_was_written_of_trails_is_read_back(trails: dict[TrailFeed, ReadTimes]) -> None:
    assert read_state(write_state(AuditState({}, trails)), NOON) == AuditState({}, trails)


def _of_organization() -> dict[TrailFeed, ReadTimes]:
    """1,000 accounts with 17 Regions each."""
    places = [(f"{account:012}", f"ap-southeast-{region}") for account in range(1000) for region in range(17)]
    return {TrailFeed("acme-cloudtrail-logs/", Feed(*place, "all")): DONE for place in places}


def test_a_thousand_accounts_of_a_trail_that_are_equally_far_have_a_small_state() -> None:
    assert len(json.dumps(write_state(AuditState({}, _of_organization())))) < 20_000


def test_a_thousand_accounts_of_a_trail_have_a_small_state_in_the_middle_of_a_sync() -> None:
    """Half of them are read. Of these, each read at the same time has another place up to which it is read."""
    trails = _of_organization()
    read, being_read = [*trails][:8500], [*trails][8500:8600]
    later = NOON + timedelta(hours=1)
    trails |= {feed: trails[feed].read(BEGIN, None, later) for feed in read}
    trails |= {
        feed: trails[feed].read(BEGIN, NOON - timedelta(minutes=number), later)
        for number, feed in enumerate(being_read)
    }
    assert len(json.dumps(write_state(AuditState({}, trails)))) < 50_000
    assert read_state(write_state(AuditState({}, trails)), later).trail == trails
