"""Users, groups and roles with all that is attached to them.

One page of iam:GetAccountAuthorizationDetails has up to a thousand of them, and replaces up to nine calls for each.
Rows are by name, because IAM's answers refer to each other by name, and names are unique in an account. A row whose
name AWS left out is by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AbsentError
from source_aws_iam.aws.reader import Row
from source_aws_iam.aws.values import tags
from source_aws_iam.iam.identities import Kind, identified, identity
from source_aws_iam.streams.columns import ColumnCalls, hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from source_aws_iam.aws.reader import Reader

DETAILS: Final = "get_account_authorization_details"
BOUNDARY: Final = ("permissions_boundary_type", "permissions_boundary_arn")


def details(iam: Reader, kind: Kind) -> Mapping[str, Row]:
    """Return all of a kind as GetAccountAuthorizationDetails has them."""
    records = f"{kind.title}DetailList"
    return iam.once((DETAILS, kind), lambda: _by_name(kind, iam.rows(DETAILS, records, Filter=[kind.title])))


def listed(iam: Reader, kind: Kind) -> Mapping[str, Row]:
    """Return all of a kind as ListUsers, ListGroups or ListRoles has them."""
    return iam.once(("list", kind), lambda: _by_name(kind, iam.rows(f"list_{kind.name}s", f"{kind.title}s")))


def named(rows: Mapping[str, Row], kind: Kind) -> list[Row]:
    """Return the rows with a name, which per-entity calls need."""
    return [row for row in rows.values() if row[f"{kind.name}_name"]]


def known(iam: Reader, kind: Kind) -> Mapping[str, Row]:
    """Return all of a kind with at least their ids, names, ARNs and paths."""
    return iam.first_allowed(lambda: details(iam, kind), lambda: listed(iam, kind))


@dataclass(frozen=True)
class KindColumns:
    """The columns that only one kind has: `of_bulk_row` takes them from a row of the bulk call.

    `entity_calls` are the per-entity calls for one name, by the columns that each brings: AWS may allow one and deny
    another.
    """

    of_bulk_row: Callable[[Row], Row]
    entity_calls: Callable[[Reader, str], ColumnCalls]


def entities(iam: Reader, kind: Kind, columns: KindColumns) -> Mapping[str, Row]:
    """Return all of a kind as rows: who they are, what is attached to them, and `unavailable_fields`."""

    def bulk_call() -> dict[str, Row]:
        return {name: _from_bulk_row(kind, columns, row) for name, row in details(iam, kind).items()}

    def per_entity_calls() -> dict[str, Row]:
        every = listed(iam, kind)
        iam.tell_cost(f"{kind.name}s", len(every) * (2 + len(columns.entity_calls(iam, ""))), DETAILS)
        return _by_name(kind, iam.each(f"{kind.name}s", lambda row: entity(iam, kind, columns, row), every.values()))

    return iam.once(("entities", kind), lambda: iam.first_allowed(bulk_call, per_entity_calls))


def entity(iam: Reader, kind: Kind, columns: KindColumns, row: Row) -> Row:
    """Return the row of one entity, of which `row` says who it is, read with per-entity calls.

    Raises AbsentError if it is absent.
    """
    name: Any = row.get(f"{kind.name}_name")
    calls = {
        **columns.entity_calls(iam, name),
        ("attached_policies",): lambda: {"attached_policies": _attached(iam, kind, name)},
        ("inline_policies",): lambda: {"inline_policies": _inline(iam, kind, name)},
    }
    return {**identity(row, kind), **(visible(calls) if name else hidden(*calls))}


def tagged(row: Row) -> Row:
    """Return the tags and the permissions boundary of a user or role. AWS leaves both out where there are none."""
    boundary = row.get("permissions_boundary") or {}
    return {"tags": tags(row.get("tags", [])), **{name: boundary.get(name) for name in BOUNDARY}}


def _by_name(kind: Kind, rows: Iterable[Row]) -> dict[str, Row]:
    every = (identified(row, kind) for row in rows)
    return {row[f"{kind.name}_name"] or row[f"{kind.name}_id"]: row for row in every if row[f"{kind.name}_id"]}


def _from_bulk_row(kind: Kind, columns: KindColumns, detail: Row) -> Row:
    return {
        **identity(detail, kind),
        **columns.of_bulk_row(detail),
        "attached_policies": detail.get("attached_managed_policies", []),
        "inline_policies": [_document(policy) for policy in detail.get(f"{kind.name}_policy_list", [])],
        "unavailable_fields": [],
    }


def _attached(iam: Reader, kind: Kind, name: str) -> list[Row]:
    return list(iam.rows(f"list_attached_{kind.name}_policies", "AttachedPolicies", **kind.request(name)))


def _inline(iam: Reader, kind: Kind, name: str) -> list[Row]:
    policies = []
    for policy in iam.rows(f"list_{kind.name}_policies", "PolicyNames", **kind.request(name)):
        request: dict[str, Any] = {**kind.request(name), "PolicyName": policy}
        try:
            read = iam.one(f"get_{kind.name}_policy", **request)
        except AbsentError:
            continue  # deleted since it was listed
        policies.append(_document({"policy_name": policy, **read}))
    return policies


def _document(policy: Row) -> Row:
    """Return an inline policy. Both columns of its document are null where AWS left it out."""
    return {column: policy.get(column) for column in ("policy_name", "policy_document", "document_text")}
