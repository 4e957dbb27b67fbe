"""organization: the organization that the account of the credentials is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.organizations.reading import organization
from source_aws_iam.streams.organization_stream import OrganizationStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Organization(OrganizationStream):
    """One row, which every member account may read."""

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield the organization. AWS's members say "master" for the management account."""
        found = organization(self.context.hub).described()
        yield {
            "organization_id": found.get("id") or (found.get("arn") or "").rpartition("/")[2],
            "partition": self.context.hub.partition,
            "arn": found.get("arn"),
            "feature_set": found.get("feature_set"),
            "management_account_id": found.get("master_account_id"),
            "management_account_arn": found.get("master_account_arn"),
            "management_account_email": found.get("master_account_email"),
            "available_policy_types": found.get("available_policy_types"),
        }
