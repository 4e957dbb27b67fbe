"""delegated_administrators: which accounts administer which services for the organization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.organizations.reading import organization, state
from source_aws_iam.streams.organization_stream import OrganizationStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Row


class DelegatedAdministrators(OrganizationStream):
    """One row per account and service that it administers."""

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield the services of each account. An account that administers none any more has no rows."""
        hub = self.context.hub
        found = organization(hub)

        def read(account: Row) -> tuple[Row, list[Row]]:
            return account, found.delegated_services(account["id"])

        accounts = found.delegated_administrators()
        for account, services in hub.reader("organizations").each("delegated administrators", read, accounts):
            for service in services:
                yield {"partition": hub.partition, **_row(account, service)}


def _row(account: Row, service: Row) -> Row:
    return {
        "account_id": account["id"],
        "service_principal": service.get("service_principal"),
        "account_arn": account.get("arn"),
        "account_name": account.get("name"),
        "email": account.get("email"),
        "state": state(account),
        "joined_method": account.get("joined_method"),
        "joined_at": account.get("joined_timestamp"),
        "account_delegation_enabled_date": account.get("delegation_enabled_date"),
        "service_delegation_enabled_date": service.get("delegation_enabled_date"),
    }
