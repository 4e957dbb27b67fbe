"""Answers with odd values: what can be parsed is parsed, and what cannot is left out by name."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any
from xml.sax.saxutils import escape

import pytest
from botocore.parsers import ResponseParserError
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from aws_calls.parsers import TolerantParsers, odd_members

SERVICES: Any = {name: Session().get_service_model(name) for name in ("iam", "organizations", "cloudtrail", "sso")}
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def answer(service: str, operation: str, body: str | bytes) -> Any:
    model = SERVICES[service]
    raw = body.encode(errors="surrogatepass") if isinstance(body, str) else body
    response = {"status_code": 200, "headers": {}, "body": raw}
    shape = model.operation_model(operation).output_shape
    return TolerantParsers().create_parser(model.resolved_protocol).parse(response, shape)


def iam(operation: str, result: str) -> Any:
    return answer("iam", operation, f"<R><{operation}Result>{result}</{operation}Result></R>")


def user(members: str) -> Any:
    found = iam("GetUser", f"<User>{members}</User>")
    return found["User"], dict(odd_members(found))


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01T00:00:00Z", "99999999999999999", "0001-01-01T00:00:00+09:00"]
)
def test_a_time_that_is_none_is_left_out_by_name(text: str) -> None:
    found, odd = user(f"<UserName>ana</UserName><CreateDate>{text}</CreateDate>")
    assert (found, odd) == ({"UserName": "ana"}, {"CreateDate": text})


def test_an_empty_element_has_no_time_and_is_not_odd() -> None:
    for time in ("<CreateDate/>", "<CreateDate>\n</CreateDate>"):
        assert user(f"<UserName/>{time}") == ({"UserName": ""}, {})


def test_space_around_a_value_is_no_part_of_it() -> None:
    found, _ = user("<CreateDate>\n 2026-01-01T00:00:00Z\n</CreateDate>")
    assert found["CreateDate"] == datetime(2026, 1, 1, tzinfo=timezone.utc)
    listed = iam("ListUsers", "\n<Users>\n</Users>\n<IsTruncated>\n TRUE </IsTruncated>\n")
    assert (listed["Users"], listed["IsTruncated"]) == ([], True)


@pytest.mark.parametrize("text", ["", "maybe", "1"])
def test_a_boolean_that_is_neither_is_not_false(text: str) -> None:
    assert "IsTruncated" not in iam("ListUsers", f"<Users/><IsTruncated>{text}</IsTruncated>")


def test_numbers_that_are_none_and_halves_of_entries_are_left_out() -> None:
    entries = "".join(
        f"<entry>{entry}</entry>"
        for entry in (
            "<key>Users</key><value> 3 </value>",
            "<key>Groups</key><value>many</value>",
            "<key>Roles</key>",
            "<value>4</value>",
            "<key>Policies</key><other/><value>5</value>",
        )
    )
    assert iam("GetAccountSummary", f"<SummaryMap>{entries}</SummaryMap>")["SummaryMap"] == {"Users": 3, "Policies": 5}


def test_an_element_that_is_there_twice_is_read_once_and_a_list_whole() -> None:
    assert user("<UserName>ana</UserName><UserName>bob</UserName>")[0] == {"UserName": "ana"}
    lists = "".join(f"<Users><member><UserName>{name}</UserName></member></Users>" for name in ("ana", "bob"))
    assert [one["UserName"] for one in iam("ListUsers", lists)["Users"]] == ["ana", "bob"]


def test_a_report_that_is_no_base64_is_left_out() -> None:
    assert "Content" not in iam("GetCredentialReport", "<Content>A</Content>")


def test_xml_is_utf_8_whatever_it_says_of_itself() -> None:
    body = "<R><GetUserResult><User><UserName>é</UserName></User></GetUserResult></R>"
    assert answer("iam", "GetUser", f"<?xml version='1.0' encoding='ISO-8859-1'?>{body}")["User"] == {"UserName": "é"}


@given(
    text=ANY_TEXT, member=st.sampled_from(["UserName", "UserId", "CreateDate", "PasswordLastUsed", "Tags", "Unknown"])
)
def test_no_text_in_any_member_of_xml_stops_the_answer(text: str, member: str) -> None:
    found, _ = user(f"<Arn>here</Arn><{member}>{escape(text)}</{member}>")
    assert found["Arn"] == "here"
    assert isinstance(found.get("CreateDate", datetime.now(timezone.utc)), datetime)


@given(value=ANY_JSON, member=st.sampled_from(["Id", "Arn", "Email", "Paths", "JoinedTimestamp", "Unknown"]))
def test_no_json_in_any_member_stops_the_answer(value: Any, member: str) -> None:
    for wrong in (value, {member: value}):
        found = answer("organizations", "ListAccounts", json.dumps({"Accounts": [{"Name": "here"}, wrong]}))
        assert found["Accounts"][0] == {"Name": "here"}
        for account in found["Accounts"]:
            assert all(isinstance(account.get(name, ""), str) for name in ("Id", "Arn", "Email"))
            assert all(isinstance(path, str) for path in account.get("Paths", []))
            assert isinstance(account.get("JoinedTimestamp", datetime.now(timezone.utc)), datetime)


def test_text_that_came_as_something_else_is_text() -> None:
    [account] = answer("organizations", "ListAccounts", '{"Accounts": [{"Id": 111111111111, "Name": ["a"]}]}')[
        "Accounts"
    ]
    assert account == {"Id": "111111111111", "Name": '["a"]'}


def test_a_null_is_no_text_and_a_flag_no_time() -> None:
    found = answer("organizations", "ListAccounts", '{"Accounts": [{"Paths": ["a", null], "JoinedTimestamp": true}]}')
    assert found["Accounts"] == [{"Paths": ["a"]}]
    assert dict(odd_members(found)) == {"JoinedTimestamp": "true"}
    found = answer("cloudtrail", "GetQueryResults", '{"QueryResultRows": [[{"user": "ana", "account": null}, null]]}')
    assert found["QueryResultRows"] == [[{"user": "ana"}]]


def test_a_whole_number_may_be_written_with_a_point() -> None:
    statistics = '{"ResultsCount": 3.0, "TotalResultsCount": 1.5, "BytesScanned": "7"}'
    found = answer("cloudtrail", "GetQueryResults", f'{{"QueryStatistics": {statistics}}}')
    assert found["QueryStatistics"] == {"ResultsCount": 3, "BytesScanned": 7}
    assert isinstance(found["QueryStatistics"]["ResultsCount"], int)
    assert dict(odd_members(found)) == {"TotalResultsCount": "1.5"}


@pytest.mark.parametrize("body", [b"\xff", b'"\xff"'])
def test_json_that_is_no_utf_8_is_none(body: bytes) -> None:
    with pytest.raises(ResponseParserError):
        answer("organizations", "ListAccounts", body)


def test_xml_without_a_result_is_none() -> None:
    with pytest.raises(ResponseParserError, match="GetUserResult"):
        answer("iam", "GetUser", "<R/>")


def test_other_protocols_are_left_to_botocore() -> None:
    found = answer("sso", "GetRoleCredentials", '{"roleCredentials": {"accessKeyId": "ASIA"}}')
    assert found["roleCredentials"] == {"accessKeyId": "ASIA"}


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "1", "[" * 100_000, '{"Accounts": ' + "[" * 100_000])
def test_an_answer_that_is_no_object_is_none_of_aws(body: str) -> None:
    with pytest.raises(ResponseParserError):
        answer("organizations", "ListAccounts", body) and pytest.fail("read")


def test_an_event_with_a_time_in_milliseconds_keeps_all_else() -> None:
    found = answer("cloudtrail", "LookupEvents", '{"Events": [{"EventId": "e", "EventTime": 1700000000000}]}')
    assert found["Events"] == [{"EventId": "e"}]
    assert dict(odd_members(found)) == {"EventTime": "1700000000000"}
