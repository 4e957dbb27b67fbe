"""Long syncs: progress, state, and many events in one second."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from embedded_aws import EmbeddedAws, Fault
from embedded_aws.server.event_history import as_event_time
from integration_tests.conftest import FAST
from integration_tests.connector import SMALL_WINDOWS, Json, Output, catalog, read, run
from integration_tests.test_incremental import event

EVENTS = ["audit_events"]
SILENCE = "source_aws_iam.cloudtrail.state_cursor.SECONDS_OF_SILENCE"


def ids(output: Output) -> list[str]:
    return [record["event_id"] for record in output.records("audit_events")]


def run_with(constants: Mapping[str, int], config: Json, folder: Path) -> Output:
    output = run("read", folder=folder, constants=constants, config=config, catalog=catalog(EVENTS), state=[])
    assert output.exit_code == 0, output.stdout[-2000:]
    return output


def test_pages_without_a_wanted_event_repeat_the_state(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """With no minute of silence allowed, every page has its state."""
    for number in range(500):
        empty_aws.events.add({**event(f"read-{number}", 1 + number / 100), "readOnly": True})
    chosen = {"regions": ["us-east-1"], "event_selection": {"mode": "identity", "include_read_only": False}}
    config = empty_aws.config(**chosen, **FAST)
    output = run_with({SILENCE: 0}, config, tmp_path)
    assert ids(output) == []
    states = [message["state"]["stream"]["stream_state"] for message in output.messages if message["type"] == "STATE"]
    assert len(states) >= 10
    assert max(through(state) for state in states[:-1]) <= through(states[-1])


def through(state: dict[str, dict[str, dict[str, object]]]) -> str:
    """Up to when the identity events of IAM are complete."""
    query = "EventSource=iam.amazonaws.com without read-only"
    [interval] = next(intervals for key, intervals in state["complete"].items() if query in key)
    return interval.split("/")[1]


def test_being_throttled_is_a_status_of_the_stream_until_it_is_complete(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault("cloudtrail:LookupEvents", "throttle", times=3, after=2))
    output = read(aws.config(**FAST), tmp_path, streams=EVENTS)
    assert output.exit_code == 0
    statuses = [m["trace"]["stream_status"] for m in output.messages if m.get("trace", {}).get("stream_status")]
    assert [status["status"] for status in statuses] == ["STARTED", "RUNNING", "RUNNING", "COMPLETE"]
    [limited] = [status for status in statuses if status.get("reasons")]
    [reason] = limited["reasons"]
    assert (limited["stream_descriptor"]["name"], reason["type"]) == ("audit_events", "RATE_LIMITED")
    assert abs(reason["rate_limited"]["quota_reset"] / 1000 - time.time()) < 120


def test_crowded_seconds_at_every_bound_come_whole_and_once(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """Two pages a second, from the start date to the present: windows meet between crowds, and begin with them."""
    first = int(time.time()) - 60
    record = event("", 0)
    for second in range(-1, 60):
        for number in range(90):
            crowd = {"eventID": f"{second}-{number}", "eventTime": as_event_time(first + second)}
            empty_aws.events.add({**record, **crowd})
    config = empty_aws.config(regions=["us-east-1"], start_date=as_event_time(first), **FAST)
    output = run_with(SMALL_WINDOWS, config, tmp_path)
    wanted = [f"{second}-{number}" for second in range(60) for number in range(90)]
    assert sorted(ids(output)) == sorted(wanted)
    assert output.audit_state["us-east-1"]["since"] == as_event_time(first)
    requests = empty_aws.requests["123456789012", "us-east-1", "cloudtrail:LookupEvents"]
    assert requests > len(wanted) / 50, "nothing was cut"
