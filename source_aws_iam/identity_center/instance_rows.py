"""identity_center_instances: each instance, and the user attributes that its permission sets may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_calls.errors import AbsentError
from source_aws_iam.identity_center.identity_center_stream import IdentityCenterStream
from source_aws_iam.streams.columns import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.identity_center.instances import Instance

_ATTRIBUTES: Final = ("access_control_attributes",)


class IdentityCenterInstances(IdentityCenterStream):
    """One row per instance."""

    def rows_of(self, instance: Instance) -> Iterator[Row]:
        """Yield the instance."""
        listed, kind = instance.listed, instance.is_of_organization
        unknown = ["is_organization_instance"] if kind is None else []
        if kind is None:
            asked = hidden(_ATTRIBUTES)
        elif kind:
            asked = visible({_ATTRIBUTES: lambda: _attributes(instance)})
        else:
            asked = {"access_control_attributes": [], "unavailable_fields": []}
        yield {
            **listed,
            "is_organization_instance": kind,
            **asked,
            "unavailable_fields": [*unknown, *asked["unavailable_fields"]],
        }


def _attributes(instance: Instance) -> Row:
    operation = "describe_instance_access_control_attribute_configuration"
    try:
        found = instance.admin.one(operation, InstanceArn=instance.arn)
    except AbsentError:
        return {"access_control_attributes": []}
    configured = found.get("instance_access_control_attribute_configuration") or {}
    attributes = [
        {"key": one.get("key"), "source": (one.get("value") or {}).get("source", [])}
        for one in configured.get("access_control_attributes", [])
    ]
    return {"access_control_attributes": attributes}
