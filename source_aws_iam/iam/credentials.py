"""How each user can sign in, and when it last did: from the credential report, or user by user where there is none."""

from __future__ import annotations

import logging
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.errors import AbsentError, AwsError
from source_aws_iam.iam.certificates import signing_certificates
from source_aws_iam.iam.credential_report import CredentialReport, credential_report
from source_aws_iam.iam.entities import hidden, visible
from source_aws_iam.iam.keys import KEY, LAST_USED, SLOTS, access_keys, slots_of
from source_aws_iam.iam.mfa import devices_of, shown, virtual_by_user, virtual_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.iam.account import Account, Row

REPORT: Final = ("generate_credential_report", "get_credential_report")
PASSWORD: Final = ("password_enabled", "password_last_changed", "password_next_rotation")
CERTIFICATES: Final = tuple(f"cert_{slot}_{name}" for slot in SLOTS for name in ("active", "last_rotated"))
KEY_STATUS: Final = tuple(f"access_key_{slot}_{name}" for slot in SLOTS for name in ("active", "last_rotated"))
KEY_USE: Final = tuple(f"access_key_{slot}_{name}" for slot in SLOTS for name in LAST_USED)
OF_REPORT: Final = (*PASSWORD, "mfa_active", *KEY_STATUS, *KEY_USE, *CERTIFICATES)
OF_CREDENTIALS: Final = (
    *OF_REPORT,
    "report_generated_at",
    "access_keys",
    "mfa_devices",
    "last_activity_at",
    "last_activity_source",
)
ACTIVITY: Final = ("last_activity_at", "last_activity_source")
_UNUSABLE: Final = "The credential report of account %s lacks its %s, so the credentials of users are read one by one."
logger = logging.getLogger("airbyte.source_aws_iam")


def report_of(account: Account) -> CredentialReport | None:
    """Return the credential report, or None where AWS refuses it, or where what it says cannot be relied on.

    A report without one of the columns would say "no" for all users.
    """
    try:
        report = account.if_allowed(lambda: credential_report(account))
        lacking = sorted(report.lacking) if report else []
    except AwsError as error:
        if not error.is_broken_answer:
            raise
        report, lacking = None, ["content"]
    if lacking:
        tell = partial(logger.warning, _UNUSABLE, account.account_id, ", ".join(lacking))
        account.once("unusable report", tell)
    return None if lacking else report


def report_row(report: CredentialReport | None, user: Row) -> Row | None:
    """Return the report's row of a user. A user who is younger than the report has none, whatever the name's last
    owner had.
    """
    found = report.rows.get(user["arn"]) if report else None
    if report is None or found is None:
        return None
    made, created = report.generated_at, user.get("create_date") or ""
    return found if (created <= made if made else created == found["user_creation_time"]) else None


def credentials(account: Account, user: Row, report: Row | None) -> Row:
    """Return the credential columns of `user`, with `unavailable_fields`. `report` is its row of the report, if any.

    Raises AbsentError if the user is gone.
    """
    if report:
        row = _from_report(account, user, report)
    else:
        row = _one_by_one(account, user["user_name"]) if user["user_name"] else hidden(OF_CREDENTIALS)
    return {**row, **_activity(user, row)}


def _from_report(account: Account, user: Row, report: Row) -> Row:
    devices = _devices(account, user, active=report["mfa_active"])
    return {
        **{name: report.get(name) for name in (*OF_REPORT, "report_generated_at")},
        "login_profile_created_at": None,
        "access_keys": slots_of(report),
        "mfa_devices": None if devices is None else [shown(device) for device in devices],
        "unavailable_fields": ["mfa_devices"] if devices is None else [],
    }


def _devices(account: Account, user: Row, *, active: bool | None) -> list[Row] | None:
    """Return what the bulk listing knows, or None for a hardware or FIDO device: a call per user would show it."""
    if active is False:
        return []
    virtual = account.if_allowed(lambda: virtual_by_user(account))
    if virtual is not None:
        return virtual_of(user, virtual)
    return None if user["is_root"] else account.if_allowed(lambda: devices_of(account, user["user_name"]))


def _one_by_one(account: Account, name: str) -> Row:
    row = visible(
        {
            ("password_enabled", "login_profile_created_at"): lambda: _login_profile(account, name),
            ("mfa_active", "mfa_devices"): lambda: _all_devices(account, name),
            ("access_keys", *KEY_STATUS): lambda: _keys(access_keys(account, name, None)),
            KEY_USE: lambda: _key_uses(account, name),
            CERTIFICATES: lambda: _certificates(account, name),
        }
    )
    only_in_report = ("password_last_changed", "password_next_rotation", "report_generated_at")
    return {**row, **dict.fromkeys(only_in_report), "unavailable_fields": [*row["unavailable_fields"], *only_in_report]}


def _login_profile(account: Account, name: str) -> Row:
    try:
        profile: Row = account.one("get_login_profile", "LoginProfile", UserName=name)["login_profile"]
    except AbsentError:
        return {"password_enabled": False, "login_profile_created_at": None}
    return {"password_enabled": True, "login_profile_created_at": profile.get("create_date")}


def _all_devices(account: Account, name: str) -> Row:
    devices = [shown(device) for device in devices_of(account, name)]
    return {"mfa_active": bool(devices), "mfa_devices": devices}


def _keys(keys: list[Row]) -> Row:
    columns: Row = {"access_keys": [{name: key.get(name) for name in KEY} for key in keys]}
    for slot, key in _in_slots(keys):
        columns[f"access_key_{slot}_active"] = key.get("status") == "Active"
        columns[f"access_key_{slot}_last_rotated"] = key.get("create_date")
    return columns


def _key_uses(account: Account, name: str) -> Row:
    keys = access_keys(account, name, None)
    if any(key["unavailable_fields"] for key in keys):
        account.complete("get_access_key_last_used")
    return {f"access_key_{slot}_{part}": key.get(part) for slot, key in _in_slots(keys) for part in LAST_USED}


def _certificates(account: Account, name: str) -> Row:
    columns: Row = {}
    for slot, certificate in _in_slots(signing_certificates(account, name)):
        columns[f"cert_{slot}_active"] = certificate.get("status") == "Active"
        columns[f"cert_{slot}_last_rotated"] = certificate.get("upload_date")
    return columns


def _in_slots(credentials: list[Row]) -> Iterator[tuple[int, Row]]:
    """Yield the credentials as the report numbers them, oldest first; {} for a slot that is free."""
    by_age = sorted(credentials, key=lambda row: row.get("create_date") or row.get("upload_date") or "")
    yield from zip_longest(SLOTS, by_age[: len(SLOTS)], fillvalue={})


def _activity(user: Row, row: Row) -> Row:
    """Return the latest use of any credential, or null where one of them was not to be seen: it may be later."""
    unavailable = row["unavailable_fields"]
    if not {"password_last_used", *KEY_USE}.isdisjoint([*unavailable, *user.get("unavailable_fields", [])]):
        return {**dict.fromkeys(ACTIVITY), "unavailable_fields": [*unavailable, *ACTIVITY]}
    uses = {"password": user.get("password_last_used")} | {
        f"access_key_{slot}": row[f"access_key_{slot}_last_used_date"] for slot in SLOTS
    }
    at, source = max(((time, source) for source, time in uses.items() if time), default=(None, None))
    return {"last_activity_at": at, "last_activity_source": source}
