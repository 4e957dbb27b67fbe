"""What AWS Organizations says to the management account or a delegated administrator. Rows are in snake_case.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.answers import broken_answer
from source_aws_iam.aws.arns import account_of
from source_aws_iam.aws.values import plain, tags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from source_aws_iam.aws.session import Session

Row = dict[str, Any]

# The account of the credentials is in no organization: then there is nothing to read, which is no failure.
NOT_IN_USE: Final = "AWSOrganizationsNotInUseException"
# The account has left the organization since it was listed.
LEFT: Final = "TargetNotFoundException"


class Organization:
    """The organization of a session's account. Thread-safe. `organization` returns the one that all share."""

    def __init__(self, session: Session) -> None:
        """Ask as `session`. Every method raises AbsentError where its account is in no organization, and AwsError."""
        self._session = session
        self._caller = session.caller("organizations")
        self._listed: list[Row] = []

    def described(self) -> Row:
        """Return the organization itself."""
        answer = self._caller.call("describe_organization", expect="Organization", absent=(NOT_IN_USE,))
        row: Row = plain(answer["Organization"], self._caller.shape("describe_organization", "Organization"))
        return row

    def accounts(self) -> list[Row]:
        """Return all accounts, whatever their state, each once."""
        return self._session.once("organization's accounts", self._accounts)

    def accounts_so_far(self) -> list[Row]:
        """Return those that `accounts` has listed by now, in another thread."""
        return [*self._listed]

    def units(self) -> list[Row]:
        """Return all organizational units, each after its parent, with `parent_id` and `path` added."""
        return self._session.once("organizational units", lambda: list(self._units()))

    def paths(self) -> dict[str, str]:
        """Return {account id: path of the place it is in}. Takes a call or two for each unit."""
        return self._session.once("organization's paths", lambda: dict(self._paths()))

    def tags(self, resource_id: str) -> dict[str, str | None]:
        """Return the tags of an account. Raises AbsentError where it has left as well."""
        absent = (NOT_IN_USE, LEFT)
        return tags(list(self._rows("list_tags_for_resource", "Tags", absent, ResourceId=resource_id))) or {}

    def _accounts(self) -> list[Row]:
        # Pages shift when accounts join, and AWS does not promise that none is on two of them. The sync counts on it.
        seen = set()
        self._listed = []
        for row in self._identified("list_accounts", "Accounts"):
            if row["id"] not in seen:
                seen.add(row["id"])
                self._listed.append(row)
        return self._listed

    def _units(self) -> Iterator[Row]:
        places = self._roots()
        seen = set(places)
        while places:
            parent, above = places.popitem()
            for unit in self._identified(
                "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
            ):
                if unit["id"] not in seen:
                    seen.add(unit["id"])
                    places[unit["id"]] = f"{above}{unit['id']}/"
                    yield {**unit, "parent_id": parent, "path": places[unit["id"]]}

    def _roots(self) -> dict[str, str]:
        return {
            root["id"]: f"{_organization_of(root)}{root['id']}/" for root in self._identified("list_roots", "Roots")
        }

    def _paths(self) -> Iterator[tuple[str, str]]:
        places = self._roots() | {unit["id"]: unit["path"] for unit in self.units()}
        for parent, place in places.items():
            for account in self._identified("list_accounts_for_parent", "Accounts", ParentId=parent):
                yield account["id"], place

    def _identified(self, operation: str, records: str, **request: Any) -> Iterator[Row]:
        """Yield accounts, units or roots with their ids. The id of each ends its ARN.

        One with neither is no answer: what is below a unit, or in an account, could not be asked for, and would be
        missing without a word.
        """
        for row in self._rows(operation, records, **request):
            row["id"] = row.get("id") or (row.get("arn") or "").rpartition("/")[2]
            if not row["id"]:
                raise broken_answer(self._caller.target(operation))
            yield row

    def _rows(
        self, operation: str, records: str, absent: Collection[str] = (NOT_IN_USE,), **request: Any
    ) -> Iterator[Row]:
        # Pages may be empty. That there is no more is told by the lack of a token.
        shape = self._caller.shape(operation, records).member
        for page in self._caller.pages(operation, expect=(records, "NextToken"), absent=absent, **request):
            yield from filter(None, (plain(item, shape) for item in page.get(records, []) if item))


def organization(session: Session) -> Organization:
    """Return the Organization of a session."""
    return session.once("organization", lambda: Organization(session))


def state(account: Row) -> str | None:
    """Return the state of an account. Status is what it was called before, and is being retired."""
    found: str | None = account.get("state") or account.get("status")
    return found


def path(account: Row) -> str | None:
    """Return where an account is: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", or None where AWS does not say it."""
    found: str | None = next(iter(account.get("paths") or ()), None)
    return found.removesuffix(f"{account['id']}/") if found else None


def management_account(account: Row) -> str | None:
    """Return the id of the management account: the ARN of every account is in its name. None where AWS leaves it out.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
    """
    return account_of(account.get("arn") or "")


def _organization_of(root: Row) -> str:
    """Return what the paths of an organization begin with.

    arn:aws:organizations::111111111111:root/o-exampleorgid/r-examplerootid111
    """
    parts = (root.get("arn") or "").split("/")
    return f"{parts[1]}/" if len(parts) > 1 else ""
