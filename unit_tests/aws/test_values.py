"""AWS values as JSON values."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest
from botocore.session import Session

from source_aws_iam.aws.values import moment, plain, tags, utc

IAM = Session().get_service_model("iam")
DETAILS: Any = IAM.operation_model("GetAccountAuthorizationDetails").output_shape


def test_members_are_renamed_and_keys_inside_documents_and_maps_are_not() -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject"}]}
    answer = {
        "UserDetailList": [{"UserName": "ana", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy}]}]
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


@pytest.mark.parametrize("text", ["no policy at all", "{cut", "%2a", ["a", "list"], 12])
def test_a_document_that_is_no_object_survives_as_text(text: Any) -> None:
    shape: Any = IAM.operation_model("GetUserPolicy").output_shape
    sent = quote(text) if isinstance(text, str) else text
    expected = text if isinstance(text, str) else json.dumps(text)
    assert plain({"PolicyDocument": sent}, shape) == {"policy_document": None, "document_text": expected}


def test_tags_are_one_object() -> None:
    assert tags([{"key": "team", "value": "red"}, {"key": "empty", "value": ""}]) == {"team": "red", "empty": ""}
    assert (tags([]), tags(None)) == ({}, None)


@pytest.mark.parametrize(
    "text", ["2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05+01:00", "2026-02-30T00:00:00Z", ""]
)
def test_a_time_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text)


def test_a_time_is_read_as_it_was_written_and_is_a_plain_datetime() -> None:
    time = moment("2026-01-02T03:04:05Z")
    assert (utc(time), type(time), time.utcoffset()) == ("2026-01-02T03:04:05Z", datetime, timedelta(0))
