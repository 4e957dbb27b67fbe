"""The tags of what an instance of Identity Center has: permission sets, applications, trusted token issuers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.aws.values import tags

if TYPE_CHECKING:
    from source_aws_iam.identity_center.instances import Instance


def resource_tags(instance: Instance, arn: str) -> dict[str, str | None]:
    """Return the tags of one resource as one object. Raises AwsError, and AbsentError where it is deleted."""
    request = {"InstanceArn": instance.arn, "ResourceArn": arn}
    return tags([*instance.admin.rows("list_tags_for_resource", "Tags", **request)]) or {}
