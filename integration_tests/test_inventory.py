"""The IAM inventory: reports, pages, and entities that are deleted during the read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.control.faults import Kind
from integration_tests.conftest import FAST
from integration_tests.connector import Output, read
from integration_tests.test_read import assert_complete

# Each list that is paged, and the streams that read it.
PAGED = {
    "iam:GetAccountAuthorizationDetails": ["groups", "policies"],
    "iam:ListUsers": ["users"],
    "iam:ListRoles": ["roles"],
    "iam:ListVirtualMFADevices": ["mfa_devices"],
    "iam:ListServiceSpecificCredentials": ["service_specific_credentials"],
    "iam:ListServerCertificates": ["server_certificates"],
    "iam:ListInstanceProfiles": ["instance_profiles"],
}


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """Two of everything at least, so that there is a second page."""
    with EmbeddedAws(seed=Seed(users=30, groups=6, events=0), lookup_rate=None) as embedded:
        yield embedded


@pytest.mark.parametrize("kind", ["throttle", "reset", "expired_token"])
def test_what_passes_on_page_two_is_retried_on_that_page(kind: Kind, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.page_cap = 1
    for action in PAGED:
        aws.fail(Fault(action=action, kind=kind, times=1, after=1))
    streams = sorted({stream for streams in PAGED.values() for stream in streams})
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=streams), streams)


@pytest.mark.parametrize("action", PAGED)
def test_a_broken_page_two_is_a_failure_and_not_a_short_list(action: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.page_cap = 1
    aws.fail(Fault(action=action, kind="truncated_body", times=None, after=1))
    output = read(aws.config(**FAST), tmp_path, streams=PAGED[action])
    assert output.statuses == dict.fromkeys(PAGED[action], "INCOMPLETE")
    assert {error["failure_type"] for error in output.errors} == {"transient_error"}


def report_states(aws: EmbeddedAws, folder: Path) -> Output:
    output = read(aws.config(**FAST), folder, streams=["credential_report"])
    assert_complete(aws, output, ["credential_report"])
    return output


def test_a_report_is_made_where_there_is_none_and_then_used_again(aws: EmbeddedAws, tmp_path: Path) -> None:
    report_states(aws, tmp_path)
    first = aws.requests["123456789012", "us-east-1", "iam:GenerateCredentialReport"]
    report_states(aws, tmp_path)
    assert (first, aws.requests["123456789012", "us-east-1", "iam:GenerateCredentialReport"]) == (1, 1)


@pytest.mark.parametrize("action", ["iam:GenerateCredentialReport", "iam:GetCredentialReport"])
def test_a_throttled_report_is_asked_for_again(action: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action=action, kind="throttle", times=2))
    report_states(aws, tmp_path)


def test_users_younger_than_the_report_are_asked_for_by_themselves(aws: EmbeddedAws, tmp_path: Path) -> None:
    report_states(aws, tmp_path)
    iam = aws.client("iam")
    iam.create_user(UserName="newcomer")
    key = iam.create_access_key(UserName="newcomer")["AccessKey"]
    iam.create_login_profile(UserName="newcomer", Password="planted-Passw0rd!")
    output = read(aws.config(**FAST), tmp_path, streams=["users", "access_keys", "credential_report"])
    [user] = [row for row in output.records("users") if row["user_name"] == "newcomer"]
    assert user["password_enabled"] is True
    assert user["login_profile_created_at"]
    assert user["mfa_active"] is False
    assert [item["access_key_id"] for item in user["access_keys"]] == [key["AccessKeyId"]]
    assert user["unavailable_fields"] == [], "AWS denied nothing: the user is younger than the report"
    assert key["AccessKeyId"] in {row["access_key_id"] for row in output.records("access_keys")}
    assert "newcomer" not in {row["user"] for row in output.records("credential_report")}


def test_a_deleted_user_of_the_report_is_no_row(aws: EmbeddedAws, tmp_path: Path) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="leaver")
    report_states(aws, tmp_path)
    iam.delete_user(UserName="leaver")
    output = read(aws.config(**FAST), tmp_path, streams=["users", "access_keys", "credential_report"])
    assert "leaver" not in {row["user_name"] for row in output.records("users")}
    assert "leaver" in {row["user"] for row in output.records("credential_report")}


def test_a_user_deleted_between_two_calls_is_no_half_row_and_counted(aws: EmbeddedAws, tmp_path: Path) -> None:
    """Listed, and gone when asked for by itself."""
    iam = aws.client("iam")
    iam.create_user(UserName="leaver")
    aws.fail(Fault(action="iam:GetAccountAuthorizationDetails", kind="access_denied", times=None))
    aws.after("iam:ListUsers", 1, lambda: iam.delete_user(UserName="leaver"))
    output = read(aws.config(**FAST), tmp_path, streams=["users"])
    assert output.statuses == {"users": "COMPLETE"}
    assert "leaver" not in {row["user_name"] for row in output.records("users")}
    assert any("1 users of account 123456789012 were deleted while they were read" in text for text in output.log)


def test_a_user_that_only_the_details_have_is_asked_for(aws: EmbeddedAws, tmp_path: Path) -> None:
    """Deleted between the details and the list: gone. Nothing else of the account is lost."""
    iam = aws.client("iam")
    iam.create_user(UserName="leaver")
    aws.after("iam:GetAccountAuthorizationDetails", 1, lambda: iam.delete_user(UserName="leaver"))
    output = read(aws.config(**FAST), tmp_path, streams=["users"])
    assert output.statuses == {"users": "COMPLETE"}
    names = {row["user_name"] for row in output.records("users")} - {"<root_account>"}
    assert names == {user["user_name"] for user in aws.users_truth()}


def test_a_group_that_changes_in_mid_page_breaks_nothing(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.page_cap = 10
    iam = aws.client("iam")
    aws.after("iam:GetAccountAuthorizationDetails", 2, lambda: iam.create_group(GroupName="born-in-mid-page"))
    output = read(aws.config(**FAST), tmp_path, streams=["groups", "group_members"])
    assert output.statuses == {"groups": "COMPLETE", "group_members": "COMPLETE"}
    groups = {row["group_id"] for row in output.records("groups")}
    assert {row["group_id"] for row in output.records("group_members")} <= groups


def test_a_count_that_differs_from_awss_own_is_told_with_both_numbers(aws: EmbeddedAws, tmp_path: Path) -> None:
    iam = aws.client("iam")
    aws.after("iam:GetAccountSummary", 1, lambda: iam.create_group(GroupName="born-later"))
    output = read(aws.config(**FAST), tmp_path, streams=["groups"])
    found = len(output.records("groups"))
    assert any(
        f"groups: {found} rows of account 123456789012 were read, and AWS counts {found - 1} (Groups" in text
        for text in output.warnings
    )


def test_descriptions_and_tags_of_policies_are_read_when_asked_for(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(include_policy_tags=True, **FAST), tmp_path, streams=["policies"])
    iam = aws.client("iam")
    rows = output.records("policies")
    assert len(rows) == aws.requests["123456789012", "us-east-1", "iam:GetPolicy"]
    for row in rows:
        policy = iam.get_policy(PolicyArn=row["arn"])["Policy"]
        assert row.get("description") == policy.get("Description")
        assert row["tags"] == {tag["Key"]: tag["Value"] for tag in policy.get("Tags", [])}
        assert row["unavailable_fields"] == []
    assert any(row["tags"] for row in rows)
    assert any(row.get("description") for row in rows)


def test_all_policies_of_aws_are_read_when_asked_for(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(include_all_aws_policies=True, **FAST), tmp_path, streams=["policies"])
    arns = {row["arn"] for row in output.records("policies")}
    listed = aws.client("iam").get_paginator("list_policies").paginate()
    assert arns == {policy["Arn"] for page in listed for policy in page["Policies"]}
    assert all(row["document"] for row in output.records("policies"))


def test_every_user_is_asked_when_that_is_wanted(aws: EmbeddedAws, tmp_path: Path) -> None:
    streams = ["access_keys", "mfa_devices", "signing_certificates"]
    assert_complete(aws, read(aws.config(ask_every_user=True, **FAST), tmp_path, streams=streams), streams)
    users = len(aws.users_truth())
    for action in ("iam:ListAccessKeys", "iam:ListMFADevices", "iam:ListSigningCertificates"):
        assert aws.requests["123456789012", "us-east-1", action] == users


def test_only_those_are_asked_who_have_something_to_tell(aws: EmbeddedAws, tmp_path: Path) -> None:
    streams = ["access_keys", "mfa_devices", "signing_certificates"]
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=streams), streams)
    with_keys = {row["user_id"] for row in read(aws.config(**FAST), tmp_path, streams=streams).records("access_keys")}
    assert aws.requests["123456789012", "us-east-1", "iam:ListAccessKeys"] == 2 * len(with_keys)
