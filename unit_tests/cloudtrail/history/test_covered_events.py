"""What the coverage says of the events of each Region, whatever became of its windows."""

from __future__ import annotations

from typing import Any

from source_aws_iam.cloudtrail.feed import INSIGHTS, Feed
from source_aws_iam.cloudtrail.history.selection import Query
from source_aws_iam.cloudtrail.state import Span
from source_aws_iam.sync.account_region import WHOLE
from unit_tests.cloudtrail.history.event_history import NOON
from unit_tests.cloudtrail.history.test_feeds import (
    DAY,
    FIRST,
    SECOND,
    SETTLED,
    START,
    WRITES,
    Sync,
    account,
    refusal,
)


def covered(sync: Sync, account_id: str = FIRST) -> dict[str, tuple[str, Any, Any]]:
    """{Region: (status, since, through)} of an account in the coverage."""
    found = sync.context.coverage.of("audit_events", account_id)
    return {region: (place.status.value, place.since, place.through) for region, place in found.items()}


def test_the_coverage_has_the_span_of_every_region_that_was_read() -> None:
    sync = Sync(account(FIRST, regions=["us-east-1", "eu-west-1"]), account(SECOND))
    sync.windows()
    assert covered(sync) == dict.fromkeys(["eu-west-1", "us-east-1"], ("complete", START, SETTLED))
    assert covered(sync, SECOND) == {"us-east-1": ("complete", START, SETTLED)}


def test_the_span_of_several_queries_is_what_all_of_them_have_delivered() -> None:
    known = {
        Feed(FIRST, "us-east-1", WRITES.name): Span(START, NOON - DAY),
        Feed(FIRST, "us-east-1", INSIGHTS): Span(START, NOON - 2 * DAY),
    }
    queries = [WRITES, Query(INSIGHTS, insights=True)]
    sync = Sync(account(FIRST), known=known, queries=queries)
    sync.windows(denied=list(known))
    assert covered(sync) == {"us-east-1": ("denied", START, NOON - 2 * DAY)}
    one_query = Sync(account(FIRST), known=known, queries=queries)
    one_query.windows(denied=[Feed(FIRST, "us-east-1", INSIGHTS)])
    assert covered(one_query) == {"us-east-1": ("denied", START, NOON - 2 * DAY)}


def test_a_region_of_which_nothing_was_ever_delivered_has_no_span() -> None:
    sync = Sync(account(FIRST, regions=["us-east-1", "eu-west-1"]))
    sync.windows(denied=[Feed(FIRST, "eu-west-1")])
    assert covered(sync) == {"eu-west-1": ("denied", None, None), "us-east-1": ("complete", START, SETTLED)}


def test_a_region_of_which_nothing_has_to_be_read_is_complete() -> None:
    sync = Sync(account(FIRST), start=-DAY)
    assert sync.windows() == {}
    assert covered(sync) == {"us-east-1": ("complete", None, None)}


def test_regions_whose_windows_nobody_has_read_are_not_complete() -> None:
    sync = Sync(account(FIRST, regions=["us-east-1", "eu-west-1"]))
    windows = sync.read()
    next(windows)
    windows.close()  # type: ignore[attr-defined]
    sync.feeds.end()
    assert covered(sync) == dict.fromkeys(["eu-west-1", "us-east-1"], ("failed", None, None))


def test_an_account_that_cannot_be_signed_in_to_has_no_regions_in_the_coverage() -> None:
    sync = Sync(account(FIRST, refuses=refusal(FIRST)), account(SECOND))
    sync.windows()
    assert covered(sync) == {WHOLE: ("failed", None, None)}
    assert covered(sync, SECOND) == {"us-east-1": ("complete", START, SETTLED)}
