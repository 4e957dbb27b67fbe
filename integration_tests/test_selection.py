"""Selections: the right events, and progress of its own for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from integration_tests.conftest import FAST
from integration_tests.connector import Output, read
from source_aws_iam.cloudtrail.selection import IDENTITY_SOURCES

Record = dict[str, Any]
SELECTIONS: dict[str, tuple[dict[str, Any], Callable[[Record], bool]]] = {
    "all": ({"mode": "all"}, lambda record: True),
    "changes only": ({"mode": "write_only"}, lambda record: record.get("readOnly") is False),
    "identity": ({"mode": "identity"}, lambda record: record["eventSource"] in IDENTITY_SOURCES),
    "identity changes": (
        {"mode": "identity", "include_read_only": False},
        lambda record: record["eventSource"] in IDENTITY_SOURCES and record.get("readOnly") is not True,
    ),
    "one attribute": (
        {"mode": "attribute", "attribute_key": "EventName", "attribute_value": "ConsoleLogin"},
        lambda record: record["eventName"] == "ConsoleLogin",
    ),
}


def sync(aws: EmbeddedAws, folder: Path, **settings: Any) -> Output:
    state = settings.pop("state", [])
    output = read(aws.config(**settings, **FAST), folder, streams=["audit_events"], state=state)
    assert output.exit_code == 0, output.stdout[-2000:]
    return output


def ids(output: Output) -> list[str]:
    return [record["event_id"] for record in output.records("audit_events")]


def listed(aws: EmbeddedAws, wanted: Callable[[Record], bool]) -> list[str]:
    return [record["eventID"] for record in aws.events.visible() if wanted(record)]


@pytest.mark.parametrize(("selection", "wanted"), SELECTIONS.values(), ids=SELECTIONS)
def test_a_selection_brings_its_events_once_and_no_others(
    selection: dict[str, Any], wanted: Callable[[Record], bool], aws: EmbeddedAws, tmp_path: Path
) -> None:
    expected = listed(aws, wanted)
    assert expected
    assert sorted(ids(sync(aws, tmp_path, event_selection=selection))) == sorted(expected)


def test_insights_events_come_when_they_are_asked_for_with_their_details(aws: EmbeddedAws, tmp_path: Path) -> None:
    [ordinary, *_] = aws.events.visible(region="us-east-1")
    details = {"state": "Start", "insightType": "ApiCallRateInsight"}
    aws.events.add(
        {
            "eventVersion": "1.09",
            "eventID": "unusual",
            "eventTime": ordinary["eventTime"],
            "eventType": "AwsCloudTrailInsight",
            "eventCategory": "Insight",
            "awsRegion": "us-east-1",
            "recipientAccountId": aws.account_id,
            "insightDetails": details,
        }
    )
    insights = {record["eventID"] for record in aws.events.visible(insight=True)}
    assert "unusual" in insights
    output = sync(aws, tmp_path, include_insights=True)
    assert set(ids(output)) == insights | set(listed(aws, lambda record: True))
    with_details = {record["event_id"] for record in output.records("audit_events") if record.get("insight_details")}
    assert with_details == insights


def test_a_wider_selection_does_not_reuse_what_was_complete_for_a_narrower_one(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    narrow = sync(aws, tmp_path, event_selection={"mode": "write_only"})
    wide = sync(aws, tmp_path, state=narrow.state)
    assert sorted(ids(wide)) == sorted(listed(aws, lambda record: True))


def test_a_narrower_selection_continues_where_all_events_were_complete(aws: EmbeddedAws, tmp_path: Path) -> None:
    everything = sync(aws, tmp_path)
    aws.reset_requests()
    narrow = sync(aws, tmp_path, event_selection={"mode": "write_only"}, state=everything.state)
    assert set(ids(narrow)) < set(ids(everything))
    back = sync(aws, tmp_path, state=narrow.state)
    assert set(ids(everything)) | set(ids(back)) == set(listed(aws, lambda record: True))
    assert len(ids(back)) < len(ids(everything))
