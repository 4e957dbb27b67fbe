"""Which services users and roles last used, of those that their policies allow. One role has more than a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from random import Random
from typing import Any

from moto.iam.models import Group, IAMBackend, Role, User

from embedded_aws.scenarios.seed_times import between
from embedded_aws.server.cloud import Cloud

_NAMES = {
    "dynamodb": "Amazon DynamoDB",
    "ec2": "Amazon EC2",
    "iam": "AWS Identity and Access Management",
    "kms": "AWS Key Management Service",
    "lambda": "AWS Lambda",
    "s3": "Amazon S3",
    "sts": "AWS Security Token Service",
}
"""All services, of which AWS has some four hundred: a thousand users would have too many rows."""

_TRACKED = {
    "ec2": ("DescribeInstances", "RunInstances"),
    "iam": ("CreateUser", "GetAccountAuthorizationDetails"),
    "s3": ("CreateBucket", "ListAllMyBuckets", "ListBucket"),
}
_MANY = 230
_TRACKING_PERIOD = timedelta(days=400)


def plant_last_accessed(cloud: Cloud, rng: Random, now: datetime) -> None:
    """Plant what is found of each user and role of the home account."""
    backend, known = cloud.iam(), cloud.last_accessed.services
    # By name, because the ids of roles are not the same in each run.
    roles = sorted(backend.roles.values(), key=lambda role: role.name)
    holders: list[User | Role] = [*backend.users.values(), *roles]
    for holder in holders:
        found = sorted(_namespaces(backend, holder))
        if holder is roles[-1]:
            found = [f"service{number:03}" for number in range(_MANY)]
        known[backend.account_id, holder.arn] = [_service(cloud, rng, now, holder.arn, name) for name in found]


def _service(cloud: Cloud, rng: Random, now: datetime, arn: str, namespace: str) -> dict[str, Any]:
    name = _NAMES.get(namespace, namespace)
    service: dict[str, Any] = {"ServiceName": name, "ServiceNamespace": namespace, "TotalAuthenticatedEntities": 0}
    tracked: list[dict[str, Any]] = [{"ActionName": action} for action in _TRACKED.get(namespace, ())]
    more = {"TrackedActionsLastAccessed": tracked} if tracked else {}
    if rng.random() < 0.4:
        return {**service, **more}
    used = between(rng, now - _TRACKING_PERIOD, now).replace(microsecond=0, tzinfo=timezone.utc)
    region = rng.choice(cloud.regions)
    if tracked:
        tracked[0] |= {"LastAccessedEntity": arn, "LastAccessedTime": used, "LastAccessedRegion": region}
    last = {"LastAuthenticated": used, "LastAuthenticatedEntity": arn, "LastAuthenticatedRegion": region}
    return {**service, **last, "TotalAuthenticatedEntities": 1, **more}


def _namespaces(backend: IAMBackend, holder: User | Role) -> set[str]:
    """Return the services that the policies of a user or role, and of the user's groups, allow."""
    holders: list[User | Role | Group] = [holder]
    if isinstance(holder, User):
        holders += [group for group in backend.groups.values() if holder in group.users]
    return {namespace for one in holders for document in _documents(one) for namespace in _allowed(document)}


def _documents(holder: User | Role | Group) -> Iterator[str]:
    yield from holder.policies.values()
    for policy in holder.managed_policies.values():
        yield from (version.document for version in policy.versions if version.is_default)


# Many users have the same few policies, some of which are long.
@lru_cache(maxsize=1_000)
def _allowed(document: str) -> frozenset[str]:
    allowed: set[str] = set()
    for statement in _listed(json.loads(document)["Statement"]):
        if statement["Effect"] == "Allow":
            excluded = {_namespace(action) for action in _listed(statement.get("NotAction", []))}
            included = {_namespace(action) for action in _listed(statement.get("Action", "*"))}
            allowed |= (_NAMES.keys() if "*" in included else _NAMES.keys() & included) - excluded
    return frozenset(allowed)


def _namespace(action: str) -> str:
    return action.partition(":")[0].lower()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
