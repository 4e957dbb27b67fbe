"""Which services users and roles last used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import SOME_TIME, Row


def service_last_accessed(aws: Cloud) -> Iterator[Row]:
    """Every service of every user and role as jobs find it. Actions are read where the form asks for them."""
    backend = aws.iam()
    identities = [
        *(("user", user.id, user.name, user.arn) for user in backend.users.values()),
        *(("role", role.id, role.name, role.arn) for role in backend.roles.values()),
    ]
    for identity in identities:
        for service in aws.last_accessed.services.get((aws.account_id, identity[-1]), []):
            yield {
                **dict(zip(("identity_type", "identity_id", "identity_name", "identity_arn"), identity, strict=True)),
                **_columns(service),
            }


def _columns(service: Row) -> dict[str, Any]:
    return {
        "service_name": service["ServiceName"],
        "service_namespace": service["ServiceNamespace"],
        "last_authenticated": service.get("LastAuthenticated"),
        "last_authenticated_entity": service.get("LastAuthenticatedEntity"),
        "last_authenticated_region": service.get("LastAuthenticatedRegion"),
        "total_authenticated_entities": service.get("TotalAuthenticatedEntities"),
        "tracked_actions_last_accessed": None,
        "job_completion_date": SOME_TIME,
        "unavailable_fields": [],
    }
