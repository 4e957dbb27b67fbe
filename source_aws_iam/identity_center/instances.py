"""The Identity Center instances that a sync reads, and whose session reads each.

An organization has one instance, which all its accounts see. Its users and groups may be read by every account, its
permission sets, applications and trusted token issuers by the management account and the delegated administrator only.
A member account may have an instance of its own besides, which has no permission sets.

https://docs.aws.amazon.com/singlesignon/latest/userguide/identity-center-instances.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_calls.answers import broken_answer
from aws_calls.errors import AbsentError, AwsError
from source_aws_iam.identity_center import SERVICE_PRINCIPAL
from source_aws_iam.sync.failures import without_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.sync.account_handle import AccountHandle
    from source_aws_iam.sync.context import SyncContext

SERVICE: Final = "sso-admin"
STORE: Final = "identitystore"


@dataclass(frozen=True)
class Instance:
    """An instance, in its Region. `listed` is what ListInstances says of it.

    `is_of_organization` is None where AWS does not say so. `session` is that of an account that sees it, and
    `administrator` that of an account that may read its permission sets and applications, if any is known.
    """

    listed: Row
    region: str
    is_of_organization: bool | None
    session: Session
    administrator: Session

    @property
    def arn(self) -> str:
        """The instance's ARN."""
        found: str = self.listed["instance_arn"]
        return found

    @property
    def store_id(self) -> str:
        """The id of its identity store. Raises AwsError where AWS left it out: then nothing of it can be read."""
        found: str | None = self.listed.get("identity_store_id")
        if not found:
            raise broken_answer(self.session.reader(SERVICE, self.region).target("list_instances"))
        return found

    @property
    def owner(self) -> str | None:
        """The account that owns it."""
        return self.listed.get("owner_account_id")

    @property
    def admin(self) -> Reader:
        """The reader of permission sets, applications, their assignments, and trusted token issuers."""
        return self.administrator.reader(SERVICE, self.region)

    @property
    def store(self) -> Reader:
        """The reader of users and groups."""
        return self.session.reader(STORE, self.region)


@dataclass(frozen=True)
class Instances:
    """The instances that were found, and the accounts that could not be asked, each with its error."""

    found: tuple[Instance, ...]
    failed: Mapping[str, AwsError]


def instances(context: SyncContext) -> Instances:
    """Return the instances of the accounts that are read. AWS is asked once a sync. Raises AwsError."""
    return context.hub.reader(SERVICE).settled("instances", lambda: _Search(context).run())


class _Search:
    """Asks the account of the credentials first, and then each account that is read."""

    def __init__(self, context: SyncContext) -> None:
        self._context = context
        self._hub = context.hub
        self._others = {
            account.account_id: account
            for account in context.accounts()
            if account.account_id != context.hub.account_id
        }

    def run(self) -> Instances:
        seen, hub_error = self._of_hub()
        failed: dict[str, AwsError] = {}
        for account, found in self._hub.pool.map(self._ask, self._others.values()):
            if isinstance(found, AwsError):
                failed[account.account_id] = found
                continue
            for row in found:
                if row["instance_arn"] not in seen:
                    # It is read later on, and what is read of its account is dropped then only.
                    account.hold()
                    seen[row["instance_arn"]] = (row, account.session)
        of_organization = self._management() if seen else None
        # All accounts see the organization's instance. So the credentials need not, if another account does.
        owners = {row.get("owner_account_id") for row, _ in seen.values()}
        if hub_error and not (of_organization and of_organization in owners):
            raise hub_error
        return Instances(tuple(self._instance(row, session, of_organization) for row, session in seen.values()), failed)

    def _of_hub(self) -> tuple[dict[str, tuple[Row, Session]], AwsError | None]:
        try:
            rows = [*self._listed(self._hub)]
        except AwsError as error:
            if not error.unavailable:
                raise
            return {}, without_frames(error)
        return {row["instance_arn"]: (row, self._hub) for row in rows}, None

    def _ask(self, account: AccountHandle) -> tuple[AccountHandle, list[Row] | AwsError]:
        try:
            with account.held() as session:
                return account, [*self._listed(session)]
        except AwsError as error:
            return account, without_frames(error)

    def _listed(self, session: Session) -> Iterator[Row]:
        """Yield the instances that an account sees. Older endpoints know no RegionScope: then each Region is asked."""
        chosen = self._context.settings.identity_center_region
        if chosen:
            yield from _in_region(session, chosen)
            return
        try:
            yield from _in_region(session, session.region, RegionScope="ALL_REGIONS")
        except AbsentError:
            for region in session.regions.enabled:
                yield from _in_region(session, region)

    def _management(self) -> str | None:
        """Return the management account, which owns the organization's instance. "" in no organization.

        None where AWS does not say.
        """
        try:
            found: Row = self._hub.reader("organizations").one("describe_organization")["organization"]
        except AbsentError:
            return ""
        except AwsError as error:
            if not error.unavailable:
                raise
            return None
        management: str | None = found.get("master_account_id")
        return management

    def _instance(self, row: Row, session: Session, management: str | None) -> Instance:
        owner = row.get("owner_account_id")
        is_of_organization = None if management is None or owner is None else owner == management
        administrator = session if is_of_organization is False else self._administrator(owner) or session
        return Instance(row, row["region"], is_of_organization, session, administrator)

    def _administrator(self, owner: str | None) -> Session | None:
        """Return the session of the owner, or of the delegated administrator, where one of them can be reached."""
        delegated = [] if owner == self._hub.account_id else [*self._delegated()]
        for account_id in filter(None, (owner, *delegated)):
            if account_id == self._hub.account_id:
                return self._hub
            if account_id in self._others:
                self._others[account_id].hold()
                return self._others[account_id].session
        settings = self._context.settings
        if delegated and settings.accounts.scope == "organization":
            role = settings.accounts.account_role(self._hub.partition, delegated[0], settings.session_name)
            return self._hub.assuming(role)
        return None

    def _delegated(self) -> Iterator[str]:
        request = {"ServicePrincipal": SERVICE_PRINCIPAL}
        try:
            rows = self._hub.reader("organizations").rows(
                "list_delegated_administrators", "DelegatedAdministrators", **request
            )
            yield from (row["id"] for row in rows if row.get("id"))
        except AbsentError:
            return
        except AwsError as error:
            if not error.unavailable:
                raise


def _in_region(session: Session, region: str, **request: str) -> Iterator[Row]:
    """Yield the instances with the Region in which each is asked: its primary one, where AWS names it."""
    reader = session.reader(SERVICE, region)
    try:
        rows = [*reader.rows("list_instances", "Instances", **request)]
    except AbsentError:
        if request:
            raise
        # Only RegionScope may be unknown. It must not end as a stream without rows.
        raise broken_answer(reader.target("list_instances")) from None
    for row in rows:
        if not row.get("instance_arn"):
            raise broken_answer(reader.target("list_instances"))
        yield {**row, "region": row.get("primary_region") or region}
