"""Odd text, numbers and depth from AWS: each row is printed so that it can be loaded, and is loaded, at both syncs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from embedded_aws import Answer, EmbeddedAws
from embedded_aws.scenarios.member_accounts import account_ids
from embedded_aws.server.calls import Call
from embedded_aws.server.organization import Member, Organization
from integration_tests.connector import Json, Output, read
from integration_tests.forked_command import forking_command
from integration_tests.needed import supported_pyairbyte
from integration_tests.sync.client import Connector
from integration_tests.sync.overheard import Heard
from integration_tests.sync.warehouse import tables
from integration_tests.test_accounts import members, organization
from integration_tests.test_warehouses import WAREHOUSES, warehouse_of

STREAMS = ("accounts", "policy_versions", "policy_statements", "users", "audit_events")
TIME = "%Y-%m-%dT%H:%M:%SZ"
SECRET = "canary/+=01"
MEMBER = account_ids(1)[0]
# What one format or another has no place for, or takes for an end of something.
ODD = (
    *"\0\x01\b\t\n\v\f\r\x1a\x1b\x1c\x1f\x7f\x85\xa0\xad\"'\\,;\ud83d\ude00\udc00\ud800\ufeff\ufffd\ufffe\uffff",
    "😀",
)
ODD_TEXTS = (
    *(f"agent {character} after" for character in (*ODD, "\u200b\u202e", "\u2028", "\u2029", "\U0010ffff")),
    *("".join(Random(seed).choices(ODD, k=12)) for seed in range(60)),  # noqa: S311 - reproducible, not secret
)
NUMBERS = {
    "NaN": "NaN",
    "-Infinity": "-Infinity",
    "1e400": "1e400",
    "1180591620717411303424": "1180591620717411303424",
    "18446744073709551615": "18446744073709551615",
    "9223372036854775807": 2**63 - 1,
    "0.123456789012345678901234567890": "0.123456789012345678901234567890",
    "0.1": 0.1,
}


def loadable_text(text: str) -> str:
    # Two halves of a pair that stand together are one character.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return "".join("\ufffd" if found == "\0" or "\ud800" <= found <= "\udfff" else found for found in text)


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def record(number: int, text: str, numbers: Any, at: str, region: str) -> Json:
    return {
        "eventVersion": "1.11",
        "eventID": f"odd-{number:03}",
        "eventTime": at,
        "eventName": "CreateUser",
        "eventSource": "iam.amazonaws.com",
        "awsRegion": region,
        "userAgent": text,
        "userIdentity": {"type": "AssumedRole", "arn": f"arn:aws:sts::123456789012:assumed-role/a/{text}"},
        "requestParameters": {text: [text], "numbers": numbers},
    }


def happen(aws: EmbeddedAws) -> dict[str, Json]:
    """An event for each odd text, with numbers in the place of "NUMBERS". Returns the expected columns by event id."""
    expected = {}
    for number, text in enumerate(ODD_TEXTS):
        at = (aws.now() - timedelta(minutes=30, seconds=number)).strftime(TIME)
        aws.events.add(record(number, text, "NUMBERS", at, aws.regions[0]))
        made = record(number, loadable_text(text), list(NUMBERS.values()), at, aws.regions[0])
        expected[made["eventID"]] = {
            "user_agent": made["userAgent"],
            "actor_arn": made["userIdentity"]["arn"],
            "request_parameters": made["requestParameters"],
            "event": made,
        }
    return expected


def odd_rows(rows: list[Json]) -> dict[str, Json]:
    """What `happen` expects, of rows of audit_events."""
    return {
        row["event_id"]: {
            "user_agent": row["user_agent"],
            "actor_arn": row["actor_arn"],
            "request_parameters": json.loads(row["request_parameters"]),
            "event": row["event"],
        }
        for row in rows
        if row["event_id"].startswith("odd-")
    }


def leak(aws: EmbeddedAws, secret: str) -> None:
    """An event with secrets in all the places in which they were seen."""
    issued = {"accessKeyId": "ASIAEXAMPLE", "sessionToken": secret}
    nested = json.dumps({"Credentials": {"SessionToken": secret}})
    aws.events.add(
        {
            **record(0, "agent", None, (aws.now() - timedelta(hours=1)).strftime(TIME), aws.regions[0]),
            "eventID": "leak",
            "userAgent": f"curl -H 'X-Amz-Security-Token: {secret}'",
            "errorMessage": f"Denied: {nested} to https://example.com/?X-Amz-Signature={secret}&nextToken=kept",
            "requestParameters": {
                **dict.fromkeys(("SecurityToken", "X-Amz-Security-Token", "sessionToken", "deviceCode"), secret),
                "nextToken": "kept",
            },
            "responseElements": {"CliToken": secret, "Credentials": {"SessionToken": secret}, "tokenValue": secret},
            "serviceEventDetails": {"credentials": issued, "ConnectionToken": {"value": secret}},
            "additionalEventData": {
                "text": json.dumps({"again": nested}),
                "escaped": f'{{"session\\u0054oken":"{secret}"}}',
                "redirect": f"https://example.com/callback?code={secret}&state={secret}",
            },
        }
    )


def answers_with(replaced: Mapping[bytes, bytes]) -> Callable[[Call, Answer], Answer]:
    def rewrite(_: Call, answer: Answer) -> Answer:
        body = answer.body
        for old, new in replaced.items():
            body = body.replace(old, new)
        return Answer(answer.status, body, answer.headers)

    return rewrite


@contextmanager
def odd_aws() -> Iterator[tuple[Json, dict[str, Json]]]:
    """AWS with an odd organization, odd policies and odd events: a config that reads it, and the expected events."""
    with EmbeddedAws(lookup_rate=None) as aws:
        expected = happen(aws)
        leak(aws, SECRET)
        aws.open_accounts(members([MEMBER], users=1))
        aws.organize(Organization(accounts=[Member(MEMBER, "odd account", tags={"odd key": "odd value"})]))
        iam = aws.client("iam")
        iam.create_user(UserName="odd", Tags=[{"Key": "odd", "Value": "odd value"}])
        odd = {"StringLike": {"aws:UserAgent": "odd text"}, "NumericLessThan": {"a:b": "odd number"}}
        deep = {"StringLike": {"aws:UserAgent": "odd depth"}}
        for name, condition in (("odd", odd), ("deep", deep)):
            statement = {"Effect": "Allow", "Action": "iam:Get*", "Resource": "*", "Condition": condition}
            document = {"Version": "2012-10-17", "Statement": [statement]}
            iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document, separators=(",", ":")))
        numbers = "[" + ",".join(NUMBERS) + "]"
        aws.rewrite("cloudtrail:LookupEvents", answers_with({rb"\"NUMBERS\"": numbers.encode()}))
        names = {b"odd account": rb"odd \ud83d\u0000 account", b"odd key": rb"\u0000\udc00", b"odd value": rb"\ud800"}
        for action in ("ListAccounts", "ListAccountsForParent", "DescribeAccount", "ListTagsForResource"):
            aws.rewrite(f"organizations:{action}", answers_with(names))
        documents = {
            quote("odd text").encode(): quote("\\ud83d\\u0000").encode(),
            quote('"odd number"').encode(): quote("[NaN,1180591620717411303424]").encode(),
            quote('"odd depth"').encode(): quote(nested(300)).encode(),
            b"odd value": b"1&#x2028;2&#x85;3",
        }
        aws.rewrite("iam:GetAccountAuthorizationDetails", answers_with(documents))
        yield organization(aws, chosen={"include_management_account": True}), expected


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Output, dict[str, Json]]]:
    with odd_aws() as (config, expected):
        yield read(config, tmp_path_factory.mktemp("odd"), streams=STREAMS), expected


def test_every_line_is_json_for_strict_readers(printed: tuple[Output, dict[str, Json]]) -> None:
    output, _ = printed
    lines = output.stdout.splitlines()
    assert lines == output.stdout.split("\n")[:-1]
    assert [orjson.loads(line) for line in lines] == [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert "\x00" not in "".join(map(str, output.messages))


def test_no_odd_event_is_missing_and_nothing_else_in_it_changes(printed: tuple[Output, dict[str, Json]]) -> None:
    output, expected = printed
    found = odd_rows(output.records("audit_events"))
    assert {event_id: row for event_id, row in found.items() if row != expected[event_id]} == {}
    assert found.keys() == expected.keys()


def test_no_secret_is_printed_and_the_rest_of_its_event_is(printed: tuple[Output, dict[str, Json]]) -> None:
    output, _ = printed
    assert SECRET not in output.stdout
    [row] = [row for row in output.records("audit_events") if row["event_id"] == "leak"]
    assert row["error_message"].endswith("?X-Amz-Signature=REDACTED&nextToken=kept")
    assert json.loads(row["response_elements"]) == {
        "CliToken": "REDACTED",
        "Credentials": {"SessionToken": "REDACTED"},
        "tokenValue": "REDACTED",
    }
    assert row["event"]["requestParameters"]["nextToken"] == "kept"


def assert_odd_rows_of_inventory(rows: Mapping[str, list[Json]]) -> None:
    [account] = [row for row in rows["accounts"] if row["account_id"] == MEMBER]
    assert account["account_name"] == "odd \ufffd\ufffd account"
    assert account["tags"] == {"\ufffd\ufffd": "\ufffd"}
    [user] = [row for row in rows["users"] if row["user_name"] == "odd"]
    assert user["tags"] == {"odd": "1\u20282\x853"}
    [statement] = [row for row in rows["policy_statements"] if row["policy_name"] == "odd"]
    assert statement["conditions"]["NumericLessThan"]["a:b"] == [None, "1180591620717411303424"]
    assert statement["conditions"]["StringLike"] == {"aws:UserAgent": "\ufffd\ufffd"}
    [deep] = [row for row in rows["policy_statements"] if row["policy_name"] == "deep"]
    assert nested(300) in deep["document_text"]


def test_names_tags_and_documents_are_printed_as_they_can_be_loaded(printed: tuple[Output, dict[str, Json]]) -> None:
    output, _ = printed
    assert_odd_rows_of_inventory({stream: output.records(stream) for stream in STREAMS})


@pytest.mark.parametrize("kind", WAREHOUSES)
def test_two_syncs_load_all_of_it(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    supported_pyairbyte()
    files = tmp_path_factory.getbasetemp() / "pyairbyte"
    with ExitStack() as stack:
        config, expected = stack.enter_context(odd_aws())
        warehouse = stack.enter_context(warehouse_of(kind, files, stack, "odd"))
        connector = stack.enter_context(closing(Connector(config, files, forking_command())))
        for _ in range(2):
            heard = Heard()
            connector.merge(warehouse, heard, list(STREAMS))
            loaded = tables(warehouse, STREAMS)
            assert odd_rows(loaded["audit_events"]) == expected
            assert_odd_rows_of_inventory(loaded)
