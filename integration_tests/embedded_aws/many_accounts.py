"""What tests ask of an embedded AWS with more than one account."""

from __future__ import annotations

from integration_tests.embedded_aws.cloud import Cloud
from integration_tests.embedded_aws.organization import Organization
from integration_tests.embedded_aws.organization_tree import OrganizationTree


class ManyAccounts(Cloud):
    """The part of `EmbeddedAws` that makes accounts, organizes them and breaks them."""

    def organize(self, organization: Organization) -> OrganizationTree:
        """Found an organization, also to be found as `organization`; it replaces the one before it."""
        self.organization = OrganizationTree(organization, self.account_id, self.partition, self.now)
        return self.organization
