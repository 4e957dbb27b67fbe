"""The jobs of IAM's last accessed information, and what they find."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

Members = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A job, and what it finds. `requests_before` counts the requests about jobs of its account until it began."""

    job_id: str
    owner: str
    actions: bool
    services: list[Members]
    created: datetime
    requests_before: int


@dataclass
class LastAccessed:
    """What is known of each identity, and the jobs of all accounts."""

    services: dict[tuple[str, str], list[Members]] = field(default_factory=dict)
    """(Account id, ARN) -> members of ServiceLastAccessed under AWS's names, with the tracked actions; times are aware.
    An identity that is not in it has no policies."""
    requests_of_a_job: int = 2
    """A job is complete once so many other requests about jobs of its account have come. AWS takes seconds."""
    _jobs: dict[tuple[str, str], Job] = field(default_factory=dict)
    _requests: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def start(self, account_id: str, arn: str, owner: str, now: datetime, *, actions: bool) -> Job:
        """Start a job for `owner`, which is the user or the session that asks."""
        with self._lock:
            self._requests[account_id] += 1
            services = [dict(service) for service in self.services.get((account_id, arn), ())]
            job = Job(str(uuid.uuid4()), owner, actions, services, now, self._requests[account_id])
            self._jobs[account_id, job.job_id] = job
            return job

    def job(self, account_id: str, job_id: str, owner: str) -> tuple[Job, bool] | None:
        """Return a job of `owner`, and whether it is complete; None for any other."""
        with self._lock:
            self._requests[account_id] += 1
            job = self._jobs.get((account_id, job_id))
            if job is None or job.owner != owner:
                return None
            # This request is none of the others.
            return job, self._requests[account_id] - 1 - job.requests_before >= self.requests_of_a_job
