"""User Inventory Info: a row of users or identity_center_users, and the groups that the user is a member of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from destination_security_lake.ocsf.classes import USER_INVENTORY, VERSION
from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.identities import ADMIN, USER, account, named
from destination_security_lake.ocsf.json_values import Json
from destination_security_lake.ocsf.times import epoch_milliseconds, time_columns

USERS: Final = "users"
IDENTITY_CENTER_USERS: Final = "identity_center_users"
# Stream of users, or of their memberships -> the columns that name a user in both.
USER_KEYS: Final[Mapping[str, tuple[str, str]]] = {
    USERS: ("account_id", "user_id"),
    "group_members": ("account_id", "user_id"),
    IDENTITY_CENTER_USERS: ("identity_store_id", "user_id"),
    "identity_center_group_members": ("identity_store_id", "user_id"),
}
# What OCSF's pattern and ours allow.
_EMAIL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

Memberships = Sequence[Mapping[str, Json]]


def user_key(stream: str, row: Mapping[str, Json]) -> tuple[Json, Json]:
    """Return what joins a user and the memberships: the same for a row of users and for those of group_members."""
    first, second = USER_KEYS[stream]
    return row.get(first), row.get(second)


def user_inventory(stream: str, row: Fields, read_at: datetime, memberships: Memberships | None) -> dict[str, Json]:
    """Return the attributes of a user as of `read_at`, which is aware.

    `memberships` are the rows of the stream of memberships that are of this user. None means that they are not known.
    """
    of_stream = _iam_user if stream == USERS else _identity_center_user
    product, user = of_stream(row, memberships)
    return {
        **time_columns("time", epoch_milliseconds(read_at)),
        "metadata": {
            "version": VERSION,
            "product": {"name": product, "vendor_name": "AWS"},
            "profiles": [*USER_INVENTORY.profiles],
        },
        "cloud": {"provider": "AWS", "account": account(row.text("account_id"))},
        "actor": {"app_name": "source-aws-iam"},
        "user": named(user),
    }


def _iam_user(row: Fields, memberships: Memberships | None) -> tuple[str, dict[str, Json]]:
    account_id = row.text("account_id")
    arn, name = row.text("arn"), row.text("user_name")
    return "IAM", {
        "uid": arn or row.text("user_id"),
        "uid_alt": row.text("user_id"),
        "name": name,
        "account": account(account_id),
        "groups": _iam_groups(row, memberships),
        **(ADMIN if row.boolean("is_root") else USER),
    }


def _iam_groups(row: Fields, memberships: Memberships | None) -> list[Json] | None:
    """Return the groups that the row names, and with their ARNs those that memberships name."""
    names = row.value("group_names")
    if isinstance(names, list) and all(isinstance(name, str) and name for name in names):
        row.read("group_names")
        found = {name: {"name": name} for name in names}
    elif memberships is None:
        return None
    else:
        found = {}
    for membership in map(Fields, memberships or ()):
        if name := membership.text("group_name"):
            found[name] = {"uid": membership.text("group_arn"), "name": name}
    return [*found.values()]


def _identity_center_user(row: Fields, memberships: Memberships | None) -> tuple[str, dict[str, Json]]:
    user_id = row.text("user_id")
    email = row.value("primary_email")
    groups = memberships and [
        {"uid": membership.text("group_id"), "name": membership.text("group_name")}
        for membership in map(Fields, memberships)
        if membership.text("group_id") or membership.text("group_name")
    ]
    return "IAM Identity Center", {
        "uid": row.text("user_arn") or user_id,
        "uid_alt": user_id,
        "name": row.text("user_name"),
        "full_name": row.first(("name", "formatted"), ("display_name",)),
        "email_addr": row.text("primary_email") if isinstance(email, str) and _EMAIL.fullmatch(email) else None,
        "domain": row.text("identity_store_id"),
        "groups": groups,
        **USER,
    }
