"""Access keys with their last use.

There is no bulk form of ListAccessKeys. The credential report says which users have a key at all, and when it was last
used; only what the report cannot tell is asked for.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.errors import AbsentError
from source_aws_iam.iam.entities import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.iam.account import Account, Row

LAST_USED: Final = ("last_used_date", "last_used_service", "last_used_region")
KEY: Final = ("access_key_id", "status", "create_date", *LAST_USED)
SLOTS: Final = (1, 2)


def access_keys(account: Account, user_name: str, report: Row | None) -> list[Row]:
    """Return a user's access keys, each with what was not allowed to see. `report` is the user's row, if it has one.

    Raises AbsentError if the user is gone.
    """

    def read() -> list[Row]:
        listed = _listed(account, user_name)
        # The time of creation is all that the report tells of a key's identity.
        made = Counter(key.get("create_date") for key in listed)
        slots = [slot for slot in (slots_of(report) if report else []) if made[slot["create_date"]] == 1]
        known = {slot["create_date"]: slot for slot in slots if slot["create_date"]}
        return [row for key in listed if (row := _with_last_use(account, user_name, key, known))]

    return account.once(("access keys", user_name), read)


def _listed(account: Account, user_name: str) -> list[Row]:
    return list(account.rows("list_access_keys", "AccessKeyMetadata", UserName=user_name))


def slots_of(report: Row) -> list[Row]:
    """Return the keys of a row of the report. It does not know their ids."""
    return [
        {
            "access_key_id": None,
            "status": "Active" if report[f"access_key_{slot}_active"] else "Inactive",
            "create_date": report[f"access_key_{slot}_last_rotated"],
            **{name: report[f"access_key_{slot}_{name}"] for name in LAST_USED},
        }
        for slot in SLOTS
        if report[f"access_key_{slot}_active"] or report[f"access_key_{slot}_last_rotated"]
    ]


def _with_last_use(account: Account, user_name: str, key: Row, slots: Mapping[str, Row]) -> Row | None:
    """Return the key with what the report or AWS says of its last use, or None if it is gone.

    `slots` is what the report says of keys, by the time of their creation.
    """
    slot, key_id = slots.get(key.get("create_date", "")), key.get("access_key_id")
    if slot:
        return {**key, **{name: slot[name] for name in LAST_USED}, "unavailable_fields": []}
    if not key_id:
        return {**key, **hidden(LAST_USED)}
    try:
        return {**key, **visible({LAST_USED: lambda: _last_use(account, user_name, key_id)})}
    except AbsentError:
        return None


def _last_use(account: Account, user_name: str, key_id: str) -> Row:
    def gone() -> bool:
        return all(other.get("access_key_id") != key_id for other in _listed(account, user_name))

    request = {"AccessKeyId": key_id}
    answer = account.one("get_access_key_last_used", "AccessKeyLastUsed", gone=gone, **request)
    used: dict[str, Any] = answer["access_key_last_used"]
    # "N/A" is how AWS says that the key was never used.
    values = {"last_used_date": used.get("last_used_date")}
    return values | {
        f"last_used_{name}": used[member] if used.get(member, "N/A") != "N/A" else None
        for name, member in (("service", "service_name"), ("region", "region"))
    }
