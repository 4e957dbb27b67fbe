"""organization_policies: the policies of every type that is enabled in the organization, with their content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AwsError
from source_aws_iam.aws.documents import statements
from source_aws_iam.aws.values import json_object
from source_aws_iam.organizations.reading import organization
from source_aws_iam.streams.organization_stream import OrganizationStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.organizations.reading import Organization

_CONTENT: Final = ("content", "content_text", "statements")


class OrganizationPolicies(OrganizationStream):
    """One row per policy, whatever it is attached to."""

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield every policy. One that was deleted since it was listed is left out."""
        hub = self.context.hub
        found = organization(hub)

        def read(policy: Row) -> Row:
            return {"partition": hub.partition, **_row(policy), **_content(found, policy["id"])}

        return hub.reader("organizations").each("organization policies", read, found.policies())


def _row(policy: Row) -> Row:
    return {
        "policy_id": policy["id"],
        "policy_arn": policy.get("arn"),
        "policy_name": policy.get("name"),
        "description": policy.get("description"),
        "policy_type": policy.get("type"),
        "aws_managed": policy.get("aws_managed"),
    }


def _content(found: Organization, policy_id: str) -> Row:
    """Return the columns of the content. Unlike a policy document of IAM, AWS does not send it URL-encoded."""
    try:
        sent = found.content(policy_id)
    except AwsError as error:
        if not error.unavailable:
            raise
        return {**dict.fromkeys(_CONTENT), "unavailable_fields": [*_CONTENT]}
    content, text = (None, None) if sent is None else json_object(sent)
    has_statements = content is not None and "Statement" in content
    return {
        "content": content,
        "content_text": text,
        "statements": list(statements(content)) if has_statements else None,
        "unavailable_fields": [],
    }
