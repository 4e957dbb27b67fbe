"""Rows of a log file are those of the event history."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.event import Event
from source_aws_iam.cloudtrail.history.row import row as row_of_history
from source_aws_iam.cloudtrail.trail.row import row

FEED = Feed("123456789012", "us-east-1")
FILE_TIME = datetime(2026, 3, 1, 9, 5, tzinfo=timezone.utc)
RECORD: dict[str, Any] = {
    "eventVersion": "1.11",
    "eventID": "11111111-2222-4333-8444-555555555555",
    "eventTime": "2026-03-01T09:03:21Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "CreateAccessKey",
    "awsRegion": "us-east-1",
    "readOnly": False,
    "eventCategory": "Management",
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:ada",
        "arn": "arn:aws:sts::123456789012:assumed-role/ops/ada",
        "accountId": "123456789012",
        "accessKeyId": "ASIAEXAMPLE",
    },
    "requestParameters": {"userName": "bo", "password": "hunter2 and more"},
    "resources": [{"ARN": "arn:aws:iam::123456789012:user/bo", "type": "AWS::IAM::User"}],
}


def test_all_columns_are_those_of_the_event_history() -> None:
    text = json.dumps(RECORD)
    listed = {
        "EventId": RECORD["eventID"],
        "EventTime": 1772355801,
        "EventName": "CreateAccessKey",
        "EventSource": "iam.amazonaws.com",
        "Username": "ada",
        "ReadOnly": "false",
        "AccessKeyId": "ASIAEXAMPLE",
        "Resources": [{"ResourceType": "AWS::IAM::User", "ResourceName": "arn:aws:iam::123456789012:user/bo"}],
        "CloudTrailEvent": text,
    }
    event = Event(listed, FEED)
    event.time = event.stated_times()[0]
    expected, _ = row_of_history(event)
    found, odd = row(text, FEED, FILE_TIME)
    assert (found, odd) == (expected, [])
    assert "hunter2" not in json.dumps(found)


@pytest.mark.parametrize(
    ("identity", "username"),
    [
        ({"type": "IAMUser", "userName": "bo", "principalId": "AIDAEXAMPLE"}, "bo"),
        ({"type": "Root", "principalId": "123456789012"}, "root"),
        ({"type": "AssumedRole", "principalId": "AROAEXAMPLE:ada@example.com"}, "ada@example.com"),
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, None),
        ({"type": "AWSAccount", "principalId": "AROAEXAMPLE:ada"}, None),
        ({"type": "AssumedRole", "principalId": "AROAEXAMPLE"}, None),
        ({"type": "IAMUser", "userName": 5, "principalId": ["x"]}, None),
        ("no object", None),
    ],
)
def test_the_user_name_is_that_of_lookup_events(identity: Any, username: str | None) -> None:
    assert row(json.dumps({**RECORD, "userIdentity": identity}), FEED, FILE_TIME)[0]["username"] == username


@pytest.mark.parametrize("text", ["null", "5", '"text"', "[]", "{}", "{no JSON", '{"a":' * 100 + "1" + "}" * 100])
def test_an_odd_record_is_a_row_with_an_id_of_its_own_and_the_time_of_its_file(text: str) -> None:
    found, odd = row(text, FEED, FILE_TIME)
    again, _ = row(text, FEED, FILE_TIME)
    other, _ = row(text + " ", FEED, FILE_TIME)
    assert found["event_id"] == again["event_id"] != other["event_id"]
    assert found["event_time"] == "2026-03-01T09:05:00Z"
    assert odd
    assert found["event_text"] is not None or found["event"] == {}


values = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.none(), max_size=1)


@given(st.dictionaries(st.sampled_from([*RECORD, "sharedEventID"]), values))
def test_no_record_stops_the_stream(odd: dict[str, Any]) -> None:
    found, _ = row(json.dumps({**RECORD, **odd}), FEED, FILE_TIME)
    assert isinstance(found["event_id"], str)
    assert found["event_time"].endswith("Z")
