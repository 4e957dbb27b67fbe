"""service_last_accessed, compared with the ground truth, and with failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import Answer, Call, EmbeddedAws, Fault, Seed
from embedded_aws.control.faults import Kind
from embedded_aws.truth import truth_of
from integration_tests.conftest import FAST
from integration_tests.connector import Output, read
from integration_tests.test_check import check
from integration_tests.test_read import assert_complete

STREAM = "service_last_accessed"
STREAMS = [STREAM]
GENERATE, GET = "iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(seed=Seed(users=150, groups=4, roles=12, events=0), lookup_rate=None) as embedded:
        yield embedded


def identities(aws: EmbeddedAws) -> int:
    return len(aws.iam().users) + len(aws.iam().roles)


def asked(aws: EmbeddedAws, action: str) -> int:
    return sum(count for (*_, asked_for), count in aws.requests.items() if asked_for == action)


def assert_failed(output: Output, type_: str, *texts: str) -> None:
    assert (output.exit_code, output.statuses) == (1, {STREAM: "INCOMPLETE"})
    [error] = output.errors
    assert error["failure_type"] == type_
    assert error["message"].startswith(f"{STREAM}: ")
    assert [text for text in texts if text not in error["message"]] == []


def test_every_service_of_every_user_and_role_is_read_with_few_requests(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert_complete(aws, output, STREAMS)
    assert {row["identity_type"] for row in output.records(STREAM)} == {"user", "role"}
    assert asked(aws, GENERATE) == identities(aws)
    # One role has a second page. The last jobs may run when they are asked for.
    assert identities(aws) + 1 <= asked(aws, GET) <= identities(aws) + 5


def test_pages_may_be_of_any_size(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.page_cap = 3
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=STREAMS), STREAMS)


def test_actions_are_those_that_aws_has_where_the_form_asks_for_them(aws: EmbeddedAws, tmp_path: Path) -> None:
    output = read(aws.config(**FAST, include_action_last_accessed=True), tmp_path, streams=STREAMS)
    known = aws.last_accessed.services
    times = 0
    for row in output.records(STREAM):
        [service] = [
            service
            for service in known[aws.account_id, row["identity_arn"]]
            if service["ServiceNamespace"] == row["service_namespace"]
        ]
        tracked = service.get("TrackedActionsLastAccessed", [])
        assert [one["action_name"] for one in row["tracked_actions_last_accessed"]] == [
            one["ActionName"] for one in tracked
        ]
        times += sum("last_accessed_time" in one for one in row["tracked_actions_last_accessed"])
    assert times == sum("LastAccessedTime" in one for one in _tracked(known))
    assert times
    assert len(output.records(STREAM)) == sum(map(len, known.values()))


def _tracked(known: Any) -> list[dict[str, Any]]:
    return [
        one
        for services in known.values()
        for service in services
        for one in service.get("TrackedActionsLastAccessed", [])
    ]


def test_it_is_complete_too_where_users_and_roles_are_only_listed(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault("iam:GetAccountAuthorizationDetails", "access_denied", times=None))
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=STREAMS), STREAMS)


@pytest.mark.parametrize("action", [GENERATE, GET])
@pytest.mark.parametrize("kind", ["throttle", "reset", "expired_token"])
def test_what_passes_is_retried(kind: Kind, action: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault(action=action, kind=kind, times=1, after=3))
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=STREAMS), STREAMS)


def test_jobs_of_a_session_that_ended_are_started_anew(aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.after(GENERATE, 80, aws.expire_sessions)
    assert_complete(aws, read(aws.config(**FAST), tmp_path, streams=STREAMS), STREAMS)
    # Those that the first session had started.
    assert asked(aws, GENERATE) > identities(aws) + 50


@pytest.mark.parametrize("action", [GENERATE, GET, "iam:ListRoles"])
def test_denied_is_never_empty(action: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    aws.fail(Fault("iam:GetAccountAuthorizationDetails", "access_denied", times=None))
    aws.fail(Fault(action, "access_denied", times=None))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    missing = "iam:GetAccountAuthorizationDetails" if action == "iam:ListRoles" else action
    assert_failed(output, "config_error", f"The permission for {missing} in account {aws.account_id}", "is missing")


@pytest.mark.parametrize("kind", ["truncated_body", "missing_members", "failed_job"])
def test_what_is_broken_or_failed_is_a_failure_and_not_a_short_list(
    kind: Kind, aws: EmbeddedAws, tmp_path: Path
) -> None:
    aws.fail(Fault(GET, kind, times=None, after=100))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert_failed(output, "transient_error", f"{GET} in account {aws.account_id}, Region us-east-1", "sync again")
    assert output.records(STREAM), "those before it are there"


def test_a_user_who_is_deleted_after_the_list_has_no_rows_and_fails_nothing(aws: EmbeddedAws, tmp_path: Path) -> None:
    gone = next(user for user in aws.iam().users.values() if aws.last_accessed.services[aws.account_id, user.arn])
    aws.after("iam:GetAccountAuthorizationDetails", 1, lambda: aws.iam().users.pop(gone.name))
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    # The truth has those who exist at the end.
    assert_complete(aws, output, STREAMS)
    assert any("1 users and roles of account 123456789012 were deleted" in text for text in output.log)


def test_an_odd_service_is_a_row_and_costs_no_other(aws: EmbeddedAws, tmp_path: Path) -> None:
    def odd(_: Call, answer: Answer) -> Answer:
        body = answer.body.replace(b"<ServiceNamespace>s3</ServiceNamespace>", b"").replace(
            b"<TotalAuthenticatedEntities>1<", b"<TotalAuthenticatedEntities>many<"
        )
        return replace(answer, body=body)

    aws.rewrite(GET, odd)
    output = read(aws.config(**FAST), tmp_path, streams=STREAMS)
    assert output.statuses == {STREAM: "COMPLETE"}
    rows, truth = output.records(STREAM), truth_of(aws, STREAMS)[STREAM]
    keyless = [row for row in rows if row["service_namespace"].startswith("without-id-")]
    assert {row["service_name"] for row in keyless} == {"Amazon S3"}
    assert len(keyless) == sum(row["service_namespace"] == "s3" for row in truth)
    assert len(rows) == len(truth)
    assert {row.get("total_authenticated_entities") for row in rows} == {None, 0}
    assert any("the value 'many' of TotalAuthenticatedEntities cannot be parsed" in text for text in output.warnings)


@pytest.mark.parametrize("action", [GENERATE, GET])
def test_check_says_which_permission_is_missing_and_starts_no_job(
    action: str, aws: EmbeddedAws, tmp_path: Path
) -> None:
    started: list[str] = []
    aws.after(GENERATE, 1, lambda: started.append(GENERATE))
    assert STREAM not in check(aws.config(**FAST), tmp_path)[1]
    aws.fail(Fault(action, "access_denied", times=None))
    status, message = check(aws.config(**FAST), tmp_path)
    assert status == "SUCCEEDED"
    assert STREAM in message
    assert action in message
    assert started == []
