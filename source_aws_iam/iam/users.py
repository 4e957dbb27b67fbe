"""The users of an account: their groups, tags, boundary and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_aws_iam.iam.entities import BOUNDARY, Own, entities, entity, tagged
from source_aws_iam.iam.identities import GROUP, USER, identified
from source_aws_iam.iam.memberships import group_names, memberships

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from source_aws_iam.iam.account import Account, Row


def users(account: Account) -> Mapping[str, Row]:
    """Return all users by name. iam:ListUsers knows their last sign-in, and is not read here."""
    # First, because it may take the threads that then read users one by one, and need it.
    account.if_allowed(lambda: memberships(account))
    return entities(account, USER, _OWN)


def user(account: Account, listed: Row) -> Row:
    """Return one user, of which `listed` says who it is. Raises AbsentError if it is gone."""
    # The memberships of all may be older than this user.
    own = Own(
        _of_detail, lambda account, name: {**_parts(account, name), ("group_names",): lambda: _groups(account, name)}
    )
    return entity(account, USER, own, listed)


def _of_detail(detail: Row) -> Row:
    return {**tagged(detail), "group_names": detail.get("group_list", [])}


def _groups(account: Account, name: str) -> Row:
    found = account.rows("list_groups_for_user", "Groups", UserName=name)
    return {"group_names": [group for row in found if (group := identified(row, GROUP)["group_name"])]}


def _parts(account: Account, name: str) -> dict[tuple[str, ...], Callable[[], Row]]:
    return {
        ("tags", *BOUNDARY): lambda: tagged(account.one("get_user", "User", UserName=name)["user"]),
        ("group_names",): lambda: {"group_names": group_names(account).get(name, [])},
    }


_OWN = Own(_of_detail, _parts)
