"""AWS values as JSON values."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, unquote

import pytest
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from aws_calls.timestamps import utc
from source_aws_iam.aws.values import moment, plain, tags

IAM = Session().get_service_model("iam")
DETAILS: Any = IAM.operation_model("GetAccountAuthorizationDetails").output_shape

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def sent(policy: Any) -> str:
    """Return a policy document as AWS sends it."""
    return quote(json.dumps(policy))


def test_members_are_renamed_and_keys_inside_documents_and_maps_are_not() -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject"}]}
    answer = {
        "UserDetailList": [{"UserName": "ana", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": sent(policy)}]}]
    }
    assert plain(answer, DETAILS) == {
        "user_detail_list": [
            {
                "user_name": "ana",
                "user_policy_list": [{"policy_name": "p", "policy_document": policy, "document_text": None}],
            }
        ]
    }
    summary: Any = IAM.operation_model("GetAccountSummary").output_shape
    assert plain({"SummaryMap": {"UsersQuota": 5000}}, summary) == {"summary_map": {"UsersQuota": 5000}}


def test_a_member_that_aws_left_out_is_left_out() -> None:
    assert plain({"UserDetailList": [{}]}, DETAILS) == {"user_detail_list": [{}]}


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:04:05Z"),
        (datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "2025-12-31T23:30:00Z"),
    ],
)
def test_times_are_utc_with_z(time: datetime, text: str) -> None:
    assert utc(time) == text


def read(text: str) -> Any:
    shape: Any = IAM.operation_model("GetUserPolicy").output_shape
    return plain({"PolicyDocument": text}, shape)


@pytest.mark.parametrize("text", ["no policy at all", "{cut", "%2a", '["a", "list"]', "12", "null", "", "9" * 5000])
def test_a_document_that_is_no_object_survives_as_text(text: str) -> None:
    assert read(quote(text)) == {"policy_document": None, "document_text": text}


@pytest.mark.parametrize("sent_as", ["%zz", "%", "100% sure", "%ff%fe"])
def test_a_document_that_is_not_encoded_as_it_should_be_is_text(sent_as: str) -> None:
    assert read(sent_as) == {"policy_document": None, "document_text": unquote(sent_as)}


def nested(depth: int) -> str:
    return '{"a":' * (depth // 2) + "[" * (depth - depth // 2) + "]" * (depth - depth // 2) + "}" * (depth // 2)


@pytest.mark.parametrize(("depth", "kept"), [(2, True), (64, True), (65, False), (300, False), (100_000, False)])
def test_a_document_that_is_nested_deep_is_text(depth: int, *, kept: bool) -> None:
    row = read(quote(nested(depth)))
    assert (row["policy_document"] is not None, row["document_text"] is None) == (kept, kept)
    assert kept or row["document_text"] == nested(depth)


def test_many_statements_are_no_depth() -> None:
    policy = {"Statement": [{"Action": ["a"]}] * 1000}
    assert read(sent(policy)) == {"policy_document": policy, "document_text": None}


@given(document=JSON, name=NAMES)
def test_every_json_is_an_object_or_text(document: Any, name: str) -> None:
    for written in (document, {name: document}):
        row = read(quote(json.dumps(written, ensure_ascii=False)))
        assert (row["policy_document"] is None) is not isinstance(written, dict)
        assert (row["policy_document"] or {}) == (written if isinstance(written, dict) else {})
        assert row["document_text"] is None or json.loads(row["document_text"]) == written


def test_what_is_null_is_left_out() -> None:
    answer = {"UserDetailList": [None, {"UserName": None, "GroupList": [None, "dev"]}], "IsTruncated": None}
    assert plain(answer, DETAILS) == {"user_detail_list": [{"group_list": ["dev"]}]}


def test_tags_are_one_object() -> None:
    assert tags([{"key": "team", "value": "red"}, {"key": "empty", "value": ""}]) == {"team": "red", "empty": ""}
    assert (tags([]), tags(None)) == ({}, None)
    odd = [{"key": "a", "value": "1"}, {}, {"key": "a"}, {"value": "of nothing"}]
    assert tags(odd) == {"a": None, "": "of nothing"}


@pytest.mark.parametrize(
    "text", ["2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05+01:00", "2026-02-30T00:00:00Z", ""]
)
def test_a_time_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text)


def test_a_time_is_read_as_it_was_written_and_is_a_plain_datetime() -> None:
    time = moment("2026-01-02T03:04:05Z")
    assert (utc(time), type(time), time.utcoffset()) == ("2026-01-02T03:04:05Z", datetime, timedelta(0))
