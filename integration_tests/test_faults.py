"""Errors and broken answers of AWS: retried, or reported, and never taken for "no rows"."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from embedded_aws import Answer, Call, EmbeddedAws, Fault
from embedded_aws.control.faults import Kind
from integration_tests.conftest import FAST
from integration_tests.connector import STREAMS, read
from integration_tests.test_read import assert_complete

CALLS = {
    "iam:ListUsers": ["users"],
    "iam:GetAccountAuthorizationDetails": ["users", "groups", "group_members"],
    "cloudtrail:LookupEvents": ["audit_events"],
}


@pytest.mark.parametrize("kind", ["throttle", "internal_error", "unavailable", "reset"])
def test_what_passes_is_retried_on_the_call_that_failed(kind: Kind, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.page_cap = 40
    for action in CALLS:
        aws.fail(Fault(action=action, kind=kind, times=2, after=1))
    assert_complete(aws, read(aws.config(**FAST), tmp_path))
    # Nothing was read twice: two more requests than a day without faults needs.
    users = [count for (_, _, action), count in aws.requests.items() if action == "iam:ListUsers"]
    assert users == [-(-len(aws.users_truth()) // 40) + 2]


@pytest.mark.parametrize("kind", ["empty_body", "truncated_body", "malformed_body", "missing_members"])
def test_a_broken_answer_is_an_error_and_not_zero_rows(kind: Kind, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.page_cap = 40
    for action in CALLS:
        aws.fail(Fault(action=action, kind=kind, times=None, after=1))
    output = read(aws.config(**FAST), tmp_path)
    assert output.exit_code == 1
    assert output.statuses == dict.fromkeys(STREAMS, "INCOMPLETE")
    assert {error["failure_type"] for error in output.errors} == {"transient_error"}
    assert all("sync again" in error["message"] for error in output.errors)


@pytest.mark.parametrize("action", ["iam:ListUsers", "cloudtrail:LookupEvents"])
def test_a_missing_permission_fails_its_streams_alone_and_is_named(
    action: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    aws.fail(Fault(action=action, kind="access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path)
    assert output.exit_code == 1
    assert output.statuses == {stream: "INCOMPLETE" if stream in CALLS[action] else "COMPLETE" for stream in STREAMS}
    for error in output.errors:
        stream = error["stream_descriptor"]["name"]
        assert error["failure_type"] == "config_error"
        assert error["message"].startswith(f"{stream}: The permission for {action} in account 123456789012, Region ")
        assert f"Add {action} to the policy" in error["message"]
    assert {error["stream_descriptor"]["name"] for error in output.errors} == set(CALLS[action])


def test_denied_on_page_two_is_not_a_short_list(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.page_cap = 40
    aws.fail(Fault(action="iam:GetAccountAuthorizationDetails", kind="access_denied", times=None, after=1))
    output = read(aws.config(**FAST), tmp_path, streams=["groups", "group_members"])
    assert output.statuses == {"groups": "COMPLETE", "group_members": "COMPLETE"}
    assert {row["group_id"] for row in output.records("groups")} == {row["group_id"] for row in aws.groups_truth()}
    assert len(output.records("group_members")) == len(aws.memberships_truth())


def test_denied_by_every_way_is_a_failure_and_not_an_empty_table(aws: EmbeddedAws, tmp_path: Path) -> None:
    for action in ("iam:GetAccountAuthorizationDetails", "iam:GetGroup", "iam:ListGroupsForUser"):
        aws.fail(Fault(action=action, kind="access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=["groups", "group_members"])
    assert output.statuses == {"groups": "COMPLETE", "group_members": "INCOMPLETE"}
    assert output.records("group_members") == []
    [error] = output.errors
    assert "The permission for iam:GetAccountAuthorizationDetails" in error["message"]
    assert all(row["unavailable_fields"] == ["member_count"] for row in output.records("groups"))
    assert all(row.get("member_count") is None for row in output.records("groups"))


def test_a_session_that_aws_ends_early_is_renewed_and_the_call_repeated(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.page_cap = 20
    for action in CALLS:
        aws.fail(Fault(action=action, kind="expired_token", times=1, after=2))
    assert_complete(aws, read(aws.config(**FAST), tmp_path))
    assert aws.requests["123456789012", "us-east-1", "sts:AssumeRole"] <= 1 + len(CALLS)


def test_sessions_that_end_every_second_do_not_end_the_sync(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.session_seconds = 1.0
    output = read(aws.config(lookup_requests_per_second=4), tmp_path)
    assert_complete(aws, output)
    assert aws.requests["123456789012", "us-east-1", "sts:AssumeRole"] > 1


def test_a_session_that_cannot_be_renewed_ends_the_stream_and_says_so(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action="iam:ListUsers", kind="expired_token", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=["users"])
    [error] = output.errors
    assert error["failure_type"] == "config_error"
    assert "has expired and could not be renewed" in error["message"]


def test_a_role_that_stops_trusting_in_mid_sync_ends_the_stream_and_says_so(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action="iam:ListUsers", kind="expired_token", times=1))
    aws.fail(Fault(action="sts:AssumeRole", kind="access_denied", times=None, after=1))
    output = read(aws.config(**FAST), tmp_path, streams=["users"])
    [error] = output.errors
    assert error["failure_type"] == "config_error"
    assert "The base identity may not assume the role" in error["message"]


def test_expired_temporary_keys_are_for_the_user_to_replace(aws: EmbeddedAws, tmp_path: Path) -> None:
    issued = aws.client("sts").assume_role(
        RoleArn=aws.role_arn, RoleSessionName="soon-over", ExternalId=aws.external_id
    )
    credentials = {
        "auth_type": "access_key",
        "access_key_id": issued["Credentials"]["AccessKeyId"],
        "secret_access_key": issued["Credentials"]["SecretAccessKey"],
        "session_token": issued["Credentials"]["SessionToken"],
    }
    aws.expire_sessions()
    output = read(aws.config(credentials=credentials), tmp_path)
    assert {error["failure_type"] for error in output.errors} == {"config_error"}
    assert output.statuses == dict.fromkeys(STREAMS, "INCOMPLETE")
    assert all("Enter new temporary keys" in error["message"] for error in output.errors)


def test_short_sessions_are_not_renewed_at_every_request(aws: EmbeddedAws, tmp_path: Path) -> None:
    config = aws.config(**FAST)
    config["credentials"]["duration_seconds"] = 900
    assert_complete(aws, read(config, tmp_path))
    assert aws.requests["123456789012", "us-east-1", "sts:AssumeRole"] == 1


def test_a_role_session_as_base_is_held_to_one_hour_with_a_word(aws: EmbeddedAws, tmp_path: Path) -> None:
    sts = aws.client("sts")
    base = sts.assume_role(RoleArn=aws.role_arn, RoleSessionName="base", ExternalId=aws.external_id)["Credentials"]
    aws.client("iam").update_assume_role_policy(
        RoleName=aws.role_arn.rsplit("/", 1)[1],
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}',
    )
    credentials = {
        "auth_type": "iam_role",
        "role_arn": aws.role_arn,
        "duration_seconds": 7200,
        "access_key_id": base["AccessKeyId"],
        "secret_access_key": base["SecretAccessKey"],
        "session_token": base["SessionToken"],
    }
    output = read(aws.config(credentials=credentials, **FAST), tmp_path)
    assert_complete(aws, output)
    assert any("is itself a role session" in warning for warning in output.warnings)


def test_when_the_regions_may_not_be_listed_the_usual_ones_are_read_with_a_warning(tmp_path: Path) -> None:
    with EmbeddedAws(lookup_rate=None, regions=["us-gov-west-1", "us-gov-east-1"]) as aws:
        aws.fail(Fault(action="ec2:DescribeRegions", kind="access_denied", times=None))
        output = read(aws.config(**FAST), tmp_path, streams=["audit_events"])
        assert output.exit_code == 0
        assert set(output.audit_state) == {"us-gov-west-1", "us-gov-east-1"}
        [warning] = [text for text in output.warnings if "ec2:DescribeRegions" in text]
        assert "us-gov-east-1, us-gov-west-1" in warning


def test_a_region_that_is_not_enabled_is_a_named_failure_beside_the_others(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(regions=["us-east-1", "me-south-1"], **FAST), tmp_path, streams=["audit_events"])
    [error] = output.errors
    assert "Region me-south-1" in error["message"]
    assert "not enabled in the account" in error["message"]
    found = {record["event_id"] for record in output.records("audit_events")}
    assert found == {record["eventID"] for record in aws.events.visible(region="us-east-1")}


def refused(code: str, text: str) -> Answer:
    return Answer(400, json.dumps({"__type": code, "message": text}).encode(), {"x-amzn-RequestId": "r-1"})


def test_each_region_of_audit_events_fails_in_words_of_its_own(aws: EmbeddedAws, tmp_path: Path) -> None:
    tokens: list[str] = []

    def odd(call: Call, answer: Answer) -> Answer:
        if call.region == "eu-west-1":
            return refused("UnrecognizedClientException", "The security token included in the request is invalid.")
        if call.region == "ap-southeast-2":
            return refused("AccessDeniedException", "User: x … with an explicit deny in a service control policy")
        body = json.loads(answer.body)
        tokens.extend(body.get("NextToken", ()) and [body["NextToken"]])
        return replace(answer, body=json.dumps({**body, "NextToken": tokens[0]}).encode())

    aws.rewrite("cloudtrail:LookupEvents", odd)
    output = read(aws.config(**FAST), tmp_path, streams=["audit_events"])
    found = {
        region: (error["failure_type"], words in error["message"])
        for error in output.errors
        for region, words in (
            ("us-east-1", "cannot be read to the end: AWS gave the same pagination token twice"),
            ("eu-west-1", "although the Region is enabled in the account. Session tokens of the global STS endpoint"),
            ("ap-southeast-2", "is denied by a service control policy (SCP)"),
        )
        if f"Region {region}" in error["message"]
    }
    assert found == {
        "us-east-1": ("transient_error", True),
        "eu-west-1": ("config_error", True),
        "ap-southeast-2": ("config_error", True),
    }


def test_lists_that_do_not_say_how_they_go_on_and_conflicts_that_pass_are_for_later(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    aws.page_cap = 40

    def without_marker(_: Call, answer: Answer) -> Answer:
        return replace(answer, body=re.sub(rb"<Marker>.*?</Marker>", b"", answer.body))

    conflict = b"<ErrorResponse><Error><Code>ConcurrentModification</Code></Error></ErrorResponse>"
    aws.rewrite("iam:ListUsers", without_marker)
    aws.rewrite("iam:GetAccountPasswordPolicy", lambda _, __: Answer(409, conflict, {}))
    aws.rewrite("organizations:DescribeOrganization", lambda _, __: refused("RequestAbortedException", "x"))
    output = read(aws.config(**FAST), tmp_path, streams=["users", "password_policy", "organization"])
    assert {error["failure_type"] for error in output.errors} == {"transient_error"}
    assert {
        error["stream_descriptor"]["name"]: error["message"].split(" in account")[0] for error in output.errors
    } == {
        "users": "users: The pages of iam:ListUsers",
        "password_policy": "password_policy: AWS kept failing at iam:GetAccountPasswordPolicy",
        "organization": "organization: AWS kept failing at organizations:DescribeOrganization",
    }


def test_a_start_date_in_the_future_is_warned_of(aws: EmbeddedAws, tmp_path: Path) -> None:
    config = aws.config(start_date="2100-01-01T00:00:00Z", **FAST)
    output = read(config, tmp_path, streams=["audit_events", "groups"])
    assert (output.exit_code, output.records("audit_events")) == (0, [])
    [warning] = [text for text in output.warnings if "start_date" in text]
    assert warning.startswith("audit_events: start_date is in the future: 2100-01-01T00:00:00Z, while the clock of ")
