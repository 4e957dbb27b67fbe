"""From an event to a row: nulls, booleans, redaction, and events of any shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import source_aws_iam
from source_aws_iam.aws.nesting import DEEPEST
from source_aws_iam.cloudtrail.history.event import Event
from source_aws_iam.cloudtrail.record.json_text import parsed
from source_aws_iam.cloudtrail.record.secrets import REDACTED, redacted
from unit_tests.cloudtrail.history.listing import HOME, judged, listed, row_of

SCHEMA = json.loads(Path(source_aws_iam.__file__).with_name("schemas").joinpath("audit_events.json").read_text())
VALIDATOR = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
ORIGIN = {
    "account_id": HOME.account_id,
    "partition": "aws",
    "region": HOME.region,
    "audit_source": "event_history",
    "log_file": None,
}

ASSUMED = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:deploy",
    "arn": "arn:aws:sts::123456789012:assumed-role/Deploy/deploy",
    "accountId": "123456789012",
    "accessKeyId": "ASIAEXAMPLE",
    "sessionContext": {
        "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123456789012:role/Deploy", "userName": "Deploy"},
        "webIdFederationData": {},
        "attributes": {"creationDate": "2026-01-02T03:00:00Z", "mfaAuthenticated": "false"},
    },
}
RECORD = {
    "eventVersion": "1.11",
    "userIdentity": ASSUMED,
    "eventTime": "2026-01-02T03:04:05Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "CreateUser",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "AWS Internal/1",
    "userAgent": "aws-cli",
    "requestParameters": {"userName": "ana", "path": "/é/"},
    "responseElements": None,
    "requestID": "r-1",
    "eventID": "e-1",
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "123456789012",
    "eventCategory": "Management",
    "sessionCredentialFromConsole": "true",
    "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    "aFieldOfTomorrow": {"deep": [1, None]},
}
ORDINARY = listed(RECORD, EventName="CreateUser", Username="deploy", ReadOnly="false", AccessKeyId="ASIAEXAMPLE")


def wrong_with(columns: Mapping[str, Any]) -> list[str]:
    """Return what the schema says against a row, as it looks once it was printed."""
    printed = json.loads(json.dumps({**ORIGIN, **columns}))
    unknown = [f"{name} is no column" for name in printed if name not in SCHEMA["properties"]]
    missing = [f"{name} is missing" for name in SCHEMA["properties"] if name not in printed]
    return unknown + missing + [error.message for error in VALIDATOR.iter_errors(printed)]


def test_the_columns_of_a_full_record() -> None:
    columns, odd = judged(ORDINARY)
    assert odd == []
    assert wrong_with(columns) == []
    assert {
        name: value for name, value in columns.items() if value is not None and name not in {"event", "user_identity"}
    } == {
        "event_id": "e-1",
        "event_time": "2026-01-02T03:04:05Z",
        "event_name": "CreateUser",
        "event_source": "iam.amazonaws.com",
        "event_version": "1.11",
        "event_type": "AwsApiCall",
        "event_category": "Management",
        "management_event": True,
        "read_only": False,
        "username": "deploy",
        "access_key_id": "ASIAEXAMPLE",
        "aws_region": "us-east-1",
        "recipient_account_id": "123456789012",
        "source_ip_address": "AWS Internal/1",
        "user_agent": "aws-cli",
        "request_id": "r-1",
        "session_credential_from_console": True,
        "actor": "Deploy/deploy",
        "actor_kind": "role session",
        "actor_type": "AssumedRole",
        "actor_arn": "arn:aws:sts::123456789012:assumed-role/Deploy/deploy",
        "actor_principal_id": "AROAEXAMPLE:deploy",
        "actor_account_id": "123456789012",
        "session_issuer_arn": "arn:aws:iam::123456789012:role/Deploy",
        "mfa_authenticated": False,
        "mfa_used": False,
        "tls_version": "TLSv1.3",
        "tls_details": '{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256"}',
        "request_parameters": '{"userName":"ana","path":"/é/"}',
    }


def test_the_record_survives_whole_with_fields_that_nobody_knows_yet() -> None:
    columns = row_of(ORDINARY)
    assert columns["event"] == RECORD
    assert columns["user_identity"] == ASSUMED


@pytest.mark.parametrize("record", [{}, {"userIdentity": None}, {"userIdentity": {"type": "AWSService"}}])
def test_what_a_record_lacks_is_null_and_not_odd(record: dict[str, Any]) -> None:
    columns, odd = judged(listed(record))
    assert (columns["event_id"], odd) == ("e-1", [])
    assert columns["event_name"] is columns["read_only"] is columns["mfa_authenticated"] is columns["resources"] is None
    assert columns["event"] == record


@pytest.mark.parametrize(
    ("value", "boolean"),
    [("true", True), ("False", False), (True, True), (False, False), ("", None), (None, None), (1, None), ([], None)],
)
def test_booleans_arrive_as_booleans_however_cloudtrail_writes_them(value: Any, *, boolean: bool | None) -> None:
    columns = row_of(listed({**RECORD, "readOnly": value, "managementEvent": value}))
    assert columns["read_only"] is columns["management_event"] is boolean


def test_read_only_falls_back_to_what_the_listing_says() -> None:
    record = {name: value for name, value in RECORD.items() if name != "readOnly"}
    assert row_of(listed(record, ReadOnly="true"))["read_only"] is True


def test_an_empty_access_key_id_is_null() -> None:
    record = {**RECORD, "userIdentity": {**ASSUMED, "accessKeyId": ""}}
    assert row_of(listed(record, AccessKeyId=""))["access_key_id"] is None


def test_a_session_token_is_redacted_in_every_column_and_nothing_else_is() -> None:
    issued = {"accessKeyId": "ASIA", "expiration": "soon", "sessionToken": "very secret"}
    record = {**RECORD, "responseElements": {"credentials": issued, "list": [{"sessionToken": "very secret"}]}}
    columns = row_of(listed(record))
    assert "very secret" not in json.dumps(columns)
    assert columns["event"]["responseElements"] == {
        "credentials": {**issued, "sessionToken": REDACTED},
        "list": [{"sessionToken": REDACTED}],
    }
    assert {name: value for name, value in columns["event"].items() if name != "responseElements"} == {
        name: value for name, value in record.items() if name != "responseElements"
    }


@pytest.mark.parametrize("space", ["", " "])
@pytest.mark.parametrize("times_escaped", [0, 1, 2])
def test_a_session_token_is_redacted_in_text_that_is_no_json_too(times_escaped: int, space: str) -> None:
    token = "very/secret+token=="
    text = f'{{"sessionToken":{space}"{token.replace("/", chr(92) + "/")}","accessKeyId":"ASIA"'
    for _ in range(times_escaped):
        text = f'{{"said":{json.dumps(text)}'
    for kept in (text, text[: text.index("secret") + 6]):
        found = row_of({**ORDINARY, "CloudTrailEvent": kept})["event_text"]
        assert found.startswith(text[: text.index("very")] + REDACTED)
        assert "secret" not in found
    assert "ASIA" in row_of({**ORDINARY, "CloudTrailEvent": text})["event_text"]


def test_secrets_are_redacted_beside_the_record_too() -> None:
    url = "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=very-secret"
    columns = row_of(listed(RECORD, Username="very?token=very-secret", Resources=[{"ResourceName": url}]))
    assert "secret" not in json.dumps(columns)
    assert columns["resources"] == [{"resource_type": None, "resource_name": url.replace("very-secret", REDACTED)}]


def test_resources_come_from_the_listing_and_else_from_the_record() -> None:
    recorded = {**RECORD, "resources": [{"ARN": "arn:aws:s3:::b", "accountId": "1", "type": "AWS::S3::Bucket"}]}
    given = [{"ResourceType": "AWS::IAM::User", "ResourceName": "ana"}, {"ResourceName": "x"}]
    assert row_of(listed(recorded, Resources=given))["resources"] == [
        {"resource_type": "AWS::IAM::User", "resource_name": "ana"},
        {"resource_type": None, "resource_name": "x"},
    ]
    assert row_of(listed(recorded, Resources=[]))["resources"] == [
        {"resource_type": "AWS::S3::Bucket", "resource_name": "arn:aws:s3:::b"}
    ]


def test_a_resource_of_which_only_the_beginning_of_the_arn_is_known_has_it_for_a_name() -> None:
    record = {**RECORD, "resources": [{"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::logs/"}]}
    assert row_of(listed(record))["resources"] == [
        {"resource_type": "AWS::S3::Object", "resource_name": "arn:aws:s3:::logs/"}
    ]


# What the field reports have, and their like: the field, its value, and the columns that it makes.
ODD_FIELDS: list[tuple[str, Any, dict[str, Any]]] = [
    ("userIdentity", "HIDDEN_DUE_TO_SECURITY_REASONS", {"user_identity": None, "actor": "deploy"}),
    ("userIdentity", {**ASSUMED, "sessionContext": "x"}, {"mfa_authenticated": None, "actor": "Deploy/deploy"}),
    ("userIdentity", {**ASSUMED, "sessionContext": {"sessionIssuer": "x"}}, {"session_issuer_arn": None}),
    ("userIdentity", {**ASSUMED, "sessionContext": {"attributes": []}}, {"mfa_authenticated": None}),
    ("userIdentity", {**ASSUMED, "principalId": 1}, {"actor_principal_id": "1"}),
    ("userIdentity", {**ASSUMED, "accountId": 12345678901}, {"actor_account_id": "012345678901"}),
    ("userIdentity", {**ASSUMED, "onBehalfOf": "x"}, {"on_behalf_of_user_id": None}),
    ("userIdentity", {**ASSUMED, "type": ["x"]}, {"actor_type": None, "actor_kind": "unknown"}),
    ("userIdentity", {**ASSUMED, "arn": {}}, {"actor_arn": None, "actor": "Deploy/deploy"}),
    ("resources", [None], {"resources": None}),
    ("resources", "x", {"resources": None}),
    ("resources", {"ARN": "x"}, {"resources": None}),
    ("resources", ["arn:aws:s3:::b"], {"resources": [{"resource_type": None, "resource_name": "arn:aws:s3:::b"}]}),
    ("resources", [{"ARN": 7, "type": []}], {"resources": [{"resource_type": None, "resource_name": "7"}]}),
    ("managementEvent", "true", {"management_event": True}),
    ("managementEvent", 1, {"management_event": None}),
    ("readOnly", "True", {"read_only": True}),
    ("sessionCredentialFromConsole", {}, {"session_credential_from_console": None}),
    ("errorMessage", {"a": 1}, {"error_message": None}),
    ("userAgent", ["x"], {"user_agent": None}),
    ("apiVersion", 1, {"api_version": "1"}),
    ("apiVersion", 1.5, {"api_version": "1.5"}),
    ("errorCode", True, {"error_code": "true"}),
    ("recipientAccountId", 123456789012, {"recipient_account_id": "123456789012"}),
    ("recipientAccountId", 12345678901.0, {"recipient_account_id": "012345678901"}),
    ("recipientAccountId", 10**12, {"recipient_account_id": "1000000000000"}),
    ("recipientAccountId", 0.5, {"recipient_account_id": "0.5"}),
    ("vpcEndpointAccountId", [1], {"vpc_endpoint_account_id": None}),
]


@pytest.mark.parametrize(("field", "value", "expected"), ODD_FIELDS)
def test_a_field_of_another_type_is_converted_without_loss_or_null_and_kept_in_the_event(
    field: str, value: Any, expected: dict[str, Any]
) -> None:
    columns, odd = judged(listed({**RECORD, field: value}, Username="deploy"))
    assert wrong_with(columns) == []
    assert {name: columns[name] for name in expected} == expected
    assert columns["event"][field] == value
    assert columns["event_text"] is None
    assert odd


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"Resources": [None, {"ResourceName": "x"}]}, {"resources": [{"resource_type": None, "resource_name": "x"}]}),
        ({"Resources": "x"}, {"resources": None}),
        ({"Username": ["x"]}, {"username": None}),
        ({"EventName": 7, "EventSource": {}}, {"event_name": "7", "event_source": "iam.amazonaws.com"}),
        ({"AccessKeyId": {}}, {"access_key_id": "ASIAEXAMPLE"}),
        ({"EventId": None}, {"event_id": "e-1"}),
        ({"EventId": ""}, {"event_id": "e-1"}),
        ({"EventId": True}, {"event_id": "e-1"}),
        ({"EventId": 7}, {"event_id": "7"}),
        ({"EventTime": None}, {"event_time": "2026-01-02T03:04:05Z"}),
        ({"EventTime": 1767323045000}, {"event_time": "2026-01-02T03:04:05Z"}),
        ({"EventTime": "2026-01-02T03:04:05Z"}, {"event_time": "2026-01-02T03:04:05Z"}),
        ({"EventTime": 1e300}, {"event_time": "2026-01-02T03:04:05Z"}),
        ({"EventTime": float("nan")}, {"event_time": "2026-01-02T03:04:05Z"}),
        ({"EventTime": [1]}, {"event_time": "2026-01-02T03:04:05Z"}),
    ],
)
def test_a_member_of_another_type_gives_way_to_the_record(members: dict[str, Any], expected: dict[str, Any]) -> None:
    columns, odd = judged({**listed(RECORD), **members})
    assert wrong_with(columns) == []
    assert {name: columns[name] for name in expected} == expected
    assert columns["event"] == RECORD
    assert odd


NO_OBJECTS = ["[1]", '"x"', "null", "7", "x", '{"eventVersion":"1.1', "{} {}", "[" * 100_000, '{"a":' * 1_500]


@pytest.mark.parametrize("text", NO_OBJECTS, ids=[text[:20] for text in NO_OBJECTS])
def test_a_record_that_is_no_object_stays_as_text_beside_what_the_listing_says(text: str) -> None:
    columns, odd = judged({**ORDINARY, "CloudTrailEvent": text})
    assert wrong_with(columns) == []
    assert columns["event"] is None
    assert columns["event_text"] == text
    assert (columns["event_id"], columns["event_name"], columns["actor"]) == ("e-1", "CreateUser", "deploy")
    assert odd == ["CloudTrailEvent"]


@pytest.mark.parametrize("given", [None, "", [1], 7, True])
def test_without_a_text_the_whole_event_is_kept_as_text(given: Any) -> None:
    event = {**ORDINARY, "CloudTrailEvent": given, "Tomorrow": "é"}
    columns, odd = judged(event)
    assert wrong_with(columns) == []
    assert (columns["event"], json.loads(columns["event_text"])) == (None, event)
    assert odd == ["CloudTrailEvent"]


def test_a_record_that_is_an_object_and_no_text_is_one() -> None:
    columns, odd = judged({**ORDINARY, "CloudTrailEvent": RECORD})
    assert columns == row_of(ORDINARY)
    assert odd == ["CloudTrailEvent"]


@pytest.mark.parametrize("event", [None, "x", 7, True, [], ["e-1"], {}])
def test_an_event_that_is_no_object_is_a_row_with_a_stable_id(event: Any) -> None:
    columns = row_of(event)
    assert wrong_with(columns) == []
    assert columns["event_text"] == (event if isinstance(event, str) else json.dumps(event))
    assert columns["event_id"].startswith("sha256:")
    assert row_of(event) == columns


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def test_a_record_as_deep_as_anything_that_loads_rows_can_follow_stays_an_object() -> None:
    record = {**RECORD, "requestParameters": deep(DEEPEST - 1)}
    columns, odd = judged(listed(record))
    assert (columns["event"], columns["event_text"], odd) == (record, None, [])


@pytest.mark.parametrize("levels", [DEEPEST, 300, 1_500, 100_000])
def test_what_nests_too_deep_is_null_in_its_column_and_the_record_is_text(levels: int) -> None:
    nested = '{"a":' * levels + "1" + "}" * levels
    text = json.dumps({**RECORD, "responseElements": "DEEP"}).replace('"DEEP"', nested)
    columns, odd = judged({**ORDINARY, "CloudTrailEvent": text})
    assert wrong_with(columns) == []
    assert (columns["event"], columns["event_text"]) == (None, text)
    # All that does not nest too deep is in its column all the same.
    rest = {"event", "event_text"}
    assert {name: value for name, value in columns.items() if name not in rest} == {
        name: value for name, value in row_of(ORDINARY).items() if name not in rest
    }
    assert odd == ["CloudTrailEvent"]


def test_an_event_without_an_id_has_the_same_one_each_time_and_another_one_elsewhere() -> None:
    event = {"EventName": "x", "Resources": [{"ResourceName": "a", "ResourceType": "b"}]}
    again = {"Resources": [{"ResourceType": "b", "ResourceName": "a"}], "EventName": "x"}
    ids = {Event(one, HOME).id for one in (event, again)}
    assert len(ids) == 1
    assert Event(event, HOME._replace(query="insights")).id in ids
    others = [HOME._replace(region="eu-west-1"), HOME._replace(account_id="444455556666")]
    assert len(ids | {Event(event, feed).id for feed in others} | {Event({**event, "a": 1}, HOME).id}) == 4


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
MEMBERS = ("EventId", "EventName", "EventSource", "EventTime", "ReadOnly", "Username", "AccessKeyId", "Resources")


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def with_at(value: Any, path: tuple[str | int, ...], put: Any) -> Any:
    if not path:
        return put
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_at(value[path[0]], path[1:], put)
    return copy


FULL = {
    **RECORD,
    "userIdentity": {
        **ASSUMED,
        "invokedBy": "x",
        "onBehalfOf": {"userId": "u", "identityStoreArn": "a"},
        "inScopeOf": {"credentialsIssuedTo": "f"},
        "sessionContext": {
            **ASSUMED["sessionContext"],  # type: ignore[dict-item]
            "webIdFederationData": {"federatedProvider": "p"},
            "sourceIdentity": "s",
            "assumedRoot": "true",
        },
    },
    "eventSource": "signin.amazonaws.com",
    "eventName": "ConsoleLogin",
    "responseElements": {"ConsoleLogin": "Success"},
    "additionalEventData": {"MFAUsed": "Yes", "UserName": "n"},
    "resources": [{"ARN": "arn:aws:s3:::b", "type": "AWS::S3::Bucket", "ARNPrefix": "x"}],
    "vpcEndpointAccountId": "123456789012",
}
FULL_MEMBERS = {**listed(), "Resources": [{"ResourceName": "x", "ResourceType": "y"}], "Username": "u"}


@given(data=st.data())
@settings(deadline=None, max_examples=300)
def test_any_json_in_any_place_of_an_event_makes_a_row_that_fits_its_schema_and_loses_nothing(
    data: st.DataObject,
) -> None:
    record: Any = FULL
    for path in data.draw(st.lists(st.sampled_from(list(places(FULL))), max_size=3)):
        if path in set(places(record)):
            record = with_at(record, path, data.draw(json_values))
    members: Any = FULL_MEMBERS
    for path in data.draw(st.lists(st.sampled_from(list(places(FULL_MEMBERS))), max_size=2)):
        if path in set(places(members)):
            members = with_at(members, path, data.draw(json_values))
    text = data.draw(st.sampled_from([json.dumps(record)]) | st.text(max_size=9) | json_values)
    event = {**members, "CloudTrailEvent": text} if isinstance(members, dict) else members

    columns, odd = judged(event)
    assert wrong_with(columns) == []
    assert judged(event) == (columns, odd)
    assert columns["actor_kind"]
    if columns["event"] is None:
        assert columns["event_text"] is not None
        assert odd
    else:
        assert columns["event"] == redacted(parsed(text) if isinstance(text, str) else text)


@given(member=st.sampled_from(MEMBERS), value=json_values)
@settings(deadline=None)
def test_any_json_as_any_member_of_an_event_leaves_the_others_as_they_are(member: str, value: Any) -> None:
    ordinary, columns = row_of(ORDINARY), row_of({**ORDINARY, member: value})
    assert columns["event"] == RECORD
    changed = {name for name in columns if columns[name] != ordinary[name]}
    column = {"EventId": "event_id", "EventTime": "event_time", "AccessKeyId": "access_key_id"}
    others = {"EventName": "event_name", "EventSource": "event_source", "ReadOnly": "read_only"}
    assert changed <= {{**column, **others}.get(member, member.lower())}
