"""Incremental syncs: state, late events, crashes, and changes in between."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.control.changes import changes
from integration_tests.conftest import FAST
from integration_tests.connector import Output, catalog, lines, read, run, start

EVENTS = ["audit_events"]


def ids(output: Output) -> list[str]:
    return [record["event_id"] for record in output.records("audit_events")]


def listed(aws: EmbeddedAws) -> set[str]:
    return {record["eventID"] for record in aws.events.visible()}


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def hours_ago(hours: float) -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0) - timedelta(hours=hours)


def event(name: str, hours: float, region: str = "us-east-1") -> dict[str, Any]:
    return {
        "eventVersion": "1.11",
        "eventID": name,
        "eventTime": at(hours_ago(hours)),
        "eventName": "CreateUser",
        "eventSource": "iam.amazonaws.com",
        "awsRegion": region,
        "recipientAccountId": "123456789012",
        "userIdentity": {"type": "IAMUser", "userName": "ana"},
    }


def test_a_clock_behind_the_state_is_named_and_the_state_is_left_as_it_is(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    saved = state("us-east-1", at(hours_ago(48)), at(hours_ago(-1 / 3)))
    output = read(empty_aws.config(regions=["us-east-1"]), tmp_path, streams=EVENTS, state=saved)
    [error] = output.errors
    assert (output.exit_code, error["failure_type"]) == (1, "config_error")
    assert error["message"].startswith("This machine's clock is behind the saved state of audit_events")
    assert at(hours_ago(-1 / 3))[:13] in error["message"]
    assert "The state is kept as it is." in error["message"]
    assert "eset" not in error["message"]
    assert output.state in ([], saved)
    assert empty_aws.requests_total() == 0


def test_a_full_refresh_that_has_a_state_goes_on_from_it_as_with_every_connector_of_the_cdk(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    """Airbyte hands over no state of earlier syncs then, but that of an attempt that was cut off."""
    for name, hours in (("before", 30), ("after", 10)):
        empty_aws.events.add(event(name, hours))
    chosen = catalog(EVENTS)
    chosen["streams"][0]["sync_mode"] = "full_refresh"
    files = {"config": empty_aws.config(regions=["us-east-1"], **FAST), "catalog": chosen}
    saved = state("us-east-1", at(hours_ago(90 * 24)), at(hours_ago(20)))
    assert set(ids(run("read", folder=tmp_path, state=[], **files))) >= {"before", "after"}
    on = ids(run("read", folder=tmp_path, state=saved, **files))
    assert "after" in on
    assert "before" not in on


def state(regions: str | Sequence[str], since: str, through: str) -> list[dict[str, Any]]:
    read_through = [regions] if isinstance(regions, str) else [*regions]
    complete = {"all": {f"{since}/{through}": {"123456789012": read_through}}}
    return [
        {
            "type": "STREAM",
            "stream": {
                "stream_descriptor": {"name": "audit_events"},
                "stream_state": {"version": 1, "complete": complete},
            },
        }
    ]


def test_the_second_sync_brings_what_is_new_or_late_and_reads_only_the_lookback_again(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    first = read(aws.config(**FAST), tmp_path, streams=EVENTS)
    assert set(ids(first)) == listed(aws)
    assert len(ids(first)) == len(listed(aws))
    happened = changes(aws)
    aws.reset_requests()
    second = read(aws.config(**FAST), tmp_path, streams=EVENTS, state=first.state)
    delivered = set(ids(second))
    assert {*happened.new_event_ids, happened.late_event_id} <= delivered
    lookback = hours_ago(1.2)
    again = {record["eventID"] for record in aws.events.visible() if record["eventTime"] >= at(lookback)}
    assert delivered <= again
    assert set(ids(first)) | delivered == listed(aws)


def test_a_region_that_is_added_later_is_read_from_the_start_and_one_that_leaves_keeps_its_state(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    first = read(aws.config(regions=["us-east-1"], **FAST), tmp_path, streams=EVENTS)
    assert {record["region"] for record in first.records("audit_events")} == {"us-east-1"}
    second = read(aws.config(regions=["eu-west-1"], **FAST), tmp_path, streams=EVENTS, state=first.state)
    assert set(ids(second)) == {record["eventID"] for record in aws.events.visible(region="eu-west-1")}
    assert not any("regions leaves out" in warning for warning in first.warnings)
    assert any("regions leaves out us-east-1" in warning for warning in second.warnings)
    assert second.audit_state["us-east-1"] == first.audit_state["us-east-1"]


def test_a_region_without_events_advances(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(empty_aws.config(**FAST), tmp_path, streams=EVENTS)
    assert set(output.audit_state) == set(empty_aws.regions)
    assert min(span["through"] for span in output.audit_state.values()) > at(hours_ago(7 / 60))


def test_a_state_older_than_aws_remembers_warns_of_the_gap(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    empty_aws.events.add(event("remembered", 89 * 24))
    old, older = at(hours_ago(100 * 24)), at(hours_ago(120 * 24))
    saved = state("us-east-1", older, old)
    output = read(empty_aws.config(regions=["us-east-1"], **FAST), tmp_path, streams=EVENTS, state=saved)
    assert ids(output) == ["remembered"]
    [warning] = [text for text in output.warnings if "cannot be read any more" in text]
    assert f"Events between {old} and " in warning
    assert "account 123456789012, Region us-east-1" in warning
    assert output.audit_state["us-east-1"]["since"] > old


def test_an_earlier_start_date_is_read_and_not_skipped(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    for hours in (30, 60, 90):
        empty_aws.events.add(event(f"{hours} hours ago", hours))
    config = empty_aws.config(regions=["us-east-1"], start_date=at(hours_ago(48)), **FAST)
    first = read(config, tmp_path, streams=EVENTS)
    assert ids(first) == ["30 hours ago"]
    earlier = {**config, "start_date": at(hours_ago(72))}
    second = read(earlier, tmp_path, streams=EVENTS, state=first.state)
    assert "60 hours ago" in ids(second)
    assert "90 hours ago" not in ids(second)


@pytest.mark.parametrize(
    "foreign",
    [
        {"EventTime": 1_750_000_000},
        {"version": 1, "complete": {"all": {"yesterday": {"123456789012": ["us-east-1"]}}}},
        json.loads(Path(__file__).with_name("abnormal_state.json").read_text())[0]["stream"]["stream_state"],
    ],
)
def test_a_state_that_the_connector_did_not_write_is_refused_in_words(
    foreign: dict[str, Any], empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    saved = [{"type": "STREAM", "stream": {"stream_descriptor": {"name": "audit_events"}, "stream_state": foreign}}]
    output = read(empty_aws.config(**FAST), tmp_path, streams=["users", "audit_events"], state=saved)
    [error] = output.errors
    assert error["failure_type"] == "config_error"
    assert "Reset the stream audit_events" in error["message"]
    assert output.statuses == {"users": "COMPLETE", "audit_events": "INCOMPLETE"}
    assert [s["stream"]["stream_descriptor"]["name"] for s in output.state] == ["users"]


def test_killed_in_the_middle_it_resumes_and_nothing_is_lost(tmp_path: Path) -> None:
    with EmbeddedAws(seed=Seed(users=130, groups=8, events=9_000), lookup_rate=None) as aws:
        # At this pace the middle Region is complete after eleven seconds, and the largest after half a minute.
        config = aws.config(lookup_requests_per_second=4)
        process = start("read", folder=tmp_path, config=config, catalog=catalog(EVENTS), state=[])
        delivered, saved = set(), list[dict[str, Any]]()
        for message in lines(process):
            if message["type"] == "RECORD":
                delivered.add(message["record"]["data"]["event_id"])
            if message["type"] == "STATE":
                saved = [{name: message["state"][name] for name in ("type", "stream")}]
                process.send_signal(signal.SIGKILL)
                break
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert saved
        assert delivered < listed(aws)
        resumed = read(aws.config(**FAST), tmp_path, streams=EVENTS, state=saved)
        assert len(ids(resumed)) < len(listed(aws)), "the state saved nothing"
        assert delivered | set(ids(resumed)) == listed(aws)


def test_a_region_that_fails_keeps_its_place_and_the_others_advance(aws: EmbeddedAws, tmp_path: Path) -> None:
    since, through = at(hours_ago(24 * 40)), at(hours_ago(1))
    config, saved = aws.config(start_date=since, **FAST), state(aws.regions, since, through)
    aws.events.add(event("during the failure", 0.02, "eu-west-1"))
    aws.fail(Fault(action="cloudtrail:LookupEvents", kind="access_denied", times=None, region="eu-west-1"))
    failed = read(config, tmp_path, streams=EVENTS, state=saved)
    assert failed.exit_code == 1
    [error] = failed.errors
    assert "cloudtrail:LookupEvents in account 123456789012, Region eu-west-1" in error["message"]
    assert failed.statuses == {"audit_events": "INCOMPLETE"}
    reached = {region: span["through"] for region, span in failed.audit_state.items()}
    assert reached.pop("eu-west-1") == through
    assert reached.keys() == {"us-east-1", "ap-southeast-2"}
    assert min(reached.values()) > through
    aws.heal()
    healed = read(config, tmp_path, streams=EVENTS, state=failed.state)
    assert "during the failure" in ids(healed)
