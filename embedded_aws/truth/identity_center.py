"""The instances of IAM Identity Center, and which of them the home account sees."""

from __future__ import annotations

from collections.abc import Iterator

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.identity_center import Instance
from embedded_aws.truth.values import Row


def instances(aws: Cloud) -> Iterator[Row]:
    for instance in seen(aws):
        of_organization = is_of_organization(aws, instance)
        attributes = instance.attributes if of_organization else {}
        yield {
            "instance_arn": instance.arn,
            "region": instance.region,
            "identity_store_id": instance.store_id,
            "identity_store_arn": instance.store_arn,
            "owner_account_id": instance.owner,
            "is_organization_instance": of_organization,
            "name": instance.name,
            "created_date": instance.created,
            "status": instance.status,
            "status_reason": None,
            "primary_region": instance.region,
            "regions": [
                {
                    "region_name": region,
                    "status": "ACTIVE",
                    "added_date": instance.created,
                    "is_primary_region": region == instance.region,
                }
                for region in (instance.region, *instance.replicas)
            ],
            "access_control_attributes": [{"key": key, "source": source} for key, source in attributes.items()],
            "unavailable_fields": [],
        }


def seen(aws: Cloud) -> Iterator[Instance]:
    """Yield what the home account sees: its own instance, and that of its organization."""
    for instance in aws.identity_center:
        if instance.owner == aws.account_id or (is_of_organization(aws, instance) and _is_member(aws)):
            yield instance


def is_of_organization(aws: Cloud, instance: Instance) -> bool:
    return aws.organization is not None and aws.organization.management == instance.owner


def _is_member(aws: Cloud) -> bool:
    return aws.organization is not None and aws.account_id in aws.organization.members


def principal_name(instance: Instance, principal_id: str) -> str | None:
    """Return the name of a user or group, None if it was deleted."""
    if principal_id in instance.users:
        user_name: str = instance.users[principal_id]["UserName"]
        return user_name
    group: str | None = instance.groups.get(principal_id, {}).get("DisplayName")
    return group
