"""group_members: one bulk call for all users, else a call per group, else a call per user."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from source_aws_iam.iam.entities import DETAILS, details, known, listed, named
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.identities import GROUP, USER, identified

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session


def memberships(iam: Reader) -> list[tuple[str, str]]:
    """Return (group name, user name) for every membership."""
    # Settled: per-entity reads of users need it too, and may not wait for the threads that they run in.
    return iam.settled(
        "memberships",
        lambda: iam.first_allowed(lambda: _of_details(iam), lambda: _of_groups(iam), lambda: _of_users(iam)),
    )


def group_names(iam: Reader) -> Mapping[str, list[str]]:
    """Return the names of the groups of every user that is in one."""

    def turned() -> dict[str, list[str]]:
        names = defaultdict(list)
        for group, user in memberships(iam):
            names[user].append(group)
        return names

    return iam.once("group names", turned)


def group_sizes(iam: Reader) -> Counter[str]:
    """Return how many users each group has."""
    return Counter(group for group, _ in memberships(iam))


def _of_details(iam: Reader) -> list[tuple[str, str]]:
    return [(group, name) for name, user in details(iam, USER).items() for group in user.get("group_list", [])]


def _of_groups(iam: Reader) -> list[tuple[str, str]]:
    groups = named(listed(iam, GROUP), GROUP)
    iam.tell_cost("group members", len(groups), DETAILS)

    def members(group: Row) -> list[tuple[str, str]]:
        name = group["group_name"]
        users = iam.rows("get_group", "Users", GroupName=name)
        return [(name, user) for row in users if (user := identified(row, USER)["user_name"])]

    return [found for every in iam.each("groups", members, groups) for found in every]


def _of_users(iam: Reader) -> list[tuple[str, str]]:
    users = named(listed(iam, USER), USER)
    iam.tell_cost("group members", len(users), DETAILS)

    def groups(user: Row) -> list[tuple[str, str]]:
        name = user["user_name"]
        groups = iam.rows("list_groups_for_user", "Groups", UserName=name)
        return [(group, name) for row in groups if (group := identified(row, GROUP)["group_name"])]

    return [found for every in iam.each("users", groups, users) for found in every]


class GroupMembers(IamStream):
    """One row per membership of a user in a group."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield every membership with the names, ARNs and paths of both sides.

        A group or user that is not listed was deleted during the read, and so was the membership.
        """
        iam = session.reader("iam")
        pairs = memberships(iam)
        groups, users = known(iam, GROUP), known(iam, USER)
        for group, user in ((groups[group], users[user]) for group, user in pairs if group in groups and user in users):
            yield {
                **{f"group_{name}": group[column] for name, column in _columns("group")},
                **{f"user_{name}": user[column] for name, column in _columns("user")},
            }


def _columns(kind: str) -> Iterable[tuple[str, str]]:
    return (("id", f"{kind}_id"), ("name", f"{kind}_name"), ("arn", "arn"), ("path", "path"))
