"""`make sync` itself: its events, its comparison, and its output in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from integration_tests.conftest import FAST
from integration_tests.connector import read
from integration_tests.sync.overheard import Heard
from integration_tests.sync.screen import Step
from integration_tests.test_read import tables

EVENTS = ["audit_events"]
RECORD = {
    "eventVersion": "1.08",
    "eventTime": "2023-07-10T11:00:00Z",
    "eventName": "CreateUser",
    "eventSource": "iam.amazonaws.com",
    "awsRegion": "us-east-1",
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:session",
        "sessionContext": {"attributes": {"mfaAuthenticated": "False"}},
    },
}
WITHOUT_ID = [{**RECORD, "requestID": f"request {number}"} for number in range(2)]
RESOURCES: list[Any] = [
    [None],
    ["arn:aws:s3:::a"],
    "x",
    5,
    {},
    [None, {"ARN": "arn:aws:s3:::a", "type": "AWS::S3::Bucket"}],
]


def play(records: list[dict[str, Any]], aws: EmbeddedAws, folder: Path) -> list[str]:
    """Play a log file with these records; returns their ids."""
    (folder / "logs").mkdir()
    (folder / "logs" / "1.json").write_text(json.dumps({"Records": records}))
    return [record["eventID"] for record in aws.events.load_folder(folder / "logs")]


def test_records_without_an_id_and_booleans_with_a_capital_raise_no_false_alarm(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    named = {"eventID": "spelt with a capital", **RECORD}
    played = play([named, *WITHOUT_ID, WITHOUT_ID[0]], empty_aws, tmp_path)
    assert len(set(played)) == len(played) == 3
    truth = {"audit_events": truth_of(empty_aws)["audit_events"]}
    assert {row["mfa_authenticated"] for row in truth["audit_events"]} == {False}
    output = read(empty_aws.config(regions=["us-east-1"], **FAST), tmp_path, streams=EVENTS)
    assert first_differences(truth, tables(output, EVENTS)) == []
    with EmbeddedAws() as later:
        assert [record["eventID"] for record in later.events.load_folder(tmp_path / "logs")] == played


def test_records_whose_resources_are_no_list_of_objects_can_be_played(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    records = [{"eventID": str(number), **RECORD, "resources": odd} for number, odd in enumerate(RESOURCES)]
    play(records, empty_aws, tmp_path)
    truth = {row["event_id"]: row["resources"] for row in truth_of(empty_aws)["audit_events"]}
    named = [{"resource_type": "AWS::S3::Bucket", "resource_name": "arn:aws:s3:::a"}]
    assert truth == {"0": None, "1": None, "2": None, "3": None, "4": None, "5": named}


def test_into_a_file_only_what_changed_since_the_last_line_is_printed() -> None:
    step, heard = Step("sync 1"), Heard()
    heard.records.update(dict.fromkeys(["users", "groups", "roles"], 0))
    step.result = heard
    assert step.news() == ""
    heard.records["users"] = 1_000
    assert step.news() == "sync 1 … users 1,000"
    assert step.news() == ""
    heard.records["users"] += 1
    heard.records["roles"] = 2
    assert step.news() == "sync 1 … users 1,001 | roles 2"
    assert str(step) == "sync 1 … users 1,001 | groups 0 | roles 2"


def test_a_result_that_is_short_is_printed_when_it_changes() -> None:
    step = Step("check")
    assert step.news() == ""
    step.result = "succeeded"
    assert step.news() == "check … succeeded"
    assert step.news() == ""
