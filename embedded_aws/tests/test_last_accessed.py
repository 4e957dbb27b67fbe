"""Embedded AWS's last accessed information: jobs that take a while, are their owner's, and answer in pages."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import EmbeddedAws, Fault, Seed, StoppedClock
from embedded_aws.server.principals import AccessKey
from embedded_aws.truth import truth_of

WHEN = datetime(2026, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
GET = "iam:GetServiceLastAccessedDetails"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(now=StoppedClock(WHEN)) as embedded:
        yield embedded


def plant(aws: EmbeddedAws, count: int = 1) -> str:
    """A user who may use so many services, the first of which was used."""
    arn = str(aws.client("iam").create_user(UserName="ana")["User"]["Arn"])
    tracked = [{"ActionName": "ListBucket", "LastAccessedTime": WHEN}]
    services = [
        {"ServiceName": f"Service {number}", "ServiceNamespace": f"s{number:03}", "TotalAuthenticatedEntities": 0}
        for number in range(count)
    ]
    services[0] |= {"LastAuthenticated": WHEN, "TrackedActionsLastAccessed": tracked}
    aws.last_accessed.services[aws.account_id, arn] = services
    return arn


def start(iam: Any, arn: str, **arguments: Any) -> str:
    return str(iam.generate_service_last_accessed_details(Arn=arn, **arguments)["JobId"])


def get(iam: Any, job_id: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = iam.get_service_last_accessed_details(JobId=job_id, **arguments)
    del answer["ResponseMetadata"]
    return answer


def completed(iam: Any, job_id: str, **arguments: Any) -> dict[str, Any]:
    while (answer := get(iam, job_id, **arguments))["JobStatus"] == "IN_PROGRESS":
        pass
    return answer


def code_of(call: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **more)
    return str(caught.value.response["Error"]["Code"])


def test_a_job_that_runs_has_a_status_and_no_list(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    job = start(iam, plant(aws))
    assert [get(iam, job) for _ in range(2)] == [{"JobStatus": "IN_PROGRESS", "JobCreationDate": WHEN}] * 2
    assert get(iam, job)["JobStatus"] == "COMPLETED"


def test_a_job_is_complete_after_other_requests_about_jobs_too(aws: EmbeddedAws) -> None:
    iam, arn = aws.client("iam"), plant(aws)
    job, *_ = [start(iam, arn) for _ in range(3)]
    assert get(iam, job)["JobStatus"] == "COMPLETED"


@pytest.mark.parametrize("granularity", ["SERVICE_LEVEL", "ACTION_LEVEL", None])
def test_a_job_says_which_services_and_where_it_was_asked_which_actions_were_used(
    granularity: str | None, aws: EmbeddedAws
) -> None:
    iam = aws.client("iam")
    answer = completed(iam, start(iam, plant(aws), **({"Granularity": granularity} if granularity else {})))
    service = {
        "ServiceName": "Service 0",
        "ServiceNamespace": "s000",
        "TotalAuthenticatedEntities": 0,
        "LastAuthenticated": WHEN,
    }
    if granularity == "ACTION_LEVEL":
        service["TrackedActionsLastAccessed"] = [{"ActionName": "ListBucket", "LastAccessedTime": WHEN}]
    assert answer == {
        "JobStatus": "COMPLETED",
        "JobType": granularity or "SERVICE_LEVEL",
        "JobCreationDate": WHEN,
        "JobCompletionDate": WHEN + timedelta(seconds=1),
        "ServicesLastAccessed": [service],
        "IsTruncated": False,
    }


def test_a_page_has_a_hundred_services_or_as_many_as_asked_for_up_to_two_hundred(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    arn = plant(aws, 230)
    job = start(iam, arn)
    assert len(completed(iam, job)["ServicesLastAccessed"]) == 100
    assert len(completed(iam, job, MaxItems=3)["ServicesLastAccessed"]) == 3
    first = completed(iam, job, MaxItems=1000)
    last = get(iam, job, MaxItems=1000, Marker=first["Marker"])
    names = [one["ServiceNamespace"] for page in (first, last) for one in page["ServicesLastAccessed"]]
    assert (len(first["ServicesLastAccessed"]), first["IsTruncated"], last["IsTruncated"]) == (200, True, False)
    assert names == [f"s{number:03}" for number in range(230)]
    other = start(iam, arn)
    completed(iam, other)
    assert code_of(get, iam, other, Marker=first["Marker"]) == "ValidationError"


@pytest.mark.parametrize("what", ["user", "role", "group", "policy"])
def test_users_roles_groups_and_policies_that_exist_have_jobs(what: str, aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    made = {
        "user": lambda: iam.create_user(UserName="x"),
        "role": lambda: iam.create_role(RoleName="x", AssumeRolePolicyDocument=document),
        "group": lambda: iam.create_group(GroupName="x"),
        "policy": lambda: iam.create_policy(PolicyName="x", PolicyDocument=document),
    }
    arn = f"arn:aws:iam::{aws.account_id}:{what}/x"
    assert code_of(start, iam, arn) == "NoSuchEntity"
    assert made[what]()[what.capitalize()]["Arn"] == arn
    assert completed(iam, start(iam, arn))["ServicesLastAccessed"] == []


def test_what_is_no_arn_and_no_granularity_is_told(aws: EmbeddedAws) -> None:
    iam = aws.client("iam")
    assert code_of(start, iam, "user/with-a-long-enough-name") == "InvalidInput"
    assert code_of(start, iam, plant(aws), Granularity="REGION_LEVEL") == "ValidationError"


def test_only_the_session_that_started_a_job_knows_it(aws: EmbeddedAws) -> None:
    iam, sts = aws.client("iam"), aws.client("sts")

    def session() -> Any:
        given = sts.assume_role(RoleArn=aws.role_arn, RoleSessionName="test", ExternalId=aws.external_id)["Credentials"]
        key = AccessKey(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return aws.client_of(key, "iam")

    first, arn = session(), plant(aws)
    job = start(first, arn)
    assert completed(first, job)["ServicesLastAccessed"]
    for other in (session(), iam, aws.client_of(aws.open_account("210987654321"), "iam")):
        assert code_of(get, other, job) == "NoSuchEntity"
    assert code_of(get, first, str(uuid.uuid4())) == "NoSuchEntity"


def test_a_job_fails_on_demand(aws: EmbeddedAws) -> None:
    iam = aws.client_of(aws.base_key, "iam")
    aws.fail(Fault(GET, "failed_job"))
    job = start(iam, plant(aws))
    failed = get(iam, job)
    assert (failed["JobStatus"], failed["Error"]["Code"]) == ("FAILED", "InternalFailure")
    assert completed(iam, job)["JobStatus"] == "COMPLETED"


def test_a_seed_has_services_that_were_used_and_others_that_never_were_the_same_in_each_run() -> None:
    planted = []
    for _ in range(2):
        with EmbeddedAws(seed=Seed(users=20, groups=4, events=0), now=StoppedClock(WHEN)) as aws:
            planted.append(truth_of(aws, ["service_last_accessed"])["service_last_accessed"])
    rows, again = planted
    assert rows == again
    for kind in ("user", "role"):
        used = {row["last_authenticated"] is not None for row in rows if row["identity_type"] == kind}
        assert used == {True, False}
    assert any(sum(row["identity_arn"] == arn for row in rows) > 200 for arn in {row["identity_arn"] for row in rows})
