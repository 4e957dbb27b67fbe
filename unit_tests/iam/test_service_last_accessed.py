"""service_last_accessed: a job for each user and role, and every service that it finds, in whatever shape."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_calls.errors import AwsError, Outcome
from source_aws_iam.iam.polling import PAUSES
from source_aws_iam.iam.service_last_accessed import COLUMNS, OPEN_JOBS, ServiceLastAccessed, services_last_accessed
from unit_tests.iam.aws_answers import ACCOUNT_ID, DAY, DENIED, GONE, IAM, Answers, OddAnswers, details, role, user
from unit_tests.inventory import DECLARED, slice_of

GENERATE, GET = "GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails"
# Less than what botocore's model requires: such answers are given by OddAnswers.
RUNS = {"JobStatus": "IN_PROGRESS", "JobCreationDate": DAY}
ANA, APP = f"{IAM}:user/ana", f"{IAM}:role/app"


def service(namespace: str, **more: Any) -> dict[str, Any]:
    return {"ServiceName": namespace.upper(), "ServiceNamespace": namespace, **more}


def done(*services: Any, **more: Any) -> dict[str, Any]:
    times = {"JobCreationDate": DAY, "JobCompletionDate": DAY}
    return {"JobStatus": "COMPLETED", **times, "ServicesLastAccessed": [*services], "IsTruncated": False, **more}


def job_of(arn: str, number: int = 1) -> str:
    """Return an id of 36 characters that names the identity."""
    return f"{number}-{arn.rpartition('/')[2]}".ljust(36, "-")


class Jobs:
    """Answers for jobs. `answers` are by ARN those to each GetServiceLastAccessedDetails, the last one for ever."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._left = {arn: list(of_arn) for arn, of_arn in answers.items()}
        self._arns: dict[str, str] = {}
        self._started: Counter[str] = Counter()
        self._lock = Lock()
        self.open = self.most_open = 0

    def generate(self, request: Mapping[str, Any]) -> Any:
        arn = request["Arn"]
        with self._lock:
            self._started[arn] += 1
            self.open += 1
            self.most_open = max(self.most_open, self.open)
        job = job_of(arn, self._started[arn])
        self._arns[job] = arn
        return {"JobId": job}

    def get(self, request: Mapping[str, Any]) -> Any:
        with self._lock:
            self.open -= 1
        left = self._left[self._arns[request["JobId"]]]
        answer = left.pop(0) if len(left) > 1 else left[0]
        return answer(request) if callable(answer) else answer

    def table(self, users: Any, roles: Any = ()) -> dict[str, Any]:
        return {"GetAccountAuthorizationDetails": details(users, roles=roles), GENERATE: self.generate, GET: self.get}


def never(_: float) -> None:
    pytest.fail("slept")


def read(
    answers: Mapping[str, Any],
    users: Any = ("ana",),
    roles: Any = (),
    *,
    sleep: Callable[[float], None] = never,
    actions: bool = False,
) -> list[dict[str, Any]]:
    table = Jobs(answers).table([user(name) for name in users], [role(name) for name in roles])
    return list(services_last_accessed(OddAnswers(table).iam, actions=actions, sleep=sleep))


def streamed(aws: Answers) -> list[dict[str, Any]]:
    name = "service_last_accessed"
    declared = DECLARED[name]
    stream = ServiceLastAccessed(
        name=name,
        config=aws.config,
        needs=declared["retriever"]["needs"],
        primary_key=declared["primary_key"],
    )
    return [dict(row) for row in stream.read_records({}, slice_of(ACCOUNT_ID))]


def namespaces(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["identity_name"], row["service_namespace"]) for row in rows]


def test_a_row_says_who_last_used_which_service_when_and_where() -> None:
    used = service(
        "s3",
        LastAuthenticated=DAY,
        LastAuthenticatedEntity=ANA,
        LastAuthenticatedRegion="eu-west-1",
        TotalAuthenticatedEntities=1,
    )
    jobs = Jobs({ANA: [done(used, service("ec2", TotalAuthenticatedEntities=0))]})
    first, second = streamed(Answers(jobs.table([user("ana")])))
    known = {
        "account_id": ACCOUNT_ID,
        "partition": "aws",
        "identity_type": "user",
        "identity_id": user("ana")["UserId"],
        "identity_name": "ana",
        "identity_arn": ANA,
        "tracked_actions_last_accessed": None,
        "job_completion_date": DAY,
        "unavailable_fields": [],
    }
    assert first == {
        **known,
        "service_name": "S3",
        "service_namespace": "s3",
        "last_authenticated": DAY,
        "last_authenticated_entity": ANA,
        "last_authenticated_region": "eu-west-1",
        "total_authenticated_entities": 1,
    }
    assert second == {
        **known,
        "service_name": "EC2",
        "service_namespace": "ec2",
        **dict.fromkeys(("last_authenticated", "last_authenticated_entity", "last_authenticated_region")),
        "total_authenticated_entities": 0,
    }


def test_users_come_first_and_then_roles_each_with_all_pages_of_services() -> None:
    def pages(request: Mapping[str, Any]) -> Any:
        assert request["MaxItems"] == 1000
        if "Marker" in request:
            return done(service("s3"))
        return done(service("ec2"), IsTruncated=True, Marker="m")

    rows = read({ANA: [pages], APP: [done(service("sqs"))], f"{IAM}:user/bob": [done()]}, ("ana", "bob"), ("app",))
    assert namespaces(rows) == [("ana", "ec2"), ("ana", "s3"), ("app", "sqs")]
    assert [row["identity_type"] for row in rows] == ["user", "user", "role"]


def test_a_page_two_that_is_no_longer_complete_is_read_again_from_the_first() -> None:
    first = done(service("ec2"), IsTruncated=True, Marker="m")
    rows = read({ANA: [first, RUNS, first, done(service("s3"))]})
    assert namespaces(rows) == [("ana", "ec2"), ("ana", "s3")]


@pytest.mark.parametrize("actions", [False, True])
def test_actions_are_asked_for_where_the_form_says_so_and_are_an_empty_list_where_none_is_tracked(
    actions: bool,
) -> None:
    tracked = {
        "ActionName": "ListBucket",
        "LastAccessedEntity": ANA,
        "LastAccessedTime": DAY,
        "LastAccessedRegion": "eu-west-1",
    }
    services = [service("s3", **({"TrackedActionsLastAccessed": [tracked]} if actions else {})), service("sqs")]
    aws = Answers(Jobs({ANA: [done(*services)]}).table([user("ana")]), include_action_last_accessed=actions)
    found = [row["tracked_actions_last_accessed"] for row in streamed(aws)]
    action = {
        "action_name": "ListBucket",
        "last_accessed_entity": ANA,
        "last_accessed_time": DAY,
        "last_accessed_region": "eu-west-1",
    }
    assert found == ([[action], []] if actions else [None, None])
    [granularity] = [request["Granularity"] for operation, request in aws.asked if operation == GENERATE]
    assert granularity == ("ACTION_LEVEL" if actions else "SERVICE_LEVEL")


def test_each_user_and_role_takes_two_calls_and_few_jobs_are_open() -> None:
    names = [f"u{number}" for number in range(3 * OPEN_JOBS)]
    jobs = Jobs({f"{IAM}:user/{name}": [done(service("s3"))] for name in names})
    aws = Answers(jobs.table([user(name) for name in names]))
    rows = services_last_accessed(aws.iam, actions=False, sleep=never)
    next(rows)
    # The first row is there before a third of the jobs is started, but for those of the pool's threads.
    assert aws.operations.count(GENERATE) < 2 * OPEN_JOBS
    assert namespaces(list(rows)) == [(name, "s3") for name in names[1:]]
    assert Counter(aws.operations) == {"GetAccountAuthorizationDetails": 2, GENERATE: len(names), GET: len(names)}
    assert OPEN_JOBS < jobs.most_open < 2 * OPEN_JOBS


def test_a_job_that_runs_is_waited_for_and_the_order_is_kept() -> None:
    pauses: list[float] = []
    answers = {ANA: [RUNS, RUNS, RUNS, done(service("s3"))], APP: [done(service("sqs"))]}
    assert namespaces(read(answers, roles=("app",), sleep=pauses.append)) == [("ana", "s3"), ("app", "sqs")]
    assert pauses == [1, 1]


@pytest.mark.parametrize("status", ["IN_PROGRESS", "A_STATUS_OF_TOMORROW", ""])
def test_a_job_that_never_completes_is_waited_for_and_then_left_for_later(status: str) -> None:
    pauses: list[float] = []
    with pytest.raises(AwsError) as raised:
        read({ANA: [{**RUNS, "JobStatus": status}]}, sleep=pauses.append)
    assert raised.value.outcome is Outcome.LATER
    assert str(raised.value) == (
        "iam:GetServiceLastAccessedDetails in account 123456789012, Region us-east-1 has no result of the job about "
        "arn:aws:iam::123456789012:user/ana: AWS has not completed it after 304 seconds. When this user or role last "
        "accessed services is unknown; sync again later."
    )
    assert pauses == [*PAUSES]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ({"Code": "InternalFailure", "Message": "x"}, r"it failed \(InternalFailure\)"),
        ({"Code": "", "Message": "x"}, r"it failed \(without a code\)"),
        (None, r"it failed \(without a code\)"),
    ],
)
def test_a_job_that_failed_fails_the_stream_for_later(error: Any, why: str) -> None:
    failed = {**RUNS, "JobStatus": "FAILED", **({"Error": error} if error else {})}
    aws = OddAnswers(Jobs({ANA: [failed], APP: [done()]}).table([user("ana")], [role("app")]))
    with pytest.raises(AirbyteTracedException, match=f"service_last_accessed: .*user/ana: {why}") as raised:
        streamed(aws)
    assert raised.value.failure_type.value == "transient_error"


@pytest.mark.parametrize("operation", ["GetAccountAuthorizationDetails", "ListUsers", "ListRoles", GENERATE, GET])
def test_denied_is_never_empty(operation: str) -> None:
    table = Jobs({ANA: [done(service("s3"))]}).table([user("ana")])
    table = {**table, "ListUsers": {"Users": [user("ana")]}, "ListRoles": {"Roles": []}}
    if operation.startswith("List"):
        table["GetAccountAuthorizationDetails"] = DENIED
    table[operation] = DENIED
    if operation == "GetAccountAuthorizationDetails":
        assert namespaces(streamed(Answers(table))) == [("ana", "s3")]
        return
    with pytest.raises(AirbyteTracedException, match="service_last_accessed: The permission for iam:") as raised:
        streamed(Answers(table))
    assert raised.value.failure_type.value == "config_error"


@pytest.mark.parametrize("runs", [False, True])
def test_a_job_that_aws_does_not_know_is_started_anew(runs: bool) -> None:
    """As after the session that has started it was renewed."""
    pauses: list[float] = []
    answers = [*[RUNS] * runs, GONE, *[RUNS] * runs, done(service("s3"))]
    aws = OddAnswers(Jobs({ANA: answers}).table([user("ana")]))
    assert namespaces(list(services_last_accessed(aws.iam, actions=False, sleep=pauses.append))) == [("ana", "s3")]
    started = [request["JobId"] for operation, request in aws.asked if operation == GET]
    assert {*started} == {job_of(ANA, 1), job_of(ANA, 2)}


@pytest.mark.parametrize("when", ["before the job", "after the job", "while it is waited for"])
def test_a_user_who_was_deleted_since_it_was_listed_has_no_rows_and_fails_nothing(when: str) -> None:
    jobs = Jobs({ANA: [RUNS, GONE] if when.startswith("while") else [GONE], APP: [done(service("s3"))]})
    table = jobs.table([user("ana")], [role("app")])

    def generate(request: Mapping[str, Any]) -> Any:
        gone = request["Arn"] == ANA and (when.startswith("before") or ANA in seen)
        seen.add(request["Arn"])
        return GONE if gone else jobs.generate(request)

    seen: set[str] = set()
    aws = OddAnswers({**table, GENERATE: generate})
    rows = list(services_last_accessed(aws.iam, actions=False, sleep=lambda _: None))
    assert namespaces(rows) == [("app", "s3")]


@pytest.mark.parametrize(
    "answer",
    [{"JobStatus": "COMPLETED", "JobCompletionDate": DAY}, {"JobCreationDate": DAY}, {}],
)
def test_a_complete_job_without_a_list_and_an_answer_without_a_status_are_broken(answer: Any) -> None:
    with pytest.raises(AwsError, match="not AWS's"):
        read({ANA: [answer]})


def test_a_job_without_an_id_is_a_broken_answer() -> None:
    table = {**Jobs({}).table([user("ana")]), GENERATE: {}}
    with pytest.raises(AwsError, match=r"iam:GenerateServiceLastAccessedDetails.*not AWS's"):
        list(services_last_accessed(OddAnswers(table).iam, actions=False, sleep=never))


def test_a_list_that_is_left_out_is_empty_where_aws_says_that_no_page_follows() -> None:
    assert read({ANA: [{"JobStatus": "COMPLETED", "IsTruncated": False}]}) == []


@pytest.mark.parametrize("arn", [None, "", "arn:short"])
def test_a_user_about_whom_aws_cannot_be_asked_is_a_row_that_says_so(arn: str | None) -> None:
    odd = {name: value for name, value in {**user("eve"), "Arn": arn}.items() if value is not None}
    table = Jobs({ANA: [done(service("s3"))]}).table([odd, user("ana")])
    row, other = streamed(OddAnswers(table))
    assert (row["identity_name"], row["unavailable_fields"]) == ("eve", [*COLUMNS])
    assert row["identity_arn"]
    assert row["service_namespace"].startswith("without-id-")
    assert {row[column] for column in COLUMNS if column != "service_namespace"} == {None}
    assert other["service_namespace"] == "s3"


def test_a_service_without_a_namespace_is_a_row_with_a_key() -> None:
    rows = streamed(OddAnswers(Jobs({ANA: [done({"ServiceName": "X"}, service("s3"))]}).table([user("ana")])))
    assert [row["service_name"] for row in rows] == ["X", "S3"]
    assert rows[0]["service_namespace"].startswith("without-id-")


VALUES = st.one_of(st.none(), st.text(max_size=5))
SERVICES = st.dictionaries(
    st.sampled_from(
        ["ServiceName", "ServiceNamespace", "LastAuthenticatedEntity", "LastAuthenticatedRegion", "LastAuthenticated"]
    ),
    VALUES,
)


@settings(max_examples=50, deadline=None)
@given(services=st.lists(SERVICES.filter(any), max_size=5))
def test_every_service_is_a_row_whatever_its_text(services: list[dict[str, Any]]) -> None:
    rows = streamed(OddAnswers(Jobs({ANA: [done(*services)]}).table([user("ana")])))
    assert len(rows) == len(services)
    for row, sent in zip(rows, services, strict=True):
        assert row["service_namespace"] == sent.get("ServiceNamespace") or row["service_namespace"].startswith(
            "without"
        )
        assert row["last_authenticated_region"] == sent.get("LastAuthenticatedRegion")
        json.dumps(row)
