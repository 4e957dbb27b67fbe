"""IAM's last accessed information: jobs that say when an identity last used the services that its policies allow.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.iam.models import IAMBackend

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import AwsError, validation_error
from embedded_aws.server.iam_entities import no_such_entity
from embedded_aws.server.paging import one_page
from embedded_aws.server.principals import Principal

_LARGEST_PAGE = 200
"""A page has no more services than this, whatever MaxItems asks."""

_GRANULARITIES = ("SERVICE_LEVEL", "ACTION_LEVEL")
_ACTIONS = "TrackedActionsLastAccessed"


def generate_service_last_accessed_details(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    arn, granularity = call.params["Arn"], call.params.get("Granularity", _GRANULARITIES[0])
    if granularity not in _GRANULARITIES:
        raise validation_error(granularity, "granularity", f"satisfy enum value set: [{', '.join(_GRANULARITIES)}]")
    if not arn.startswith("arn:"):
        raise AwsError("InvalidInput", f"{arn} is not a valid ARN.")
    if arn not in _arns(cloud.iam(caller.account_id)):
        raise no_such_entity(f"ARN {arn} was not found.")
    actions = granularity == "ACTION_LEVEL"
    job = cloud.last_accessed.start(caller.account_id, arn, _owner(caller), cloud.now(), actions=actions)
    return {"JobId": job.job_id}


def get_service_last_accessed_details(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    """While the job runs, the answer has neither JobType nor ServicesLastAccessed, which the model requires."""
    found = cloud.last_accessed.job(caller.account_id, call.params["JobId"], _owner(caller))
    if found is None:
        raise no_such_entity("The job was not found.")
    job, complete = found
    created = job.created.replace(microsecond=0)
    if not complete:
        return {"JobStatus": "IN_PROGRESS", "JobCreationDate": created}
    services = {(service["ServiceNamespace"], service["ServiceName"]): service for service in job.services}
    shown, more = one_page(call, services, cloud.page_cap, lambda fitting: min(len(fitting), _LARGEST_PAGE))
    hidden = set() if job.actions else {_ACTIONS}
    return {
        "JobStatus": "COMPLETED",
        "JobType": _GRANULARITIES[job.actions],
        "JobCreationDate": created,
        "JobCompletionDate": created + timedelta(seconds=1),
        "ServicesLastAccessed": [
            {name: value for name, value in service.items() if name not in hidden} for service in shown
        ],
        **more,
    }


def _owner(caller: Principal) -> str:
    """A job is its user's, or of a role, its session's."""
    return caller.key.access_key_id if caller.role_arn else caller.arn


def _arns(backend: IAMBackend) -> set[str]:
    holders = (backend.users, backend.groups, backend.roles, backend.managed_policies)
    return {one.arn for held in holders for one in held.values()}
