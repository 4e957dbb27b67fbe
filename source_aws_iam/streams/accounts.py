"""accounts: what is known of each account, and whether it could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.accounts.failures import WHOLE, without_frames
from source_aws_iam.accounts.organization import management_account, organization, path, state
from source_aws_iam.aws.errors import AbsentError, AwsError
from source_aws_iam.components.failures import for_accounts, raise_for_accounts
from source_aws_iam.components.of_organization import OfOrganization

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.accounts.failures import Failure
    from source_aws_iam.accounts.member import Member
    from source_aws_iam.accounts.organization import Row
    from source_aws_iam.aws.session import Session
    from source_aws_iam.components.connection import Connection

# What Organizations alone knows.
OF_ORGANIZATION: Final = (
    *("account_name", "email", "state", "joined_method", "joined_at", "ou_path", "arn", "is_management"),
)
READABLE: Final = "readable"
# Regions of audit_events are missing, and nothing else.
PARTIAL: Final = "partial"
FAILED: Final = "failed"


class Accounts(OfOrganization):
    """One row per account that is read, and one for each other account of the organization where that is the scope."""

    def rows(self, shared: Connection) -> Iterable[Mapping[str, Any]]:
        """Yield each account when all other streams have finished with it: only then is it known how that went."""
        members = shared.members()
        known = _known(shared)
        untagged: dict[str, AwsError] = {}
        unexpected: list[Exception] = []
        yield from shared.hub.side_by_side(
            lambda member: self._read(shared, member, known, untagged, unexpected), shared.finished()
        )
        if len(shared.failures.of_stream(self.name)) == len(members) and not unexpected:
            raise_for_accounts(self.name, shared)
        if shared.settings.accounts.scope == "organization":
            read = {member.account_id for member in members}
            others = (row for account_id, row in (known or {}).items() if account_id not in read)
            yield from shared.hub.side_by_side(lambda row: _row(shared, row["id"], row, {}, untagged), others)
        if unexpected:
            raise unexpected[0]
        # Their rows are there and name what they lack. But AWS did not refuse it: the next sync may see it.
        if untagged:
            what = f"tags of {len(untagged)} account{'s' if len(untagged) > 1 else ''} could not be read"
            raise for_accounts(self.name, dict(sorted(untagged.items())), what)

    def _read(
        self,
        shared: Connection,
        member: Member,
        known: Mapping[str, Row] | None,
        untagged: dict[str, AwsError],
        unexpected: list[Exception],
    ) -> Row:
        alias: Row = {"unavailable": ["alias"]}
        try:
            with member.held() as session:
                alias = _alias(session)
        except Exception as error:
            goes_on = shared.failed(self.name, member.account_id, error)
            if not isinstance(error, AwsError):
                unexpected.append(error)
            elif not goes_on:
                raise
        failed = shared.failures.of_account(member.account_id)
        status: Row = {"read_status": _status(failed), "read_error": _sentence(failed), **alias}
        return _row(shared, member.account_id, (known or {}).get(member.account_id), status, untagged)


def _alias(session: Session) -> Row:
    try:
        answer = session.caller("iam").call("list_account_aliases", expect="AccountAliases")
    except AwsError as error:
        if not error.unavailable:
            raise
        return {"unavailable": ["alias"]}
    return {"alias": next(filter(None, answer["AccountAliases"]), None)}


def _known(shared: Connection) -> Mapping[str, Row] | None:
    """Return what Organizations says of all accounts by id, or None where it says nothing to these credentials."""
    try:
        return {row["id"]: row for row in organization(shared.hub).accounts()}
    except AbsentError:
        return None
    except AwsError as error:
        if not error.unavailable:
            raise
        return None


def _row(shared: Connection, account_id: str, known: Row | None, status: Row, untagged: dict[str, AwsError]) -> Row:
    """Return the row of an account. Tags are asked for hours after the accounts: who has left since has none to show.

    Where asking for them fails, the account is added to `untagged` instead of costing the rows of all others.
    """
    unavailable = [*status.pop("unavailable", () if status else ("alias",))]
    row: Row = {"account_id": account_id, "partition": shared.hub.partition, "alias": None, "tags": None}
    row |= {"read_status": None, "read_error": None, **status, **dict.fromkeys(OF_ORGANIZATION)}
    if known is None:
        unavailable += [*OF_ORGANIZATION, "tags"]
    else:
        row |= _of_organization(known)
        unavailable += [] if row["ou_path"] else ["ou_path"]
        try:
            row["tags"] = organization(shared.hub).tags(account_id)
        except AbsentError:
            unavailable.append("tags")
        except AwsError as error:
            if not error.unavailable:
                if not shared.many:
                    raise
                untagged[account_id] = without_frames(error)
            unavailable.append("tags")
    return {**row, "unavailable_fields": sorted(unavailable)}


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
