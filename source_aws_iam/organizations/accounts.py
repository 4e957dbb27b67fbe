"""accounts: each account, and whether it could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AbsentError, AwsError
from source_aws_iam.organizations.reading import management_account, organization, path, state
from source_aws_iam.streams.call_plan import unavailable_calls
from source_aws_iam.streams.organization_stream import OrganizationStream
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.failures import without_frames
from source_aws_iam.sync.traces import for_accounts, raise_for_accounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from source_aws_iam.aws.reader import Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.sync.account_handle import AccountHandle
    from source_aws_iam.sync.context import SyncContext
    from source_aws_iam.sync.failures import Failure

# The columns that only Organizations has.
OF_ORGANIZATION: Final = (
    *("account_name", "email", "state", "joined_method", "joined_at", "ou_path", "arn", "is_management"),
)
_NO_ALIAS: Final[Mapping[str, Any]] = {"alias": None, "unavailable_fields": ["alias"]}
READABLE: Final = "readable"
# Regions of audit_events are missing, and nothing else.
PARTIAL: Final = "partial"
FAILED: Final = "failed"


class Accounts(OrganizationStream):
    """One row per account that is read, and one for each other account of the organization where that is the scope."""

    def __post_init__(self) -> None:
        """Start with no unavailable calls."""
        super().__post_init__()
        self._unavailable: set[str] = set()

    def unavailable(self) -> Collection[str]:
        """Return the calls that are unavailable to the hub, or in one of the accounts that are read."""
        return {*super().unavailable(), *self._unavailable}

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Yield each account when all other streams are done with it: only then is its status known."""
        context = self.context
        accounts = context.accounts()
        known = _known(context)
        untagged: dict[str, AwsError] = {}
        unexpected: list[Exception] = []
        finished = (context.account(account_id) for account_id in context.scheduler.finished())
        yield from context.hub.pool.map(lambda account: self._read(account, known, untagged, unexpected), finished)
        if len(context.failures.of_stream(self.name)) == len(accounts) and not unexpected:
            raise_for_accounts(self.name, context)
        if context.settings.accounts.scope == "organization":
            read = {account.account_id for account in accounts}
            others = (account_id for account_id in known or () if account_id not in read)
            yield from context.hub.pool.map(lambda other: _row(context, other, known, {}, untagged), others)
        if unexpected:
            raise unexpected[0]
        # Their rows are there and name what they lack. But AWS did not refuse it: the next sync may see it.
        if untagged:
            what = f"tags of {len(untagged)} account{'s' if len(untagged) > 1 else ''} could not be read"
            raise for_accounts(self.name, dict(sorted(untagged.items())), what)

    def _read(
        self,
        account: AccountHandle,
        known: Mapping[str, Row] | None,
        untagged: dict[str, AwsError],
        unexpected: list[Exception],
    ) -> Row:
        alias = _NO_ALIAS
        try:
            with account.held() as session:
                alias = _alias(session)
                self._unavailable.update(unavailable_calls(self.needs, session))
        except Exception as error:
            where = AccountRegion(account.account_id)
            goes_on = self.context.failed(self.name, where, error, rows_missing=False)
            if not isinstance(error, AwsError):
                unexpected.append(error)
            elif not goes_on:
                raise
        failed = self.context.failures.of_account(account.account_id)
        status: Row = {"read_status": _status(failed), "read_error": _sentence(failed), **alias}
        return _row(self.context, account.account_id, known, status, untagged)


def _alias(session: Session) -> Mapping[str, Any]:
    try:
        aliases = session.reader("iam").one("list_account_aliases").get("account_aliases", [])
    except AwsError as error:
        if not error.unavailable:
            raise
        return _NO_ALIAS
    return {"alias": next(filter(None, aliases), None)}


def _known(context: SyncContext) -> Mapping[str, Row] | None:
    """Return the accounts of Organizations by id, or None where it denies them to these credentials."""
    try:
        return {row["id"]: row for row in organization(context.hub).accounts()}
    except AbsentError:
        return {}  # there is no organization
    except AwsError as error:
        if not error.unavailable:
            raise
        return None


def _row(
    context: SyncContext,
    account_id: str,
    known: Mapping[str, Row] | None,
    status: Row,
    untagged: dict[str, AwsError],
) -> Row:
    """Return the row of an account. `status` is {} for one that is not read: its alias is not asked for.

    Where the call for its tags fails, the account is added to `untagged`, and the other rows are yielded.
    """
    row: Row = {
        "account_id": account_id,
        "partition": context.hub.partition,
        **dict.fromkeys(("alias", "read_status", "read_error", *OF_ORGANIZATION, "tags")),
        "unavailable_fields": [],
        **status,
    }
    if known is None:
        return {**row, "unavailable_fields": [*row["unavailable_fields"], *OF_ORGANIZATION, "tags"]}
    if account_id not in known:
        return row
    row |= _of_organization(known[account_id])
    try:
        row["tags"] = organization(context.hub).tags(account_id)
    except AbsentError:
        pass  # the account has left the organization since it was listed
    except AwsError as error:
        if not error.unavailable:
            if not context.many:
                raise
            untagged[account_id] = without_frames(error)
        row["unavailable_fields"] = [*row["unavailable_fields"], "tags"]
    return row


def _of_organization(known: Row) -> Row:
    return {
        "account_name": known.get("name"),
        "email": known.get("email"),
        "state": state(known),
        "joined_method": known.get("joined_method"),
        "joined_at": known.get("joined_timestamp"),
        "ou_path": path(known),
        "arn": known.get("arn"),
        "is_management": management_account(known) == known["id"] if known.get("arn") else None,
    }


def _status(failed: Mapping[tuple[str, str], Failure]) -> str:
    if not failed:
        return READABLE
    return PARTIAL if all(region != WHOLE for _, region in failed) else FAILED


def _sentence(failed: Mapping[tuple[str, str], Failure]) -> str | None:
    """Return each cause once, with the streams that failed for it, and in which Region."""
    first: dict[tuple[str, ...], Failure] = {}
    streams: dict[tuple[str, ...], list[str]] = {}
    for (stream, region), failure in failed.items():
        first.setdefault(failure.cause, failure)
        streams.setdefault(failure.cause, []).append(f"{stream} in Region {region}" if region != WHOLE else stream)
    return " ".join(f"{', '.join(names)}: {first[cause]}" for cause, names in streams.items()) or None
