"""Embedded AWS's LookupEvents: order, pages, bounds, filters, quota, and what an event looks like."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, StoppedClock

NOW = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOW)


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=clock, lookup_rate=None) as embedded:
        yield embedded


def record(event_id: str, at: datetime = NOW - MINUTE, **members: Any) -> dict[str, Any]:
    return {
        "eventID": event_id,
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventName": "ListUsers",
        "eventSource": "iam.amazonaws.com",
        "awsRegion": "us-east-1",
        **members,
    }


def lookup(aws: EmbeddedAws, region: str = "us-east-1", **arguments: Any) -> list[str]:
    """Event ids, over all pages."""
    pages = aws.client("cloudtrail", region).get_paginator("lookup_events").paginate(**arguments)
    return [event["EventId"] for page in pages for event in page["Events"]]


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    code: str = caught.value.response["Error"]["Code"]
    return code


def test_the_newest_event_comes_first(aws: EmbeddedAws) -> None:
    for minutes in (3, 1, 2):
        aws.events.add(record(f"{minutes} minutes ago", NOW - minutes * MINUTE))
    assert lookup(aws) == ["1 minutes ago", "2 minutes ago", "3 minutes ago"]


def test_events_of_one_second_always_come_in_the_same_order(aws: EmbeddedAws) -> None:
    for event_id in "bdac":
        aws.events.add(record(event_id))
    assert lookup(aws) == lookup(aws, PaginationConfig={"PageSize": 1}) == ["d", "c", "b", "a"]


def test_a_second_with_more_events_than_a_page_is_read_to_its_end(aws: EmbeddedAws) -> None:
    for number in range(120):
        aws.events.add(record(f"{number:03}"))
    first = aws.client("cloudtrail").lookup_events()
    assert len(first["Events"]) == 50
    assert sorted(lookup(aws)) == [f"{number:03}" for number in range(120)]


def test_the_last_page_has_no_token(aws: EmbeddedAws) -> None:
    for number in range(4):
        aws.events.add(record(str(number)))
    trail = aws.client("cloudtrail")
    first = trail.lookup_events(MaxResults=2)
    second = trail.lookup_events(MaxResults=2, NextToken=first["NextToken"])
    assert len(second["Events"]) == 2
    assert "NextToken" not in second


def test_events_are_listed_in_their_own_account_and_region(aws: EmbeddedAws) -> None:
    aws.events.add(record("here"))
    aws.events.add(record("ireland", awsRegion="eu-west-1"))
    aws.events.add(record("other account", recipientAccountId="210987654321"))
    assert (lookup(aws), lookup(aws, "eu-west-1")) == (["here"], ["ireland"])
    seen = [event["eventID"] for event in aws.events.visible(account_id="210987654321")]
    assert seen == ["other account"]
    assert len(aws.events.visible()) == 3


def test_both_bounds_are_inclusive_to_the_second(aws: EmbeddedAws) -> None:
    start, end = NOW - 3 * MINUTE, NOW - MINUTE
    second = timedelta(seconds=1)
    for name, at in {"before": start - second, "first": start, "last": end, "after": end + second}.items():
        aws.events.add(record(name, at))
    assert lookup(aws, StartTime=start, EndTime=end) == ["last", "first"]
    assert lookup(aws, StartTime=start, EndTime=start) == ["first"]
    assert lookup(aws, StartTime=start) == ["after", "last", "first"]
    assert lookup(aws, EndTime=start) == ["first", "before"]


def test_events_are_kept_for_ninety_days(aws: EmbeddedAws, clock: StoppedClock) -> None:
    aws.events.add(record("old", NOW - 90 * DAY))
    assert lookup(aws) == ["old"]
    clock.advance(seconds=1)
    assert lookup(aws) == []
    assert aws.events.visible() == []


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOW, None),
        (NOW + DAY, NOW + 2 * DAY),
        (NOW - MINUTE, NOW - 2 * MINUTE),
        (NOW - 90 * DAY - timedelta(seconds=1), None),
        (None, NOW - 91 * DAY),
    ],
)
def test_time_ranges_outside_the_kept_past_are_refused(
    aws: EmbeddedAws, start: datetime | None, end: datetime | None
) -> None:
    bounds = {name: bound for name, bound in {"StartTime": start, "EndTime": end}.items() if bound}
    assert code_of(aws.client("cloudtrail").lookup_events, **bounds) == "InvalidTimeRangeException"


def test_a_range_may_begin_just_within_the_kept_past_and_end_in_the_future(aws: EmbeddedAws) -> None:
    aws.events.add(record("now", NOW))
    assert lookup(aws, StartTime=NOW - 90 * DAY, EndTime=NOW + DAY) == ["now"]
    assert lookup(aws, StartTime=NOW - timedelta(seconds=1)) == ["now"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"MaxResults": 0}, "InvalidMaxResultsException"),
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"EventCategory": "Insight"}, "InvalidEventCategoryException"),
        ({"NextToken": "made up"}, "InvalidNextTokenException"),
        ({"LookupAttributes": [("EventName", "a"), ("EventName", "b")]}, "InvalidLookupAttributesException"),
        ({"LookupAttributes": [("Color", "red")]}, "InvalidLookupAttributesException"),
        ({"LookupAttributes": [("ReadOnly", "True")]}, "InvalidLookupAttributesException"),
        ({"LookupAttributes": [("EventName", "x" * 2001)]}, "InvalidLookupAttributesException"),
        (
            {"LookupAttributes": [("Username", "ana")], "EventCategory": "insight"},
            "InvalidLookupAttributesException",
        ),
    ],
)
def test_arguments_have_limits(aws: EmbeddedAws, arguments: dict[str, Any], code: str) -> None:
    if "LookupAttributes" in arguments:
        pairs = arguments["LookupAttributes"]
        spelled = [{"AttributeKey": key, "AttributeValue": value} for key, value in pairs]
        arguments = {**arguments, "LookupAttributes": spelled}
    trail = aws.client_of(aws.base_key, "cloudtrail", parameter_validation=False)
    assert code_of(trail.lookup_events, **arguments) == code


@pytest.mark.parametrize(
    "changed",
    [{"MaxResults": 2}, {"StartTime": NOW - DAY}, {"EndTime": NOW - MINUTE}, {"EventCategory": "insight"}],
)
def test_a_token_is_good_only_with_the_parameters_it_was_given_for(aws: EmbeddedAws, changed: dict[str, Any]) -> None:
    for event_id in "abc":
        aws.events.add(record(event_id))
    trail = aws.client("cloudtrail")
    asked = {"MaxResults": 1, "StartTime": NOW - 2 * DAY, "EndTime": NOW}
    token = trail.lookup_events(**asked)["NextToken"]
    assert trail.lookup_events(**asked, NextToken=token)["Events"][0]["EventId"] == "b"
    arguments = {**asked, **changed, "NextToken": token}
    assert code_of(trail.lookup_events, **arguments) == "InvalidNextTokenException"
    elsewhere = aws.client("cloudtrail", "eu-west-1").lookup_events
    assert code_of(elsewhere, **asked, NextToken=token) == "InvalidNextTokenException"


def test_what_comes_to_light_while_paging_does_not_shift_the_pages(aws: EmbeddedAws, clock: StoppedClock) -> None:
    for number in range(6):
        aws.events.add(record(f"old {number}", NOW - 10 * MINUTE))
    trail = aws.client("cloudtrail")
    pages = [trail.lookup_events(MaxResults=2)]
    while "NextToken" in pages[-1]:
        clock.advance(seconds=1)
        aws.events.add(record(f"newer {len(pages)}", clock()))
        aws.events.add(record(f"late {len(pages)}", NOW - 11 * MINUTE))
        aws.events.add(record(f"old x{len(pages)}", NOW - 10 * MINUTE))
        pages.append(trail.lookup_events(MaxResults=2, NextToken=pages[-1]["NextToken"]))
    seen = [event["EventId"] for page in pages for event in page["Events"]]
    assert seen == [f"old {number}" for number in (5, 4, 3, 2, 1, 0)]
    assert len(lookup(aws)) == 6 + 3 * (len(pages) - 1)


def test_an_event_can_come_to_light_later_than_it_happened(aws: EmbeddedAws, clock: StoppedClock) -> None:
    aws.events.add(record("late", NOW - MINUTE), visible_at=NOW + MINUTE)
    assert lookup(aws) == []
    assert aws.events.visible() == []
    clock.advance(seconds=60)
    assert lookup(aws) == ["late"]
    assert [event["eventID"] for event in aws.events.visible()] == ["late"]


def test_insights_are_listed_apart(aws: EmbeddedAws) -> None:
    aws.events.add(record("event"))
    aws.events.add(record("insight", eventCategory="Insight"))
    assert lookup(aws) == ["event"]
    assert lookup(aws, EventCategory="insight") == ["insight"]
    assert [event["eventID"] for event in aws.events.visible(insight=True)] == ["insight"]


RICH: dict[str, Any] = {
    "eventName": "CreateUser",
    "readOnly": False,
    "userIdentity": {"type": "IAMUser", "userName": "ana", "accessKeyId": "AKIAANA"},
    "requestParameters": {"userName": "bo"},
    "resources": [{"ARN": "arn:aws:iam::123456789012:user/bo", "accountId": "123456789012", "type": "AWS::IAM::User"}],
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("EventId", "rich"),
        ("EventName", "CreateUser"),
        ("ReadOnly", "false"),
        ("Username", "ana"),
        ("ResourceType", "AWS::IAM::User"),
        ("ResourceName", "arn:aws:iam::123456789012:user/bo"),
        ("ResourceName", "bo"),
        ("EventSource", "iam.amazonaws.com"),
        ("AccessKeyId", "AKIAANA"),
    ],
)
def test_events_can_be_looked_up_by_each_attribute(aws: EmbeddedAws, key: str, value: str) -> None:
    aws.events.add(record("rich", **RICH))
    aws.events.add(record("poor", eventSource="ec2.amazonaws.com", readOnly=True))
    assert lookup(aws, LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}]) == ["rich"]
    assert lookup(aws, LookupAttributes=[{"AttributeKey": key, "AttributeValue": "true"}]) in ([], ["poor"])


def test_a_lookup_by_attribute_pages_too(aws: EmbeddedAws) -> None:
    for number in range(20):
        aws.events.add(record(f"{number:02}", eventName="Odd" if number % 2 else "Even"))
    attribute = [{"AttributeKey": "EventName", "AttributeValue": "Odd"}]
    found = lookup(aws, LookupAttributes=attribute, PaginationConfig={"PageSize": 3})
    assert found == [f"{number:02}" for number in range(19, 0, -2)]


def test_an_event_wraps_its_record(aws: EmbeddedAws) -> None:
    original = record("rich", tlsDetails={"tlsVersion": "TLSv1.3"}, responseElements=None, **RICH)
    aws.events.add(original)
    event = aws.client("cloudtrail").lookup_events()["Events"][0]
    assert json.loads(event.pop("CloudTrailEvent")) == original
    assert event == {
        "EventId": "rich",
        "EventName": "CreateUser",
        "ReadOnly": "false",
        "AccessKeyId": "AKIAANA",
        "EventTime": NOW - MINUTE,
        "EventSource": "iam.amazonaws.com",
        "Username": "ana",
        "Resources": [
            {"ResourceType": "AWS::IAM::User", "ResourceName": "arn:aws:iam::123456789012:user/bo"},
            {"ResourceType": "AWS::IAM::User", "ResourceName": "bo"},
        ],
    }


def test_what_a_record_lacks_its_event_lacks_too(aws: EmbeddedAws) -> None:
    aws.events.add(record("poor", userIdentity={"type": "Unknown", "accessKeyId": ""}))
    event = aws.client("cloudtrail").lookup_events()["Events"][0]
    assert set(event) == {"EventId", "EventName", "EventTime", "EventSource", "Resources", "CloudTrailEvent"}


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ({"type": "Root", "userName": "the-alias"}, "root"),
        ({"type": "AssumedRole", "principalId": "AROA:nightly"}, "nightly"),
        ({"type": "SAMLUser", "userName": "bo"}, "bo"),
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, None),
        ({"accountId": "123456789012"}, None),
        (None, None),
    ],
)
def test_the_user_name_of_an_event(aws: EmbeddedAws, identity: Any, name: str | None) -> None:
    aws.events.add(record("one", userIdentity=identity))
    assert aws.client("cloudtrail").lookup_events()["Events"][0].get("Username") == name


def test_two_requests_a_second_are_let_through_per_account_and_region(clock: StoppedClock) -> None:
    with EmbeddedAws(now=clock) as aws:
        called = aws.client_of(aws.base_key, "cloudtrail").lookup_events
        elsewhere = aws.client_of(aws.base_key, "cloudtrail", "eu-west-1").lookup_events
        assert called()
        clock.advance(seconds=0.5)
        assert called()
        assert code_of(called) == "ThrottlingException"
        assert elsewhere()
        assert aws.client("cloudtrail").lookup_events()  # the test's own hand is not held to it
        clock.advance(seconds=0.49)
        assert code_of(called) == "ThrottlingException"
        clock.advance(seconds=0.01)  # the first is a second ago; refused ones did not count
        assert called()
        assert code_of(called) == "ThrottlingException"


def test_without_a_quota_nobody_is_throttled(aws: EmbeddedAws) -> None:
    called = aws.client_of(aws.base_key, "cloudtrail").lookup_events
    assert all(called() for _ in range(10))


def test_log_files_become_history_with_only_their_times_moved(aws: EmbeddedAws, tmp_path: Path) -> None:
    then = datetime(2023, 7, 10, 11, tzinfo=timezone.utc)
    first = [
        record("a", then, recipientAccountId="210987654321"),
        record("b", then - DAY, awsRegion="eu-west-1"),
    ]
    again = [record("a", then, eventName="Twin"), record("c", then - 91 * DAY)]
    (tmp_path / "deep").mkdir()
    (tmp_path / "1.json").write_text(json.dumps({"Records": first}))
    (tmp_path / "deep" / "2.json.gz").write_bytes(gzip.compress(json.dumps({"Records": again}).encode()))
    (tmp_path / "README.md").write_text("no log file")
    truth = {loaded["eventID"]: loaded for loaded in aws.events.load_folder(tmp_path)}
    newest = NOW - timedelta(seconds=5)
    assert {name: loaded["eventTime"] for name, loaded in truth.items()} == {
        "a": newest.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "b": (newest - DAY).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "c": (newest - 91 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert {**truth["a"], "eventTime": None} == {**first[0], "eventTime": None}
    assert (lookup(aws), lookup(aws, "eu-west-1")) == (["a"], ["b"])


def test_an_empty_folder_is_an_empty_history(aws: EmbeddedAws, tmp_path: Path) -> None:
    assert aws.events.load_folder(tmp_path) == []
