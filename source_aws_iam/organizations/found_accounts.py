"""The accounts that a sync reads, from its settings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aws_calls.errors import AbsentError, AwsError, Outcome, Target
from source_aws_iam.organizations.reading import management_account, organization, path, state
from source_aws_iam.sync.account_handle import AccountHandle

if TYPE_CHECKING:
    from collections.abc import Collection

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.config import Accounts, Settings
    from source_aws_iam.organizations.reading import Organization

logger = logging.getLogger("airbyte.source_aws_iam")


def find_accounts(settings: Settings, hub: Session) -> list[AccountHandle]:
    """Return the accounts that `settings` choose. Calls Organizations where they do not name them. Raises AwsError."""
    accounts = settings.accounts
    if accounts.scope == "list":
        return [AccountHandle(hub.assuming(role)) for role in accounts.roles]
    if accounts.scope == "organization":
        return _of_organization(settings, hub)
    return [AccountHandle(hub, kept=True)]


def _of_organization(settings: Settings, hub: Session) -> list[AccountHandle]:
    try:
        rows = selected(organization(hub), settings.accounts)
    except AbsentError:
        rows = []
    if not rows:
        target = Target(action="organizations:ListAccounts", account_id=hub.account_id, region=hub.region)
        sentence = (
            f"{target} shows no account to read. Either the account of the credentials is in no organization, or "
            "accounts leaves all of them out. Check the credentials, and what accounts includes and leaves out."
        )
        raise AwsError(Outcome.ACT, sentence, code="NoAccounts", target=target)
    logger.info("%d accounts of the organization are read.", len(rows))
    return [_handle(settings, hub, row) for row in rows]


def accounts_so_far(settings: Settings, hub: Session) -> list[AccountHandle]:
    """Return the accounts that `find_accounts` has found so far, and that are certain to be read."""
    choice = settings.accounts
    wanted = _wanted(organization(hub).accounts_so_far(), choice)
    return [_handle(settings, hub, row) for row in wanted if not choice.by_unit or _inside(path(row), choice)]


def accounts_of_trail(settings: Settings, hub: Session, there: Collection[str]) -> set[str]:
    """Return the ids of the accounts whose log files are read, where a trail has those of `there`. Raises AwsError.

    An account that has left the organization, or is suspended, still has log files. They are read, unless accounts are
    chosen by units, because such an account is in none.
    """
    choice = settings.accounts
    if choice.scope == "current":
        return {hub.account_id}
    if choice.scope == "list":
        return {role.account_id for role in choice.roles}
    try:
        known = organization(hub).accounts()
        wanted = {row["id"] for row in selected(organization(hub), choice)}
    except AbsentError:
        known, wanted = [], set()
    if choice.by_unit:
        return wanted
    left_out = {row["id"] for row in known if state(row) in {"ACTIVE", None}} - wanted
    return wanted | (set(there) - left_out - set(choice.exclude_accounts))


def selected(found: Organization, choice: Accounts) -> list[Row]:
    """Return the accounts that `choice` selects: active ones, in its units, and not excluded."""
    wanted = _wanted(found.accounts(), choice)
    if not choice.by_unit:
        return wanted
    walked = found.paths() if any(path(account) is None for account in wanted) else {}
    return [account for account in wanted if _inside(path(account) or walked.get(account["id"], ""), choice)]


def _wanted(accounts: list[Row], choice: Accounts) -> list[Row]:
    """Return those that `choice` selects, whatever their unit."""
    # The ARN of any account has it, so it is known for an account without an ARN.
    management = {management_account(account) for account in accounts}
    return [
        account
        for account in accounts
        if state(account) in {"ACTIVE", None}
        and account["id"] not in choice.exclude_accounts
        and (choice.include_management_account or account["id"] not in management)
    ]


def _inside(unit_path: str | None, choice: Accounts) -> bool:
    if unit_path is None:
        return False
    units = set(unit_path.split("/"))
    return (not choice.include_ous or not units.isdisjoint(choice.include_ous)) and units.isdisjoint(choice.exclude_ous)


def _handle(settings: Settings, hub: Session, row: Row) -> AccountHandle:
    if row["id"] == hub.account_id == management_account(row):
        return AccountHandle(hub, row, kept=True)
    role = settings.accounts.account_role(hub.partition, row["id"], settings.session_name)
    return AccountHandle(hub.assuming(role), row)
