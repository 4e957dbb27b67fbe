"""Who is in which group: one listing of all users, else one per group, else one per user."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from source_aws_iam.iam.entities import DETAILS, details, listed, named
from source_aws_iam.iam.identities import GROUP, USER, identified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.iam.account import Account, Row


def memberships(account: Account) -> list[tuple[str, str]]:
    """Return (group name, user name) for every membership."""
    # Settled, because readers of single users ask for this too, and may not wait for the threads they are in.
    return account.settled(
        "memberships",
        lambda: account.first_allowed(
            lambda: _of_details(account), lambda: _of_groups(account), lambda: _of_users(account)
        ),
    )


def group_names(account: Account) -> Mapping[str, list[str]]:
    """Return the names of the groups of every user that is in one."""

    def turned() -> dict[str, list[str]]:
        names = defaultdict(list)
        for group, user in memberships(account):
            names[user].append(group)
        return names

    return account.once("group names", turned)


def group_sizes(account: Account) -> Counter[str]:
    """Return how many users each group has."""
    return Counter(group for group, _ in memberships(account))


def _of_details(account: Account) -> list[tuple[str, str]]:
    return [(group, name) for name, user in details(account, USER).items() for group in user.get("group_list", [])]


def _of_groups(account: Account) -> list[tuple[str, str]]:
    groups = named(listed(account, GROUP), GROUP)
    account.tell_cost("group members", len(groups), DETAILS)

    def members(group: Row) -> list[tuple[str, str]]:
        name = group["group_name"]
        users = account.rows("get_group", "Users", GroupName=name)
        return [(name, user) for row in users if (user := identified(row, USER)["user_name"])]

    return [found for every in account.each("groups", members, groups) for found in every]


def _of_users(account: Account) -> list[tuple[str, str]]:
    users = named(listed(account, USER), USER)
    account.tell_cost("group members", len(users), DETAILS)

    def groups(user: Row) -> list[tuple[str, str]]:
        name = user["user_name"]
        groups = account.rows("list_groups_for_user", "Groups", UserName=name)
        return [(group, name) for row in groups if (group := identified(row, GROUP)["group_name"])]

    return [found for every in account.each("users", groups, users) for found in every]
