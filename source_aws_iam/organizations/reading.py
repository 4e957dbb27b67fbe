"""Reads AWS Organizations, as the management account or a delegated administrator. Rows are in snake_case.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_calls.answers import broken_answer
from aws_calls.arns import account_of
from source_aws_iam.aws.values import tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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

    def places(self) -> dict[str, str]:
        """Return {root id: its path}."""
        return {root["id"]: f"{_organization_of(root)}{root['id']}/" for root in self._roots()}

    def policies(self) -> list[Row]:
        """Return the policies of every type that is enabled in the organization, each once."""
        return self._reader.once("organization's policies", lambda: list(_each_once(self._policies())))

    def content(self, policy_id: str) -> str | None:
        """Return the text of a policy. Raises AbsentError also where it was deleted since it was listed."""
        policy: Row = self._reader.one("describe_policy", PolicyId=policy_id)["policy"]
        return policy.get("content")

    def targets(self, policy_id: str) -> list[Row]:
        """Return what a policy is attached to. Raises AbsentError also where it was deleted since it was listed."""
        return list(self._reader.rows("list_targets_for_policy", "Targets", PolicyId=policy_id))

    def delegated_administrators(self) -> list[Row]:
        """Return the accounts that administer services for the organization, each once."""
        return list(_each_once(self._identified("list_delegated_administrators", "DelegatedAdministrators")))

    def delegated_services(self, account_id: str) -> list[Row]:
        """Return the services that an account administers. Raises AbsentError also where it administers none."""
        operation = "list_delegated_services_for_account"
        return list(self._reader.rows(operation, "DelegatedServices", AccountId=account_id))

    def _accounts(self) -> list[Row]:
        self._listed = []
        for row in _each_once(self._identified("list_accounts", "Accounts")):
            self._listed.append(row)
        return self._listed

    def _units(self) -> Iterator[Row]:
        paths = self.places()
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

    def _roots(self) -> list[Row]:
        return self._reader.once("organization's roots", lambda: list(self._identified("list_roots", "Roots")))

    def _policies(self) -> Iterator[Row]:
        for policy_type in self._enabled_types():
            yield from self._identified("list_policies", "Policies", Filter=policy_type)

    def _enabled_types(self) -> list[str]:
        """Return the types as AWS names them, also those that botocore does not know. Without all features, an
        organization has none.
        """
        every = [one for root in self._roots() for one in root.get("policy_types", ())]
        enabled = [one for one in every if one.get("status") in {"ENABLED", None}]
        if not all(one.get("type") for one in enabled):
            # Its policies would be missing silently.
            raise broken_answer(self._reader.target("list_roots"))
        return list(dict.fromkeys(one["type"] for one in enabled))

    def _paths(self) -> Iterator[tuple[str, str]]:
        paths = self.places() | {unit["id"]: unit["path"] for unit in self.units()}
        for parent, unit_path in paths.items():
            for account in self._identified("list_accounts_for_parent", "Accounts", ParentId=parent):
                yield account["id"], unit_path

    def _identified(self, operation: str, records: str, **request: Any) -> Iterator[Row]:
        """Yield accounts, units, roots or policies with their ids. The id of each ends its ARN.

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


def _each_once(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield each row once: pages shift when something is added, so one may be on two of them."""
    seen = set()
    for row in rows:
        if row["id"] not in seen:
            seen.add(row["id"])
            yield row


def _organization_of(root: Row) -> str:
    """Return the first part of the paths in an organization.

    arn:aws:organizations::111111111111:root/o-exampleorgid/r-examplerootid111
    """
    parts = (root.get("arn") or "").split("/")
    return f"{parts[1]}/" if len(parts) > 1 else ""
