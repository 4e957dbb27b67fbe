"""A listing of LookupEvents that breaks in the middle: it continues, or what is beyond does not count as read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault
from embedded_aws.control.faults import Kind
from integration_tests.conftest import FAST
from integration_tests.connector import Output
from integration_tests.in_process import read_events, small_windows
from integration_tests.test_incremental import at, event, hours_ago

__all__ = ["small_windows"]

EVENTS = 1_000
PAGES = EVENTS // 50
FIRST, MIDDLE, LAST = 1, PAGES // 2, PAGES - 1
LOOKUP = ("123456789012", "us-east-1", "cloudtrail:LookupEvents")


@pytest.fixture
def one_region() -> Iterator[EmbeddedAws]:
    """Two weeks with an event every twenty minutes, in pages of one chain, unless windows are small."""
    with EmbeddedAws(lookup_rate=None, regions=["us-east-1"]) as embedded:
        for number in range(EVENTS):
            embedded.events.add(event(f"event-{number}", 1 + number / 3))
        yield embedded


def crowd(aws: EmbeddedAws, hours: float) -> None:
    """More events than two pages hold, in one second."""
    record = event("", hours)
    for number in range(120):
        aws.events.add({**record, "eventID": f"crowd-{number}"})


def break_page(aws: EmbeddedAws, kind: Kind, page: int, times: int | None = 1) -> None:
    """Break the request for `page`, counted from 0, and as many after it as `times` says."""
    aws.fail(Fault("cloudtrail:LookupEvents", kind, times=times, after=page))


def config(aws: EmbeddedAws, **overrides: Any) -> dict[str, Any]:
    start = at(hours_ago(24 * 15))
    return aws.config(regions=["us-east-1"], start_date=start, num_workers=1, **FAST, **overrides)


def ids(output: Output) -> list[str]:
    return [record["event_id"] for record in output.records("audit_events")]


def listed(aws: EmbeddedAws) -> list[str]:
    return sorted(record["eventID"] for record in aws.events.visible())


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def assert_no_gap(aws: EmbeddedAws, broken: Output, folder: Path, settings: dict[str, Any]) -> None:
    """Whatever the state says is complete was delivered before it, and the next sync brings the rest."""
    delivered: set[str] = set()
    kept: set[str] = set()
    for message in broken.messages:
        if message["type"] == "RECORD":
            delivered.add(message["record"]["data"]["event_id"])
        elif message["type"] == "STATE":
            kept = set(delivered)
    through = moment(broken.audit_state["us-east-1"]["through"])
    old = {record["eventID"] for record in aws.events.visible() if moment(record["eventTime"]) < through}
    assert old <= kept
    aws.heal()
    after = read_events(settings, folder, state=broken.state)
    assert after.exit_code == 0
    assert sorted(kept | set(ids(after))) == listed(aws)


@pytest.mark.parametrize(
    ("kind", "page"),
    [("throttle", FIRST), ("throttle", LAST), ("reset", MIDDLE), ("cut_off", MIDDLE), ("expired_token", MIDDLE)],
)
def test_what_passes_is_asked_for_once_more_and_the_chain_goes_on(
    kind: Kind, page: int, one_region: EmbeddedAws, tmp_path: Path
) -> None:
    break_page(one_region, kind, page)
    output = read_events(config(one_region), tmp_path)
    assert output.exit_code == 0
    assert sorted(ids(output)) == listed(one_region)
    assert one_region.requests[LOOKUP] == PAGES + 1


@pytest.mark.parametrize("pages", [[FIRST], [LAST], [FIRST, 2, 4, MIDDLE, LAST]], ids=str)
def test_a_listing_whose_token_aws_forgot_is_taken_up_again_and_each_event_comes_once(
    pages: Sequence[int], one_region: EmbeddedAws, tmp_path: Path
) -> None:
    for page in pages:
        break_page(one_region, "forgotten_token", page)
    output = read_events(config(one_region), tmp_path)
    assert output.exit_code == 0
    assert sorted(ids(output)) == listed(one_region)
    # The refused request, and now and then a page that begins elsewhere.
    assert PAGES + len(pages) <= one_region.requests[LOOKUP] <= PAGES + 2 * len(pages)


def test_where_tokens_are_never_good_pages_are_found_by_their_time(one_region: EmbeddedAws, tmp_path: Path) -> None:
    break_page(one_region, "forgotten_token", FIRST, times=None)
    output = read_events(config(one_region), tmp_path)
    assert output.exit_code == 0
    assert sorted(ids(output)) == listed(one_region)


def test_a_crowded_second_without_tokens_is_an_error_and_not_an_endless_loop(
    one_region: EmbeddedAws, tmp_path: Path
) -> None:
    crowd(one_region, 100)
    break_page(one_region, "forgotten_token", FIRST, times=None)
    output = read_events(config(one_region), tmp_path)
    [error] = output.errors
    assert error["failure_type"] == "transient_error"
    assert "The pagination token for cloudtrail:LookupEvents in account 123456789012" in error["message"]
    assert len(ids(output)) > EVENTS / 5
    assert_no_gap(one_region, output, tmp_path, config(one_region))


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize(
    ("kind", "page"),
    [("truncated_body", FIRST), ("truncated_body", MIDDLE), ("empty_body", LAST), ("access_denied", LAST)],
)
def test_what_does_not_pass_fails_the_sync_and_the_state_covers_what_is_complete(
    kind: Kind, page: int, one_region: EmbeddedAws, tmp_path: Path
) -> None:
    break_page(one_region, kind, page, times=None)
    output = read_events(config(one_region), tmp_path)
    assert output.exit_code == 1
    [error] = output.errors
    words = "is missing. Add cloudtrail:LookupEvents" if kind == "access_denied" else "with a body that is not AWS's"
    assert words in error["message"]
    assert len(ids(output)) < EVENTS
    assert_no_gap(one_region, output, tmp_path, config(one_region))


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize("page", [FIRST, LAST])
def test_temporary_keys_that_end_on_a_page_keep_what_was_complete(
    page: int, one_region: EmbeddedAws, tmp_path: Path
) -> None:
    settings = {**config(one_region), "credentials": one_region.key_config()["credentials"]}
    break_page(one_region, "expired_token", page, times=None)
    output = read_events(settings, tmp_path)
    [error] = output.errors
    assert error["failure_type"] == "config_error"
    assert "has expired and could not be renewed. Enter new temporary keys" in error["message"]
    assert_no_gap(one_region, output, tmp_path, settings)


@pytest.mark.usefixtures("small_windows")
def test_the_state_of_a_broken_sync_saves_work(one_region: EmbeddedAws, tmp_path: Path) -> None:
    """Without this, the tests above would pass for states that claim nothing."""
    break_page(one_region, "truncated_body", LAST, times=None)
    broken = read_events(config(one_region), tmp_path)
    one_region.heal()
    after = read_events(config(one_region), tmp_path, state=broken.state)
    assert len(ids(after)) < EVENTS / 2
