"""From settings to the accounts that are read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from source_aws_iam.accounts.member import Member
from source_aws_iam.accounts.organization import management_account, organization, path, state
from source_aws_iam.aws.errors import AbsentError, AwsError, Outcome, Target
from source_aws_iam.aws.session import Session

if TYPE_CHECKING:
    from source_aws_iam.accounts.organization import Organization, Row
    from source_aws_iam.settings import Accounts

logger = logging.getLogger("airbyte.source_aws_iam")


def members(hub: Session) -> list[Member]:
    """Return the accounts of the hub's settings. Asks AWS where they do not name them. Raises AwsError."""
    accounts = hub.settings.accounts
    if accounts.scope == "list":
        return [Member(Session(hub.settings, role=role, hub=hub)) for role in accounts.roles]
    if accounts.scope == "organization":
        return _of_organization(hub)
    return [Member(hub, kept=True)]


def _of_organization(hub: Session) -> list[Member]:
    try:
        rows = selected(organization(hub), hub.settings.accounts)
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
    return [_member(hub, row) for row in rows]


def members_so_far(hub: Session) -> list[Member]:
    """Return the accounts of the organization that are certain to be read, of those that `members` has found by now."""
    choice = hub.settings.accounts
    wanted = _wanted(organization(hub).accounts_so_far(), choice)
    return [_member(hub, row) for row in wanted if not choice.by_unit or _inside(path(row), choice)]


def selected(found: Organization, choice: Accounts) -> list[Row]:
    """Return the accounts that `choice` wants: active, where it wants them, and not left out by it."""
    wanted = _wanted(found.accounts(), choice)
    if not choice.by_unit:
        return wanted
    walked = found.paths() if any(path(account) is None for account in wanted) else {}
    return [account for account in wanted if _inside(path(account) or walked.get(account["id"], ""), choice)]


def _wanted(accounts: list[Row], choice: Accounts) -> list[Row]:
    """Return those that `choice` wants wherever they are."""
    # Any ARN says it, so that it is known of an account without one.
    management = {management_account(account) for account in accounts}
    return [
        account
        for account in accounts
        if state(account) in {"ACTIVE", None}
        and account["id"] not in choice.exclude_accounts
        and (choice.include_management_account or account["id"] not in management)
    ]


def _inside(place: str | None, choice: Accounts) -> bool:
    if place is None:
        return False
    units = set(place.split("/"))
    return (not choice.include_ous or not units.isdisjoint(choice.include_ous)) and units.isdisjoint(choice.exclude_ous)


def _member(hub: Session, row: Row) -> Member:
    settings = hub.settings
    if row["id"] == hub.account_id == management_account(row):
        return Member(hub, row, kept=True)
    role = settings.accounts.member_role(hub.partition, row["id"], settings.session_name)
    return Member(Session(settings, role=role, hub=hub), row)
