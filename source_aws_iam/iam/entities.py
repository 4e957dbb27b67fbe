"""Users, groups and roles with all that is attached to them.

iam:GetAccountAuthorizationDetails answers for a thousand of them at once what would otherwise be up to nine calls each.
Rows are by name, because IAM's answers refer to each other by name, and names are unique in an account. One whose name
AWS left out is by its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.errors import AbsentError, AwsError
from source_aws_iam.aws.values import tags
from source_aws_iam.iam.identities import Kind, identified, identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from source_aws_iam.iam.account import Account, Row

DETAILS: Final = "get_account_authorization_details"
BOUNDARY: Final = ("permissions_boundary_type", "permissions_boundary_arn")


def details(account: Account, kind: Kind) -> Mapping[str, Row]:
    """Return all of a kind as GetAccountAuthorizationDetails has them."""
    records = f"{kind.title}DetailList"
    return account.once((DETAILS, kind), lambda: _by_name(kind, account.rows(DETAILS, records, Filter=[kind.title])))


def listed(account: Account, kind: Kind) -> Mapping[str, Row]:
    """Return all of a kind as ListUsers, ListGroups or ListRoles has them."""
    return account.once(("list", kind), lambda: _by_name(kind, account.rows(f"list_{kind.name}s", f"{kind.title}s")))


def named(rows: Mapping[str, Row], kind: Kind) -> list[Row]:
    """Return those that can be asked for by themselves: AWS wants a name."""
    return [row for row in rows.values() if row[f"{kind.name}_name"]]


def known(account: Account, kind: Kind) -> Mapping[str, Row]:
    """Return all of a kind with at least their ids, names, ARNs and paths."""
    return account.first_allowed(lambda: details(account, kind), lambda: listed(account, kind))


@dataclass(frozen=True)
class Own:
    """What only one kind has: `of_detail` takes its columns from a bulk row, `parts` reads them for one name.

    `parts` are readers by the columns that they bring, because AWS may allow one and refuse another.
    """

    of_detail: Callable[[Row], Row]
    parts: Callable[[Account, str], Mapping[tuple[str, ...], Callable[[], Row]]]


def entities(account: Account, kind: Kind, own: Own) -> Mapping[str, Row]:
    """Return all of a kind as rows: who they are, what is attached to them, and `unavailable_fields`."""

    def in_bulk() -> dict[str, Row]:
        return {name: _from_detail(kind, own, detail) for name, detail in details(account, kind).items()}

    def one_by_one() -> dict[str, Row]:
        every = listed(account, kind)
        account.tell_cost(f"{kind.name}s", len(every) * (2 + len(own.parts(account, ""))), DETAILS)
        return _by_name(
            kind, account.each(f"{kind.name}s", lambda row: entity(account, kind, own, row), every.values())
        )

    return account.once(("entities", kind), lambda: account.first_allowed(in_bulk, one_by_one))


def entity(account: Account, kind: Kind, own: Own, row: Row) -> Row:
    """Return the row of one entity, of which `row` says who it is, asked for by itself.

    Raises AbsentError if it is gone.
    """
    name: Any = row.get(f"{kind.name}_name")
    parts = {
        **own.parts(account, name),
        ("attached_policies",): lambda: {"attached_policies": _attached(account, kind, name)},
        ("inline_policies",): lambda: {"inline_policies": _inline(account, kind, name)},
    }
    return {**identity(row, kind), **(visible(parts) if name else hidden(*parts))}


def hidden(*parts: tuple[str, ...]) -> Row:
    """Return the columns of all parts as null, and named in `unavailable_fields`."""
    columns = [column for part in parts for column in part]
    return {**dict.fromkeys(columns), "unavailable_fields": columns}


def visible(parts: Mapping[tuple[str, ...], Callable[[], Row]]) -> Row:
    """Return what the `parts` read, by their columns. What AWS refuses is null and named in `unavailable_fields`."""
    row: Row = {}
    unavailable: list[str] = []
    for columns, read in parts.items():
        try:
            row |= read()
        except AwsError as error:
            if not error.unavailable:
                raise
            row |= dict.fromkeys(columns)
            unavailable += columns
    return {**row, "unavailable_fields": unavailable}


def tagged(row: Row) -> Row:
    """Return the tags and the permissions boundary of a user or role. AWS leaves both out where there are none."""
    boundary = row.get("permissions_boundary") or {}
    return {"tags": tags(row.get("tags", [])), **{name: boundary.get(name) for name in BOUNDARY}}


def _by_name(kind: Kind, rows: Iterable[Row]) -> dict[str, Row]:
    every = (identified(row, kind) for row in rows)
    return {row[f"{kind.name}_name"] or row[f"{kind.name}_id"]: row for row in every if row[f"{kind.name}_id"]}


def _from_detail(kind: Kind, own: Own, detail: Row) -> Row:
    return {
        **identity(detail, kind),
        **own.of_detail(detail),
        "attached_policies": detail.get("attached_managed_policies", []),
        "inline_policies": [_document(policy) for policy in detail.get(f"{kind.name}_policy_list", [])],
        "unavailable_fields": [],
    }


def _attached(account: Account, kind: Kind, name: str) -> list[Row]:
    return list(account.rows(f"list_attached_{kind.name}_policies", "AttachedPolicies", **kind.request(name)))


def _inline(account: Account, kind: Kind, name: str) -> list[Row]:
    policies = []
    for policy in account.rows(f"list_{kind.name}_policies", "PolicyNames", **kind.request(name)):
        request: dict[str, Any] = {**kind.request(name), "PolicyName": policy}
        try:
            read = account.one(f"get_{kind.name}_policy", "PolicyName", "PolicyDocument", **request)
        except AbsentError:
            continue  # deleted since it was listed
        policies.append(_document({"policy_name": policy, **read}))
    return policies


def _document(policy: Row) -> Row:
    """Return an inline policy. Both columns of its document are null where AWS left it out."""
    return {column: policy.get(column) for column in ("policy_name", "policy_document", "document_text")}
