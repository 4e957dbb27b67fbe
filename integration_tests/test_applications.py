"""Applications of IAM Identity Center, who is assigned to them, and trusted token issuers, row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import Answer, Call, EmbeddedAws, Fault
from embedded_aws.scenarios.member_accounts import MEMBER_ROLE, Account, account_ids
from embedded_aws.scenarios.seed_identity_center import People, open_identity_center
from embedded_aws.server.organization import Member, Organization
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from integration_tests.conftest import FAST
from integration_tests.connector import FEW_ATTEMPTS, Json, Output, read
from integration_tests.test_identity_center import FEW, STREAMS, asked, of_member
from integration_tests.test_read import assert_complete, tables

APPLICATIONS, ASSIGNMENTS, ISSUERS = OWN = [
    "identity_center_applications",
    "application_assignments",
    "trusted_token_issuers",
]
IDS = account_ids(3)
EXTERNAL_ID = "of-the-whole-organization"
LISTED = {
    APPLICATIONS: "sso:ListApplications",
    ASSIGNMENTS: "sso:ListApplicationAssignments",
    ISSUERS: "sso:ListTrustedTokenIssuers",
}


@pytest.fixture
def aws(empty_aws: EmbeddedAws) -> EmbeddedAws:
    """The home account is the management account of an organization."""
    empty_aws.organize(Organization(accounts=[Member(one, f"account {one[-1]}") for one in IDS]))
    return empty_aws


def organization(aws: EmbeddedAws) -> Json:
    """A config that reads all accounts but the home account."""
    aws.open_accounts([Account(one, users=0, groups=0, external_id=EXTERNAL_ID) for one in IDS])
    accounts = {"scope": "organization", "role_name": MEMBER_ROLE, "external_id": EXTERNAL_ID}
    return aws.config(accounts=accounts, **FAST)


def without(aws: EmbeddedAws, stream: str, *hidden: str) -> dict[str, Any]:
    """The truth with these columns null and named."""
    rows = truth_of(aws, [stream])[stream]
    return {stream: [{**row, **dict.fromkeys(hidden), "unavailable_fields": [*hidden]} for row in rows]}


def error_body(code: str) -> bytes:
    return json.dumps({"__type": code, "Message": "no"}).encode()


def test_applications_assignments_and_issuers_are_read_completely(aws: EmbeddedAws, tmp_path: Path) -> None:
    instance = open_identity_center(aws, [aws.account_id, *IDS])
    output = read(aws.config(**FAST), tmp_path, streams=OWN)
    assert_complete(aws, output, OWN)
    assert [len(output.records(stream)) for stream in (APPLICATIONS, ISSUERS)] == [10, 2]
    assert {row["status"] for row in output.records(APPLICATIONS)} == {"ENABLED", "DISABLED"}
    assert {row["assignment_required"] for row in output.records(APPLICATIONS)} == {True, False}
    assert {row["principal_type"] for row in output.records(ASSIGNMENTS)} == {"USER", "GROUP"}
    requests = asked(aws)
    assert requests["sso:ListApplications"] == 1
    assert requests["sso:ListTagsForResource"] == 10 + 2
    assert requests["sso:GetApplicationAssignmentConfiguration"] == 10
    # One application has 120 assignments, and so a second page.
    assert requests["sso:ListApplicationAssignments"] == 10 + 1
    [left_over] = [row for row in output.records(ASSIGNMENTS) if row["principal_id"] == instance.deleted_user]
    assert "principal_name" not in left_over
    assert left_over["unavailable_fields"] == []


def test_every_page_is_read(aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [], People(people=3, groups=2, permission_sets=0, applications=101, issuers=101))
    output = read(aws.config(**FAST), tmp_path, streams=OWN)
    assert_complete(aws, output, OWN)
    assert [len(output.records(stream)) for stream in (APPLICATIONS, ISSUERS)] == [101, 101]
    assert (asked(aws)["sso:ListApplications"], asked(aws)["sso:ListTrustedTokenIssuers"]) == (3, 2)


@pytest.mark.parametrize("stream", OWN)
def test_page_two_that_is_cut_fails_the_stream(stream: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [], People(people=120, groups=2, permission_sets=0, applications=101, issuers=101))
    aws.fail(Fault(LISTED[stream], "truncated_body", times=1, after=1))
    output = read(aws.config(**FAST), tmp_path, streams=[stream])
    assert output.statuses == {stream: "INCOMPLETE"}
    [error] = output.errors
    assert error["failure_type"] == "transient_error"
    assert LISTED[stream] in error["message"]


@pytest.mark.parametrize("listed", ["Applications", "TrustedTokenIssuers"])
def test_an_entry_without_its_arn_is_a_broken_answer(listed: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [], FEW)

    def without_arn(_call: Call, answer: Answer) -> Answer:
        return Answer(answer.status, json.dumps({listed: [{"Name": "x"}]}).encode(), answer.headers)

    aws.rewrite(f"sso:List{listed}", without_arn)
    stream = APPLICATIONS if listed == "Applications" else ISSUERS
    output = read(aws.config(**FAST), tmp_path, streams=[stream])
    assert output.statuses == {stream: "INCOMPLETE"}
    assert "was answered with a body that is not AWS's" in output.errors[0]["message"]


HIDDEN = [
    (APPLICATIONS, "sso:GetApplicationAssignmentConfiguration", "assignment_required"),
    (APPLICATIONS, "sso:ListTagsForResource", "tags"),
    (ISSUERS, "sso:DescribeTrustedTokenIssuer", "trusted_token_issuer_configuration"),
    (ISSUERS, "sso:ListTagsForResource", "tags"),
]


@pytest.mark.parametrize(("stream", "action", "column"), HIDDEN)
def test_a_column_that_is_denied_is_null_and_named(
    stream: str, action: str, column: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    open_identity_center(aws, [], FEW)
    aws.fail(Fault(action, "access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=[stream, "sync_coverage"])
    assert output.exit_code == 0
    assert first_differences(without(aws, stream, column), tables(output, [stream])) == []
    [row] = [row for row in output.records("sync_coverage") if row["stream"] == stream]
    assert (row["status"], row["missing_action"]) == ("partial", action)


@pytest.mark.parametrize(
    ("kind", "action"), [("USER", "identitystore:ListUsers"), ("GROUP", "identitystore:ListGroups")]
)
def test_assignments_whose_names_are_denied_are_all_there(
    kind: str, action: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    open_identity_center(aws, [], FEW)
    aws.fail(Fault(action, "access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=[ASSIGNMENTS])
    expected = truth_of(aws, [ASSIGNMENTS])[ASSIGNMENTS]
    for row in expected:
        if row["principal_type"] == kind:
            row |= {"principal_name": None, "unavailable_fields": ["principal_name"]}
    assert output.exit_code == 0
    assert first_differences({ASSIGNMENTS: expected}, tables(output, [ASSIGNMENTS])) == []


ROWS = [
    *((stream, "sso:ListInstances") for stream in OWN),
    (APPLICATIONS, "sso:ListApplications"),
    (ASSIGNMENTS, "sso:ListApplications"),
    (ASSIGNMENTS, "sso:ListApplicationAssignments"),
    (ISSUERS, "sso:ListTrustedTokenIssuers"),
]


@pytest.mark.parametrize(("stream", "action"), ROWS)
def test_a_stream_whose_rows_are_denied_fails(stream: str, action: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [], FEW)
    aws.fail(Fault(action, "access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=[stream])
    assert (output.exit_code, output.statuses, output.records(stream)) == (1, {stream: "INCOMPLETE"}, [])
    [error] = output.errors
    assert error["failure_type"] == "config_error"
    assert action in error["message"]


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException"])
@pytest.mark.parametrize("stream", [APPLICATIONS, ISSUERS])
def test_no_error_of_a_list_is_taken_for_an_instance_without_any(
    stream: str, code: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    open_identity_center(aws, [], FEW)
    aws.rewrite(LISTED[stream], lambda _, answer: Answer(400, error_body(code), answer.headers))
    output = read(aws.config(**FAST), tmp_path, streams=[stream])
    assert (output.exit_code, output.statuses) == (1, {stream: "INCOMPLETE"})


def test_what_is_deleted_after_it_was_listed_is_left_out(aws: EmbeddedAws, tmp_path: Path) -> None:
    instance = open_identity_center(aws, [aws.account_id], FEW)
    application, issuer = list(instance.applications)[-1], list(instance.issuers)[-1]
    aws.after("sso:ListApplications", 1, lambda: instance.applications.pop(application))
    aws.after("sso:ListTrustedTokenIssuers", 1, lambda: instance.issuers.pop(issuer))
    output = read(aws.config(**FAST), tmp_path, streams=OWN)
    assert_complete(aws, output, OWN)
    assert [len(output.records(stream)) for stream in (APPLICATIONS, ISSUERS)] == [9, 1]


def test_odd_applications_and_principals_become_rows(aws: EmbeddedAws, tmp_path: Path) -> None:
    instance = open_identity_center(aws, [], FEW)
    first, second = list(instance.applications.values())[:2]
    first.name, first.provider_arn, second.portal_options = None, "", {}
    second.assignments = [("ROBOT", next(iter(instance.users))), ("USER", "no-such-id")]

    def bare(_call: Call, answer: Answer) -> Answer:
        body = json.loads(answer.body)
        body["Applications"][2] = {"ApplicationArn": body["Applications"][2]["ApplicationArn"], "CreatedDate": "?"}
        return Answer(answer.status, json.dumps(body).encode(), answer.headers)

    aws.rewrite("sso:ListApplications", bare)
    output = read(aws.config(**FAST), tmp_path, streams=OWN)
    assert set(output.statuses.values()) == {"COMPLETE"}
    rows = {row["application_arn"]: row for row in output.records(APPLICATIONS)}
    assert rows.keys() == instance.applications.keys()
    assert "name" not in rows[first.arn]
    assert "created_date" not in rows[list(instance.applications)[2]]
    named = [row for row in output.records(ASSIGNMENTS) if row["application_arn"] == second.arn]
    assert {(row["principal_type"], row.get("principal_name")) for row in named} == {("ROBOT", None), ("USER", None)}
    assert len(output.records(ASSIGNMENTS)) == sum(len(one.assignments) for one in instance.applications.values())


def assert_union(aws: EmbeddedAws, output: Output, member: str) -> None:
    assert set(output.statuses.values()) == {"COMPLETE"}, output.errors
    expected = {stream: [*truth_of(aws, [stream])[stream], *of_member(aws, member, stream)] for stream in OWN}
    assert first_differences(expected, tables(output, OWN)) == []


def test_the_instance_of_a_member_has_applications_that_its_own_account_is_asked_for(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    member = IDS[1]
    open_identity_center(aws, IDS[:2], FEW)
    own = open_identity_center(aws, [], FEW, owner=member, region="eu-west-1")
    output = read(organization(aws), tmp_path, streams=OWN)
    assert_union(aws, output, member)
    assert {row["application_account"] for row in output.records(APPLICATIONS) if row["instance_arn"] == own.arn} == {
        member
    }
    askers = {key[:2] for key in aws.requests if key[2] == "sso:ListApplications"}
    assert askers == {(aws.account_id, "us-east-1"), (member, "eu-west-1")}


def test_applications_need_not_know_the_kind_of_the_instance(aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [], FEW)
    own = open_identity_center(aws, [], FEW, owner=IDS[1], region="eu-west-1")
    config = organization(aws)
    aws.fail(Fault("organizations:DescribeOrganization", "access_denied", times=None))
    output = read(config, tmp_path, streams=OWN)
    assert_union(aws, output, IDS[1])
    assert own.arn in {row["instance_arn"] for row in output.records(ISSUERS)}


def test_another_member_is_told_which_account_reads_applications(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """It could list its own applications, which would be fewer rows."""
    aws = empty_aws
    aws.organize(Organization(accounts=[aws.account_id], management="555555555555"))
    open_identity_center(aws, [aws.account_id], FEW, owner="555555555555")
    output = read(aws.config(**FAST), tmp_path, streams=OWN)
    assert output.statuses == dict.fromkeys(OWN, "INCOMPLETE")
    for error in output.errors:
        assert "applications and trusted token issuers of arn:aws:sso" in error["message"]
        assert "to account 555555555555, the management account" in error["message"]


def test_throttled_calls_lose_nothing(aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [], FEW)
    aws.fail(Fault("sso:ListApplicationAssignments", "throttle", times=2))
    aws.fail(Fault("sso:DescribeTrustedTokenIssuer", "reset", times=1))
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=OWN), OWN)


def test_what_aws_keeps_failing_at_fails_the_stream(aws: EmbeddedAws, tmp_path: Path) -> None:
    open_identity_center(aws, [], FEW)
    aws.fail(Fault("sso:GetApplicationAssignmentConfiguration", "unavailable", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=[APPLICATIONS], constants=FEW_ATTEMPTS)
    assert output.statuses == {APPLICATIONS: "INCOMPLETE"}
    assert output.errors[0]["failure_type"] == "transient_error"


def test_the_pace_of_the_connector_is_within_the_quotas_of_aws(aws: EmbeddedAws, tmp_path: Path) -> None:
    """At default settings, with all streams of Identity Center at once."""
    open_identity_center(aws, [aws.account_id, *IDS], People(people=250, groups=12))
    aws.identity_center_rate = 20
    streams = [*STREAMS, *OWN]
    output = read(aws.config(), tmp_path, streams=streams)
    assert_complete(aws, output, streams)
    throttled, made = sum(aws.throttled_identity_center.values()), asked(aws)
    assert sum(count for action, count in made.items() if action.startswith("sso:")) > 100
    # The time of requests varies on a busy machine.
    assert throttled <= sum(made.values()) * 0.05
