"""The progress of a long sync in the log."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.progress import MOST_LINES, SECONDS_BETWEEN_REPORTS, Progress
from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
from source_aws_iam.cloudtrail.history.windows import SECOND, Window
from unit_tests.cloudtrail.history.event_history import HOME, NOON

DAY = timedelta(days=1)


def plan_of(*feeds: Feed) -> WindowScheduler:
    return WindowScheduler({feed: Window(feed, NOON - 10 * DAY, NOON) for feed in feeds}, at_once=99)


def test_once_a_minute_it_says_how_far_a_region_is_and_how_long_it_will_take(caplog: pytest.LogCaptureFixture) -> None:
    time = [0.0]
    scheduler = plan_of(HOME)
    progress = Progress(scheduler, clock=lambda: time[0])
    rest = Window(HOME, NOON - 10 * DAY, NOON - 8 * DAY)
    scheduler.seal(scheduler.give_back(next(iter(scheduler)), rest.end - SECOND, [rest]))
    with caplog.at_level(logging.INFO, "airbyte.source_aws_iam"):
        progress.begin(HOME)
        progress.page(HOME, 5_900)
        assert caplog.messages == []
        time[0] += SECONDS_BETWEEN_REPORTS
        progress.page(HOME, 100)
        progress.page(HOME, 100)
    assert caplog.text.count("\n") == 1
    assert caplog.messages[0] == (
        "audit_events: account 123456789012, Region us-east-1 is complete through 2026-05-22T12:00:00Z; "
        "6,000 events, 100 per second; less than a minute left."
    )
    assert "about 20 minutes left" in progress.lines(80 * 60)[0]


def test_before_anything_is_complete_it_makes_no_promise() -> None:
    progress = Progress(plan_of(HOME), clock=lambda: 0.0)
    assert progress.lines(60)[0].endswith("too early to say how long it will take.")


def test_what_is_done_or_has_failed_is_not_reported() -> None:
    failed = Feed(HOME.account_id, "eu-west-1")
    scheduler = plan_of(HOME, failed)
    turns = iter(scheduler)
    scheduler.seal(next(turns))
    scheduler.fail(next(turns))
    assert Progress(scheduler).lines(60) == []


def test_a_thousand_regions_do_not_fill_the_log() -> None:
    feeds = [Feed(f"{number:012}", "us-east-1") for number in range(1_000)]
    lines = Progress(plan_of(*feeds)).lines(60)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "audit_events: 990 more Regions have less left than these."


def test_an_account_that_comes_later_is_measured_from_then_on() -> None:
    time = [0.0]
    later = Feed("222222222222", "us-east-1")
    scheduler = plan_of(later)
    progress = Progress(scheduler, clock=lambda: time[0])
    time[0] = 3 * 60 * 60
    progress.begin(later)
    rest = Window(later, NOON - 10 * DAY, NOON - 5 * DAY)
    scheduler.give_back(next(iter(scheduler)), rest.end - SECOND, [rest])
    progress.page(later, 6_000)
    progress.begin(later)
    assert progress.lines(time[0] + 600)[0].endswith(
        "6,000 events, 10 per second; too early to say how long it will take."
    )
    scheduler.seal(Window(later, NOON - 5 * DAY, NOON))
    assert progress.lines(time[0] + 600)[0].endswith("6,000 events, 10 per second; about 10 minutes left.")


def test_queries_of_the_same_region_are_told_apart() -> None:
    line = Progress(plan_of(HOME._replace(query="EventSource=iam.amazonaws.com"))).lines(60)[0]
    assert "Region us-east-1 (EventSource=iam.amazonaws.com) is complete through" in line
