"""Reads AWS Organizations, as the management account or a delegated administrator. Rows are in snake_case.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.aws.answers import broken_answer
from source_aws_iam.aws.arns import account_of
from source_aws_iam.aws.values import tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session


class Organization:
    """The organization of a session's account. Thread-safe. All streams share the one that `organization` returns."""

    def __init__(self, reader: Reader) -> None:
        """`reader` makes the calls. Every method raises AwsError, and AbsentError for an account in no organization."""
        self._reader = reader
        self._listed: list[Row] = []

    def described(self) -> Row:
        """Return the organization itself."""
        row: Row = self._reader.one("describe_organization")["organization"]
        return row

    def accounts(self) -> list[Row]:
        """Return all accounts, whatever their state, each once."""
        return self._reader.once("organization's accounts", self._accounts)

    def accounts_so_far(self) -> list[Row]:
        """Return the accounts that `accounts` has listed so far in another thread."""
        return [*self._listed]

    def units(self) -> list[Row]:
        """Return all organizational units, each after its parent, with `parent_id` and `path` added."""
        return self._reader.once("organizational units", lambda: list(self._units()))

    def paths(self) -> dict[str, str]:
        """Return {account id: path of its unit}. Takes a call or two for each unit."""
        return self._reader.once("organization's paths", lambda: dict(self._paths()))

    def tags(self, resource_id: str) -> dict[str, str | None]:
        """Return the tags of an account. Raises AbsentError also where it has left the organization."""
        return tags(list(self._reader.rows("list_tags_for_resource", "Tags", ResourceId=resource_id))) or {}

    def _accounts(self) -> list[Row]:
        # Pages shift when accounts join, so an account may be on two of them. The sync needs each once.
        seen = set()
        self._listed = []
        for row in self._identified("list_accounts", "Accounts"):
            if row["id"] not in seen:
                seen.add(row["id"])
                self._listed.append(row)
        return self._listed

    def _units(self) -> Iterator[Row]:
        paths = self._roots()
        seen = set(paths)
        while paths:
            parent, above = paths.popitem()
            for unit in self._identified(
                "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
            ):
                if unit["id"] not in seen:
                    seen.add(unit["id"])
                    paths[unit["id"]] = f"{above}{unit['id']}/"
                    yield {**unit, "parent_id": parent, "path": paths[unit["id"]]}

    def _roots(self) -> dict[str, str]:
        return {
            root["id"]: f"{_organization_of(root)}{root['id']}/" for root in self._identified("list_roots", "Roots")
        }

    def _paths(self) -> Iterator[tuple[str, str]]:
        paths = self._roots() | {unit["id"]: unit["path"] for unit in self.units()}
        for parent, unit_path in paths.items():
            for account in self._identified("list_accounts_for_parent", "Accounts", ParentId=parent):
                yield account["id"], unit_path

    def _identified(self, operation: str, records: str, **request: Any) -> Iterator[Row]:
        """Yield accounts, units or roots with their ids. The id of each ends its ARN.

        One with neither is a broken answer: what is below a unit, or in an account, could not be read, and would be
        missing silently.
        """
        for row in self._reader.rows(operation, records, **request):
            row["id"] = row.get("id") or (row.get("arn") or "").rpartition("/")[2]
            if not row["id"]:
                raise broken_answer(self._reader.target(operation))
            yield row


def organization(session: Session) -> Organization:
    """Return the Organization of a session."""
    reader = session.reader("organizations")
    return reader.once("organization", lambda: Organization(reader))


def state(account: Row) -> str | None:
    """Return the state of an account. Status is the former member, which AWS retires."""
    found: str | None = account.get("state") or account.get("status")
    return found


def path(account: Row) -> str | None:
    """Return the path of an account's unit: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", or None where AWS left it out."""
    found: str | None = next(iter(account.get("paths") or ()), None)
    return found.removesuffix(f"{account['id']}/") if found else None


def management_account(account: Row) -> str | None:
    """Return the id of the management account, which the ARN of every account has. None where AWS left the ARN out.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
    """
    return account_of(account.get("arn") or "")


def _organization_of(root: Row) -> str:
    """Return the first part of the paths in an organization.

    arn:aws:organizations::111111111111:root/o-exampleorgid/r-examplerootid111
    """
    parts = (root.get("arn") or "").split("/")
    return f"{parts[1]}/" if len(parts) > 1 else ""
