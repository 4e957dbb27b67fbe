"""All users, groups and roles one after the other, for tables that are made of what is attached to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from source_aws_iam.iam.account import in_turn
from source_aws_iam.iam.groups import groups
from source_aws_iam.iam.identities import GROUP, ROLE, USER, Kind
from source_aws_iam.iam.roles import roles
from source_aws_iam.iam.users import users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from source_aws_iam.iam.account import Account, Row

_READERS: Final[Mapping[Kind, Callable[[Account], Mapping[str, Row]]]] = {USER: users, GROUP: groups, ROLE: roles}
# The calls that bring a column where GetAccountAuthorizationDetails is refused.
_CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "attached_policies": ("list_attached_{}_policies",),
    "inline_policies": ("list_{}_policies", "get_{}_policy"),
    "permissions_boundary_arn": ("get_{}",),
}


def principals(account: Account, *columns: str) -> Iterator[tuple[Kind, Row]]:
    """Yield every user, group and role that AWS shows, and then raise the first refusal that hid any of `columns`."""
    yield from in_turn(*(partial(_of_kind, account, kind, columns) for kind in _READERS))


def _of_kind(account: Account, kind: Kind, columns: tuple[str, ...]) -> Iterator[tuple[Kind, Row]]:
    hidden: set[str] = set()
    for row in _READERS[kind](account).values():
        hidden.update(row["unavailable_fields"])
        yield kind, row
    account.complete(*(call.format(kind.name) for column in columns if column in hidden for call in _CALLS[column]))
