"""service_last_accessed: when each user and role last used each service that its policies allow.

AWS answers with a job for each identity. The jobs of many identities run at a time, so that most of them are complete
when they are asked for. The rows of the first come while others run.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aws_calls.answers import broken_answer
from aws_calls.errors import AbsentError, AwsError, InvalidIdError, Outcome
from source_aws_iam.iam.entities import known
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import ROLE, USER, identity_columns
from source_aws_iam.iam.polling import PAUSES, polled
from source_aws_iam.streams.columns import hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session

T = TypeVar("T")

# AWS completes a job within seconds. At the usual pace of IAM, so many are started in ten seconds.
OPEN_JOBS: Final = 100
_GENERATE: Final = "generate_service_last_accessed_details"
_GET: Final = "get_service_last_accessed_details"
_KIND: Final = "users and roles"
_ACTIONS: Final = "tracked_actions_last_accessed"
COLUMNS: Final = (
    *("service_name", "service_namespace"),
    *("last_authenticated", "last_authenticated_entity", "last_authenticated_region", "total_authenticated_entities"),
    *(_ACTIONS, "job_completion_date"),
)


@dataclass(frozen=True)
class _Job:
    """A job for the user or role of the columns `identity`. `job_id` is None where AWS cannot be asked."""

    identity: Row
    job_id: str | None


class ServiceLastAccessed(IamStream):
    """One row per user or role, and service that its policies allow."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the services of all users, and then of all roles."""
        iam = session.reader("iam")
        return services_last_accessed(iam, actions=self.context.settings.action_last_accessed)


def services_last_accessed(iam: Reader, *, actions: bool, sleep: Callable[[float], None] = time.sleep) -> Iterator[Row]:
    """Yield the rows of all users and roles. With `actions`, AWS also says when each action was used."""
    identities = (identity_columns(row, kind) for kind in (USER, ROLE) for row in known(iam, kind).values())
    jobs = _Jobs(iam, actions=actions)
    open_jobs = _delayed(OPEN_JOBS, iam.each(_KIND, jobs.start, identities))
    for job, rows in iam.each(_KIND, jobs.ask, open_jobs):
        # Here, because a thread of the pool that sleeps is missing to other streams.
        yield from jobs.wait_for(job, sleep) if rows is None else rows


def _delayed(length: int, items: Iterable[T]) -> Iterator[T]:
    """Yield the items, each when `length` more are there."""
    held: deque[T] = deque()
    for item in items:
        held.append(item)
        if len(held) > length:
            yield held.popleft()
    yield from held


class _Jobs:
    """Starts jobs, and asks for their rows."""

    def __init__(self, iam: Reader, *, actions: bool) -> None:
        self._iam = iam
        self._actions = actions

    def start(self, identity: Row) -> _Job:
        """Start the job of a user or role. Raises AbsentError for one that was deleted."""
        arn = identity["identity_arn"]
        granularity = "ACTION_LEVEL" if self._actions else "SERVICE_LEVEL"
        try:
            return _Job(identity, self._iam.one(_GENERATE, Arn=arn, Granularity=granularity)["job_id"] if arn else None)
        except InvalidIdError:
            return _Job(identity, None)

    def ask(self, job: _Job) -> tuple[_Job, list[Row] | None]:
        """Return the job and its rows, or None for them while it runs. A job that AWS does not know is started anew.

        Raises AbsentError for a user or role that was deleted.
        """
        try:
            return job, self._rows(job)
        except AbsentError:
            # Only the session that has started a job may ask for it, and sessions are renewed.
            return self.start(job.identity), None

    def wait_for(self, job: _Job, sleep: Callable[[float], None]) -> list[Row]:
        """Return the rows of a job that was still running. Raises AwsError, LATER where it is not completed in time."""
        current = job

        def rows_of_current() -> list[Row] | None:
            nonlocal current
            current, rows = self.ask(current)
            return rows

        try:
            rows = polled(rows_of_current, sleep)
        except AbsentError:
            return []
        if rows is None:
            raise self._unknown(job, f"AWS has not completed it after {sum(PAUSES)} seconds", "JobInProgress")
        return rows

    def _rows(self, job: _Job) -> list[Row] | None:
        if job.job_id is None:
            return [{**job.identity, **hidden(COLUMNS)}]
        rows: list[Row] = []
        for page in self._iam.pages(_GET, JobId=job.job_id):
            if page["job_status"] == "FAILED":
                code = (page.get("error") or {}).get("code")
                raise self._unknown(job, f"it failed ({code or 'without a code'})", "JobFailed")
            if page["job_status"] != "COMPLETED":
                return None
            if "services_last_accessed" not in page and "is_truncated" not in page:
                raise broken_answer(self._iam.target(_GET))
            rows += (self._row(job, page, service) for service in page.get("services_last_accessed", ()))
        return rows

    def _row(self, job: _Job, page: Row, service: Row) -> Row:
        row = {**dict.fromkeys(COLUMNS), **service, "job_completion_date": page.get("job_completion_date")}
        # AWS leaves the list out where it is empty, as it does where it was not asked for.
        tracked = {_ACTIONS: row[_ACTIONS] or []} if self._actions else {}
        return {**job.identity, **row, **tracked, "unavailable_fields": []}

    def _unknown(self, job: _Job, why: str, code: str) -> AwsError:
        target = self._iam.target(_GET)
        sentence = (
            f"{target} has no result of the job about {job.identity['identity_arn']}: {why}. When this user or role "
            "last accessed services is unknown; sync again later."
        )
        return AwsError(Outcome.LATER, sentence, code=code, target=target)
