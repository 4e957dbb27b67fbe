"""All users, groups and roles, for the streams of what is attached to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.in_turn import in_turn
from source_aws_iam.iam.groups import groups
from source_aws_iam.iam.identities import GROUP, ROLE, USER, Kind
from source_aws_iam.iam.roles import roles
from source_aws_iam.iam.users import users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from source_aws_iam.aws.reader import Reader, Row

_READERS: Final[Mapping[Kind, Callable[[Reader], Mapping[str, Row]]]] = {USER: users, GROUP: groups, ROLE: roles}
# The per-entity calls of a column, for where GetAccountAuthorizationDetails is denied.
_CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "attached_policies": ("list_attached_{}_policies",),
    "inline_policies": ("list_{}_policies", "get_{}_policy"),
    "permissions_boundary_arn": ("get_{}",),
}


def all_identities(iam: Reader, *columns: str) -> Iterator[tuple[Kind, Row]]:
    """Yield every user, group and role, and then raise the first error that made any of `columns` unavailable."""
    yield from in_turn(*(partial(_of_kind, iam, kind, columns) for kind in _READERS))


def _of_kind(iam: Reader, kind: Kind, columns: tuple[str, ...]) -> Iterator[tuple[Kind, Row]]:
    hidden: set[str] = set()
    for row in _READERS[kind](iam).values():
        hidden.update(row["unavailable_fields"])
        yield kind, row
    iam.raise_if_unavailable(
        *(call.format(kind.name) for column in columns if column in hidden for call in _CALLS[column])
    )
