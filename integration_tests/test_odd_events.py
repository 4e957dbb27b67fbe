"""Events that are not as AWS documents them: each is a row that fits its schema, and none stops a Region."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from embedded_aws import Answer, EmbeddedAws
from embedded_aws.server.calls import Call
from integration_tests.conftest import FAST
from integration_tests.connector import Json, discovered, read
from integration_tests.test_incremental import at, event, hours_ago
from source_aws_iam.aws.values import moment

EVENTS = ["audit_events"]
[SCHEMA] = [stream["json_schema"] for stream in discovered() if stream["name"] == "audit_events"]
VALIDATOR = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
GONE = object()
LONG_AGO = 2.0
"""Hours: the odd events are older than the ordinary ones."""
THEN = hours_ago(LONG_AGO)


def deep(levels: int) -> str:
    return '{"requestParameters":' + '{"a":' * levels + "1" + "}" * levels + "}"


TEXTS: Mapping[str, Any] = {
    "absent": GONE,
    "null": None,
    "a string": '"x"',
    "a list": "[1]",
    "cut short": '{"eventVersion":"1.1',
    "300 deep": deep(300),
    "1,500 deep": deep(1_500),
    "100,000 deep": deep(100_000),
    "no text": [1],
}
FIELDS: Mapping[str, Json] = {
    "hidden": {"userIdentity": "HIDDEN_DUE_TO_SECURITY_REASONS"},
    "session context": {"userIdentity": {"type": "IAMUser", "userName": "ana", "sessionContext": "x"}},
    "session issuer": {"userIdentity": {"type": "IAMUser", "sessionContext": {"sessionIssuer": "x"}}},
    "null resource": {"resources": [None]},
    "text resource": {"resources": ["arn:aws:s3:::b"]},
    "text resources": {"resources": "x"},
    "text boolean": {"managementEvent": "true"},
    "object message": {"errorMessage": {"a": 1}},
    "list agent": {"userAgent": ["x"]},
    "number version": {"apiVersion": 1},
    "number principal": {"userIdentity": {"type": "IAMUser", "principalId": 1}},
    "number account": {"recipientAccountId": 123456789012},
}
MEMBERS: Mapping[str, Json] = {
    "a null resource": {"Resources": [None, {"ResourceType": "AWS::IAM::User", "ResourceName": "ana"}]},
    "text as resources": {"Resources": "x"},
    "no id": {"EventId": GONE},
    "no time": {"EventTime": GONE},
    "milliseconds": {"EventTime": int(THEN.timestamp() * 1000)},
    "the year 40000": {"EventTime": 1_200_000_000_000_000},
    "text as time": {"EventTime": "yesterday"},
    "an object as name": {"Username": {"a": 1}, "EventName": []},
}
NO_EVENTS: tuple[Any, ...] = (None, "x", 7, [], {})


def listed(name: str, record: Json, **members: Any) -> Json:
    """Return an event as LookupEvents lists it, with `members` in place of its own."""
    whole = {
        "EventId": name,
        "EventName": "CreateUser",
        "EventTime": THEN.timestamp(),
        "Username": "ana",
        "CloudTrailEvent": json.dumps(record),
        **members,
    }
    return {member: value for member, value in whole.items() if value is not GONE}


ODD: list[Any] = [
    *(listed(name, event(name, LONG_AGO), CloudTrailEvent=text) for name, text in TEXTS.items()),
    *(listed(name, {**event(name, LONG_AGO), **fields}) for name, fields in FIELDS.items()),
    *(listed(name, event(name, LONG_AGO), **members) for name, members in MEMBERS.items()),
    *NO_EVENTS,
]


def with_events(events: list[Any]) -> Any:
    def rewrite(_: Call, answer: Answer) -> Answer:
        body = json.loads(answer.body)
        return Answer(answer.status, json.dumps({**body, "Events": body["Events"] + events}).encode(), answer.headers)

    return rewrite


def test_each_odd_event_is_a_row_beside_the_ordinary_ones_and_the_state_moves_on(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    ordinary = [f"ordinary-{number}" for number in range(3)]
    for number, name in enumerate(ordinary):
        empty_aws.events.add(event(name, 1 + number / 10))
    empty_aws.rewrite("cloudtrail:LookupEvents", with_events(ODD))
    output = read(empty_aws.config(regions=["us-east-1"], **FAST), tmp_path, streams=EVENTS)

    assert (output.exit_code, output.statuses, output.errors) == (0, {"audit_events": "COMPLETE"}, [])
    assert output.audit_state["us-east-1"]["through"] > at(hours_ago(0.5))
    rows = {row["event_id"]: row for row in output.records("audit_events")}
    named = {*ordinary, *TEXTS, *FIELDS, *MEMBERS}
    assert named <= set(rows)
    assert len(output.records("audit_events")) == len(rows) == len(named) + len(NO_EVENTS)
    assert [error.message for row in rows.values() for error in VALIDATOR.iter_errors(row)] == []

    for name, text in TEXTS.items():
        kept = rows[name]["event_text"]
        assert "event" not in rows[name]
        assert kept == text if isinstance(text, str) else json.loads(kept)["EventId"] == name
    for name, fields in FIELDS.items():
        assert rows[name]["event"] == {**event(name, LONG_AGO), "eventTime": rows[name]["event_time"], **fields}
    for name in MEMBERS:
        assert abs(moment(rows[name]["event_time"]) - THEN) < timedelta(minutes=1)
    assert rows["a null resource"]["resources"] == [{"resource_type": "AWS::IAM::User", "resource_name": "ana"}]
    assert rows["hidden"]["actor"] == "ana"
    assert rows["number account"]["recipient_account_id"] == "123456789012"

    [warning] = [text for text in output.warnings if "is not as AWS documents" in text]
    assert "event absent of account 123456789012, Region us-east-1 " in warning
    assert f" {len(ODD) - 1} others of this sync" in warning

    again = read(empty_aws.config(regions=["us-east-1"], **FAST), tmp_path, streams=EVENTS, state=output.state)
    assert again.exit_code == 0
    # What has no id of its own has the same one each time.
    assert {row["event_id"] for row in again.records("audit_events")} <= set(rows)


def test_an_answer_without_a_list_of_events_is_an_error_and_never_zero_rows(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    bodies = {
        "us-east-1": b'{"Events":null}',
        "eu-west-1": b'{"Events":{"EventId":"e"}}',
        "ap-southeast-2": b'{"Events":[],"NextToken":7}',
    }
    empty_aws.rewrite("cloudtrail:LookupEvents", lambda call, answer: Answer(200, bodies[call.region], answer.headers))
    output = read(empty_aws.config(regions=list(bodies), **FAST), tmp_path, streams=EVENTS)
    assert (output.exit_code, output.statuses) == (1, {"audit_events": "INCOMPLETE"})
    assert {error["failure_type"] for error in output.errors} == {"transient_error"}
    for region in bodies:
        broken = (
            f"cloudtrail:LookupEvents in account 123456789012, Region {region} was answered with a body that is not"
        )
        assert any(broken in error["message"] for error in output.errors)
