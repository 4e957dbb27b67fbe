"""access_keys: the keys of users with their ids, which the credential report lacks, and their last use."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AbsentError
from source_aws_iam.iam.candidates import candidates, owner
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.streams.columns import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session


LAST_USED: Final = ("last_used_date", "last_used_service", "last_used_region")
SLOTS: Final = (1, 2)


def access_keys(iam: Reader, user_name: str, report: Row | None) -> list[Row]:
    """Return the user's access keys, each with `unavailable_fields`. `report` is the user's row in it, or None.

    Raises AbsentError if the user is absent.
    """

    def read() -> list[Row]:
        listed = _listed(iam, user_name)
        # The report identifies a key by its time of creation only.
        made = Counter(key.get("create_date") for key in listed)
        slots = [slot for slot in (slots_of(report) if report else []) if made[slot["create_date"]] == 1]
        known = {slot["create_date"]: slot for slot in slots if slot["create_date"]}
        return [row for key in listed if (row := _with_last_use(iam, user_name, key, known))]

    return iam.once(("access keys", user_name), read)


def _listed(iam: Reader, user_name: str) -> list[Row]:
    return list(iam.rows("list_access_keys", "AccessKeyMetadata", UserName=user_name))


def slots_of(report: Row) -> list[Row]:
    """Return the keys in a row of the report, which has no ids of keys."""
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


def _with_last_use(iam: Reader, user_name: str, key: Row, slots: Mapping[str, Row]) -> Row | None:
    """Return the key with its last use, from the report or AWS, or None if the key is absent.

    `slots` are the keys of the report, by their time of creation.
    """
    slot, key_id = slots.get(key.get("create_date", "")), key.get("access_key_id")
    if slot:
        return {**key, **{name: slot[name] for name in LAST_USED}, "unavailable_fields": []}
    if not key_id:
        return {**key, **hidden(LAST_USED)}
    try:
        return {**key, **visible({LAST_USED: lambda: _last_use(iam, user_name, key_id)})}
    except AbsentError:
        return None


def _last_use(iam: Reader, user_name: str, key_id: str) -> Row:
    def is_absent() -> bool:
        return all(other.get("access_key_id") != key_id for other in _listed(iam, user_name))

    request = {"AccessKeyId": key_id}
    answer = iam.one("get_access_key_last_used", is_absent=is_absent, **request)
    used: dict[str, Any] = answer["access_key_last_used"]
    # AWS says "N/A" for a key that was never used.
    values = {"last_used_date": used.get("last_used_date")}
    return values | {
        f"last_used_{name}": used[member] if used.get(member, "N/A") != "N/A" else None
        for name, member in (("service", "service_name"), ("region", "region"))
    }


class AccessKeys(IamStream):
    """One row per access key of an IAM user. AWS shows no ids of keys of the root user."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield the keys of all users that have any."""
        iam, every_user = session.reader("iam"), self.context.settings.ask_every_user

        def keys(candidate: tuple[Row, Row | None]) -> list[Row]:
            user, report = candidate
            return [{**key, **owner(user)} for key in access_keys(iam, user["user_name"], report)]

        asked = candidates(iam, "access keys", lambda report: bool(slots_of(report)), every_user=every_user)
        for found in iam.each("users", keys, asked):
            yield from found
