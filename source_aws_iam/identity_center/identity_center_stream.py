"""The base classes of the streams of Identity Center."""

from __future__ import annotations

import logging
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_calls.errors import AwsError
from source_aws_iam.identity_center.instances import Instance, instances
from source_aws_iam.streams.call_plan import unavailable_calls
from source_aws_iam.streams.organization_stream import OrganizationStream
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.traces import raise_for_accounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Row

logger = logging.getLogger("airbyte.source_aws_iam")


@dataclass
class IdentityCenterStream(OrganizationStream):
    """Reads one stream, instance by instance. A stream is a subclass with the method `rows_of`."""

    def __post_init__(self) -> None:
        """Start without instances."""
        super().__post_init__()
        self._read: list[Instance] = []

    @abstractmethod
    def rows_of(self, instance: Instance) -> Iterable[Row]:
        """Yield the rows of one instance."""

    def unavailable(self) -> Collection[str]:
        """Return the calls that are unavailable to the hub, or to those who read the instances."""
        found = set(super().unavailable())
        for instance in self._read:
            for session in (instance.session, instance.administrator):
                found |= unavailable_calls(self.needs, session, instance.region)
        return found

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of all instances. An account that could not be asked is named, and its own is left out."""
        every = instances(self.context)
        for account_id, error in every.failed.items():
            self.context.failed(self.name, AccountRegion(account_id), error)
        if not every.found:
            logger.info(
                "%s: the accounts that are read see no instance of IAM Identity Center, so there are no rows. If there "
                "is one, enter its Region as identity_center_region.",
                self.name,
            )
        for instance in every.found:
            self._read.append(instance)
            for row in self.rows_of(instance):
                yield {"partition": self.context.hub.partition, "instance_arn": instance.arn, **row}
        # Roles that could not be read are no reason: they are null and named in rows that are there.
        if every.failed:
            raise_for_accounts(self.name, self.context)


@dataclass
class AdministratorStream(IdentityCenterStream):
    """What AWS tells of the organization's instance to the management account and the delegated administrator only,
    and of the instance of a member account to that account.
    """

    @abstractmethod
    def rows_for_administrator(self, instance: Instance) -> Iterable[Row]:
        """Yield the rows of one instance."""

    def rows_of(self, instance: Instance) -> Iterator[Row]:
        """Yield the rows. A denial to another account than the owner names the accounts that AWS would answer."""
        try:
            yield from self.rows_for_administrator(instance)
        except AwsError as error:
            if not error.denied or instance.administrator.account_id == instance.owner:
                raise
            raise _denied_to_others(self.name, instance, error) from None


@dataclass
class PermissionSetStream(AdministratorStream):
    """What only the organization's instance has: permission sets, and what belongs to them."""

    def rows_of(self, instance: Instance) -> Iterator[Row]:
        """Yield the rows, and nothing for the instance of a member account."""
        if instance.is_of_organization is False:
            return
        self.context.hub.reader("organizations").raise_if_unavailable("describe_organization")
        yield from super().rows_of(instance)


def _denied_to_others(stream: str, instance: Instance, error: AwsError) -> AwsError:
    sentence = (
        f"{error} {stream}: AWS tells permission sets, assignments, applications and trusted token issuers of "
        f"{instance.arn} to account {instance.owner}, the management account, and to the delegated administrator of "
        "sso.amazonaws.com only. Use credentials of one of them, or add it to accounts."
    )
    return AwsError(error.outcome, sentence, code=error.code, target=error.target, denied_by=error.denied_by)
