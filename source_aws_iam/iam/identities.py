"""The id, name, ARN and path of users, groups and roles, also where AWS leaves one of them out.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.aws.reader import Row


@dataclass(frozen=True)
class Kind:
    """A kind of entity: "user", and AWS's names for it."""

    name: str

    @property
    def title(self) -> str:
        """Return e.g. "User"."""
        return self.name.capitalize()

    def request(self, name: str) -> dict[str, str]:
        """Return the argument that names one, e.g. {"UserName": "ana"}."""
        return {f"{self.title}Name": name}


USER: Final = Kind("user")
GROUP: Final = Kind("group")
ROLE: Final = Kind("role")


def identity(row: Row, kind: Kind) -> Row:
    """Return the columns that say which entity a row is."""
    return {name: row.get(name) for name in (f"{kind.name}_id", f"{kind.name}_name", "arn", "path", "create_date")}


def identity_columns(row: Row, kind: Kind) -> Row:
    """Return the columns that name a user, group or role in other tables than its own."""
    return {
        "identity_type": kind.name,
        "identity_id": row[f"{kind.name}_id"],
        "identity_name": row[f"{kind.name}_name"],
        "identity_arn": row["arn"],
    }


def identified(row: Row, kind: Kind) -> Row:
    """Return the row with the parts of its identity that AWS left out, if the ARN has them.

    The ARN, or else the name, is the id of a row without one: a row without an id cannot be loaded. All three are null
    for a row without any of them.
    """
    arn = row.get("arn") or None
    # arn:aws:iam::123456789012:user/division/ana
    path, _, last = (arn or "").partition(f":{kind.name}/")[2].rpartition("/")
    name = row.get(f"{kind.name}_name") or last or None
    return {
        **row,
        f"{kind.name}_id": row.get(f"{kind.name}_id") or arn or name,
        f"{kind.name}_name": name,
        "arn": arn,
        "path": row.get("path") or (f"/{path}/" if path else "/" if last else None),
    }


def counterpart(row: Row, others: Mapping[str, Row], kind: Kind) -> Row | None:
    """Return the same entity in `others`, which are by name or else by id, or None."""
    name, entity_id = row[f"{kind.name}_name"], row[f"{kind.name}_id"]
    candidates = [others[key] for key in (name, entity_id) if key in others] if name else others.values()
    return next((other for other in candidates if _same(row, other, kind)), None)


def joined(known: Row, other: Row, kind: Kind) -> Row:
    """Return `known` with the parts of its identity that only `other` has. Both are the same entity."""
    found = {name: known.get(name) or value for name, value in identity(other, kind).items()}
    best = next((row for row in (known, other) if _has_id(row, kind)), known)
    return {**known, **found, f"{kind.name}_id": best[f"{kind.name}_id"]}


def _same(one: Row, other: Row, kind: Kind) -> bool:
    """Compare by id: a name may be given again, an id never. Where AWS left an id out, compare by ARN or name."""
    if _has_id(one, kind) and _has_id(other, kind):
        return bool(one[f"{kind.name}_id"] == other[f"{kind.name}_id"])
    column = "arn" if one["arn"] and other["arn"] else f"{kind.name}_name"
    return one[column] is not None and bool(one[column] == other[column])


def _has_id(row: Row, kind: Kind) -> bool:
    return row[f"{kind.name}_id"] not in (row["arn"], row[f"{kind.name}_name"])
