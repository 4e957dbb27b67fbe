"""The columns of `users` about credentials and last activity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from moto.iam.models import AccessKey, IAMBackend, SigningCertificate, User

from embedded_aws.server.cloud import Cloud
from embedded_aws.truth.values import SOME_TIME, Row, aware

_SLOTS = (1, 2)


def of_users(aws: Cloud) -> Mapping[str, Row]:
    """By user id."""
    backend, reported = aws.iam(), aws.credential_report.arns(aws.account_id, aws.now())
    virtual = virtual_devices(backend)
    return {
        user.id: _reported(backend, user, virtual[user.id])
        if reported is None or user.arn in reported
        else _too_young(user)
        for user in backend.users.values()
    }


def of_root(aws: Cloud) -> Row:
    """AWS does not say whether the root user has a password."""
    device = root_device(aws)
    return {
        **password(None, None),
        "password_enabled": None,
        **keys([]),
        **certificates([]),
        **_activity({}),
        "mfa_active": device is not None,
        "mfa_devices": [device] if device else [],
        "access_keys": [],
        "login_profile_created_at": None,
        "report_generated_at": SOME_TIME,
        "unavailable_fields": [],
    }


def _reported(backend: IAMBackend, user: User, virtual: list[Row]) -> Row:
    """As the credential report knows the user: without the ids of keys, and of the devices only the virtual ones."""
    active = bool(user.mfa_devices)
    return {
        **password(backend, user),
        **keys(user.access_keys),
        **certificates(list(user.signing_certificates.values())),
        **_activity({"password": user.password_last_used, **_uses(user.access_keys)}),
        "mfa_active": active,
        "mfa_devices": virtual if virtual or not active else None,
        "access_keys": [{**key(held), "access_key_id": None} for held in user.access_keys[: len(_SLOTS)]],
        "login_profile_created_at": None,
        "report_generated_at": SOME_TIME,
        "unavailable_fields": [],
    }


def _too_young(user: User) -> Row:
    """As calls for this user alone know it, who joined after the report was made."""
    ordered = sorted(user.access_keys, key=lambda held: held.create_date)
    return {
        **password(None, None),
        "password_enabled": bool(user.password),
        **keys(ordered),
        **certificates(sorted(user.signing_certificates.values(), key=lambda held: held.upload_date)),
        **_activity({"password": user.password_last_used, **_uses(ordered)}),
        "mfa_active": bool(user.mfa_devices),
        "mfa_devices": [device(serial, held.enable_date) for serial, held in user.mfa_devices.items()],
        "access_keys": [key(held) for held in user.access_keys],
        "login_profile_created_at": aware(user.create_date) if user.password else None,
        "report_generated_at": None,
        "unavailable_fields": [],
    }


def password(backend: IAMBackend | None, user: User | None) -> Row:
    """A password is as old as its user: moto does not record a change."""
    has = user is not None and bool(user.password)
    changed = user.create_date if user and has else None
    policy = backend.account_password_policy if backend else None
    days = policy.max_password_age if policy else None
    return {
        "password_enabled": has,
        "password_last_changed": aware(changed),
        "password_next_rotation": aware(changed + timedelta(days=days)) if changed and days else None,
    }


def keys(held: list[AccessKey]) -> Row:
    columns: Row = {}
    for slot in _SLOTS:
        one = held[slot - 1] if len(held) >= slot else None
        used = one.last_used if one else None
        columns |= {
            f"access_key_{slot}_active": one is not None and one.status == "Active",
            f"access_key_{slot}_last_rotated": aware(one.create_date) if one else None,
            f"access_key_{slot}_last_used_date": aware(used.timestamp) if used else None,
            f"access_key_{slot}_last_used_region": used.region if used else None,
            f"access_key_{slot}_last_used_service": used.service if used else None,
        }
    return columns


def certificates(held: list[SigningCertificate]) -> Row:
    columns: Row = {}
    for slot in _SLOTS:
        one = held[slot - 1] if len(held) >= slot else None
        columns[f"cert_{slot}_active"] = one is not None and one.status == "Active"
        columns[f"cert_{slot}_last_rotated"] = aware(one.upload_date) if one else None
    return columns


def key(held: AccessKey) -> Row:
    return {"access_key_id": held.access_key_id, "status": held.status, "create_date": aware(held.create_date)}


def key_use(held: AccessKey) -> Row:
    used = held.last_used
    return {
        "last_used_date": aware(used.timestamp) if used else None,
        "last_used_service": used.service if used else None,
        "last_used_region": used.region if used else None,
    }


def device(serial: str, enabled: datetime | None) -> Row:
    kind = "virtual" if ":mfa/" in serial else "fido" if ":u2f/" in serial else "hardware"
    return {"serial_number": serial, "type": kind, "enable_date": aware(enabled)}


def root_device(aws: Cloud) -> Row | None:
    enabled = aws.root_mfa.get(aws.account_id)
    serial = f"arn:{aws.partition}:iam::{aws.account_id}:mfa/root-account-mfa-device"
    return device(serial, enabled) if enabled else None


def virtual_devices(backend: IAMBackend) -> Mapping[str, list[Row]]:
    """By the id of the user who has them."""
    devices: defaultdict[str, list[Row]] = defaultdict(list)
    for held in backend.virtual_mfa_devices.values():
        if held.user:
            devices[held.user.id].append(device(held.serial_number, held.enable_date))
    return devices


def _uses(held: list[AccessKey]) -> Mapping[str, datetime | None]:
    return {
        f"access_key_{slot}": one.last_used.timestamp if one.last_used else None
        for slot, one in zip(_SLOTS, held, strict=False)
    }


def _activity(uses: Mapping[str, datetime | None]) -> Row:
    times = [(time, source) for source, used in uses.items() if (time := aware(used))]
    at, source = max(times, default=(None, None))
    return {"last_activity_at": at, "last_activity_source": source}
