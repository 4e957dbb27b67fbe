"""How each user can sign in, and when it last did: from the credential report, or else by per-entity calls."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from aws_calls.errors import AbsentError
from source_aws_iam.iam.access_keys import LAST_USED, SLOTS, access_keys, slots_of
from source_aws_iam.iam.credential_report import report_row
from source_aws_iam.iam.mfa_devices import devices_of, shown, virtual_by_user, virtual_of
from source_aws_iam.iam.signing_certificates import signing_certificates
from source_aws_iam.streams.columns import hidden, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.iam.credential_report import Report
    from source_aws_iam.streams.columns import ColumnCalls

ONLY_IN_REPORT: Final = ("password_last_changed", "password_next_rotation", "report_generated_at")
CERTIFICATES: Final = tuple(f"cert_{slot}_{name}" for slot in SLOTS for name in ("active", "last_rotated"))
KEY_STATUS: Final = tuple(f"access_key_{slot}_{name}" for slot in SLOTS for name in ("active", "last_rotated"))
KEY_USE: Final = tuple(f"access_key_{slot}_{name}" for slot in SLOTS for name in LAST_USED)
OF_REPORT: Final = ("password_enabled", *ONLY_IN_REPORT, "mfa_active", *KEY_STATUS, *KEY_USE, *CERTIFICATES)
# Of a key in `access_keys`. Its last use is in KEY_USE, which may be denied alone.
KEY: Final = ("access_key_id", "status", "create_date")
ACTIVITY: Final = ("last_activity_at", "last_activity_source")
OF_CREDENTIALS: Final = (*OF_REPORT, "access_keys", "mfa_devices", *ACTIVITY)


def credentials(iam: Reader, user: Row, report: Report | None) -> Row:
    """Return the credential columns of `user`, with `unavailable_fields`. `report` is None where AWS denies it.

    Raises AbsentError if the user is absent.
    """
    of_user = report_row(report, user)
    if of_user:
        row = _from_report(iam, user, of_user)
    elif not user["user_name"]:
        row = hidden(OF_CREDENTIALS)
    else:
        row = visible(_entity_calls(iam, user["user_name"], report))
    return {**row, **_activity(user, row)}


def _from_report(iam: Reader, user: Row, report: Row) -> Row:
    return {
        **{name: report.get(name) for name in OF_REPORT},
        "login_profile_created_at": None,
        "access_keys": _shown_keys(slots_of(report)),
        **visible({("mfa_devices",): lambda: _devices(iam, user, active=report["mfa_active"])}),
    }


def _devices(iam: Reader, user: Row, *, active: bool | None) -> Row:
    """Return the virtual devices, or null for a hardware or FIDO device, which only a per-entity call shows."""
    if active is False:
        return {"mfa_devices": []}
    calls = [lambda: virtual_of(user, virtual_by_user(iam))]
    if not user["is_root"]:
        calls.append(lambda: devices_of(iam, user["user_name"]))
    devices = iam.first_allowed(*calls)
    return {"mfa_devices": None if devices is None else [shown(device) for device in devices]}


def _entity_calls(iam: Reader, name: str, report: Report | None) -> ColumnCalls:
    return {
        # For a user who is younger than the report they are not denied: AWS does not have them yet.
        ONLY_IN_REPORT: lambda: dict.fromkeys(ONLY_IN_REPORT) if report else hidden(ONLY_IN_REPORT),
        ("password_enabled", "login_profile_created_at"): lambda: _login_profile(iam, name),
        ("mfa_active", "mfa_devices"): lambda: _all_devices(iam, name),
        ("access_keys", *KEY_STATUS): lambda: _keys(access_keys(iam, name, None)),
        KEY_USE: lambda: _key_uses(iam, name),
        CERTIFICATES: lambda: _certificates(iam, name),
    }


def _login_profile(iam: Reader, name: str) -> Row:
    try:
        profile: Row = iam.one("get_login_profile", UserName=name)["login_profile"]
    except AbsentError:
        return {"password_enabled": False, "login_profile_created_at": None}
    return {"password_enabled": True, "login_profile_created_at": profile.get("create_date")}


def _all_devices(iam: Reader, name: str) -> Row:
    devices = [shown(device) for device in devices_of(iam, name)]
    return {"mfa_active": bool(devices), "mfa_devices": devices}


def _keys(keys: list[Row]) -> Row:
    columns: Row = {"access_keys": _shown_keys(keys)}
    for slot, key in _in_slots(keys):
        columns[f"access_key_{slot}_active"] = key.get("status") == "Active"
        columns[f"access_key_{slot}_last_rotated"] = key.get("create_date")
    return columns


def _shown_keys(keys: list[Row]) -> list[Row]:
    return [{name: key.get(name) for name in KEY} for key in keys]


def _key_uses(iam: Reader, name: str) -> Row:
    keys = access_keys(iam, name, None)
    if any(key["unavailable_fields"] for key in keys):
        return hidden(KEY_USE)
    return {f"access_key_{slot}_{part}": key.get(part) for slot, key in _in_slots(keys) for part in LAST_USED}


def _certificates(iam: Reader, name: str) -> Row:
    columns: Row = {}
    for slot, certificate in _in_slots(signing_certificates(iam, name)):
        columns[f"cert_{slot}_active"] = certificate.get("status") == "Active"
        columns[f"cert_{slot}_last_rotated"] = certificate.get("upload_date")
    return columns


def _in_slots(credentials: list[Row]) -> Iterator[tuple[int, Row]]:
    """Yield the credentials as the report numbers them, oldest first; {} for a slot that is free."""
    by_age = sorted(credentials, key=lambda row: row.get("create_date") or row.get("upload_date") or "")
    yield from zip_longest(SLOTS, by_age[: len(SLOTS)], fillvalue={})


def _activity(user: Row, row: Row) -> Row:
    """Return the latest use of any credential, or null where one is unavailable, which may be later."""
    unavailable = row["unavailable_fields"]
    if not {"password_last_used", *KEY_USE}.isdisjoint([*unavailable, *user.get("unavailable_fields", [])]):
        return {**dict.fromkeys(ACTIVITY), "unavailable_fields": [*unavailable, *ACTIVITY]}
    uses = {"password": user.get("password_last_used")} | {
        f"access_key_{slot}": row[f"access_key_{slot}_last_used_date"] for slot in SLOTS
    }
    at, source = max(((time, source) for source, time in uses.items() if time), default=(None, None))
    return {"last_activity_at": at, "last_activity_source": source}
