"""An embedded AWS with more than one account."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from random import Random

from moto.core.exceptions import ServiceException
from moto.iam.models import Role, iam_backends

from embedded_aws.scenarios.member_accounts import Account, OpenAccount, create_role, fill, trust_policy
from embedded_aws.scenarios.seed_events import plant_events
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.organization import Organization, State
from embedded_aws.server.organization_tree import OrganizationTree

_STRANGER = "999999999999"
_DAYS = 7


class ManyAccounts(Cloud):
    """The part of `EmbeddedAws` that opens accounts, organizes them and breaks them."""

    role_arn: str
    """The hub: the connector's role in the home account, from which it goes on into the others."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.opened: dict[str, Account] = {}

    def organize(self, organization: Organization) -> OrganizationTree:
        """Create an organization, which is also in `organization`. It replaces an earlier one."""
        self.organization = OrganizationTree(organization, self.account_id, self.partition, self.now)
        return self.organization

    def open_accounts(self, accounts: Iterable[Account | str]) -> list[OpenAccount]:
        """Open more accounts behind the same URL, each with a role to be assumed. The first call into one takes some
        milliseconds to make its users.

        They are in no organization until `organize`, or `organization.add`, puts them there.
        """
        return [self._open(Account(account) if isinstance(account, str) else account) for account in accounts]

    def remove_role(self, account_id: str) -> None:
        """Delete the role of an account."""
        name = self._role(account_id).name
        self.iam(account_id).delete_role(name)

    def trust_another(self, account_id: str, principal: str = _STRANGER) -> None:
        """Let the role trust this principal only."""
        self._role(account_id).assume_role_policy_document = trust_policy(principal, self.opened[account_id].demands)

    def change_external_id(self, account_id: str, external_id: str = "changed-since") -> None:
        """Let the role require another external id than that of `open_accounts`."""
        trusted = self.opened[account_id].trusts or self.role_arn
        self._role(account_id).assume_role_policy_document = trust_policy(trusted, external_id)

    def deny_by_scp(self, account_id: str, *actions: str) -> None:
        """Deny these actions ("iam:List*"), or every one, in the account, by a service control policy."""
        self.accounts.denied[account_id] = actions or ("*",)

    def close_regions(self, account_id: str, *regions: str) -> None:
        """Deny everything in these Regions of the account, by a service control policy."""
        self.accounts.closed_regions[account_id] = regions

    def suspend(self, account_id: str, state: State = "SUSPENDED") -> None:
        """Suspend the account: its role cannot be assumed, and its sessions are unknown to AWS."""
        self.accounts.closed.add(account_id)
        if self.organization and account_id in self.organization.members:
            self.organization.set_state(account_id, state)

    def mend(self, account_id: str) -> None:
        """Undo all of the above."""
        self.accounts.denied.pop(account_id, None)
        self.accounts.closed_regions.pop(account_id, None)
        self.accounts.closed.discard(account_id)
        if self.organization and account_id in self.organization.members:
            self.organization.set_state(account_id, "ACTIVE")
        account = self.opened[account_id]
        try:
            trust = trust_policy(account.trusts or self.role_arn, account.demands)
            self._role(account_id).assume_role_policy_document = trust
        except ServiceException:
            create_role(self.iam(account_id), account, self.role_arn, self.moto_now())

    def _open(self, account: Account) -> OpenAccount:
        self.opened[account.id] = account
        if account.regions:
            self.accounts.regions[account.id] = list(account.regions)
        backend, now = iam_backends[account.id][self.partition], self.moto_now()
        self.accounts.plant_later(account.id, partial(fill, backend, account, self.role_arn, now))
        if account.events:
            rng = Random(account.id)  # noqa: S311 - reproducible, not secret
            plant_events(self.within(account.id), account.events, _DAYS, rng)
        return OpenAccount(account.id, account.role_arn(self.partition), account.demands)

    def _role(self, account_id: str) -> Role:
        return self.iam(account_id).get_role(self.opened[account_id].role.rpartition("/")[2])
