"""Who is in which group: one listing of all users, else one per group, else one per user."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from source_aws_iam.iam.entities import DETAILS, GROUP, USER, details, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.iam.account import Account


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
    groups = listed(account, GROUP)
    account.tell_cost("group members", len(groups), DETAILS)

    def members(group: str) -> list[tuple[str, str]]:
        return [(group, user["user_name"]) for user in account.rows("get_group", "Users", GroupName=group)]

    return [found for every in account.each("groups", members, groups) for found in every]


def _of_users(account: Account) -> list[tuple[str, str]]:
    users = listed(account, USER)
    account.tell_cost("group members", len(users), DETAILS)

    def groups(user: str) -> list[tuple[str, str]]:
        return [(group["group_name"], user) for group in account.rows("list_groups_for_user", "Groups", UserName=user)]

    return [found for every in account.each("users", groups, users) for found in every]
