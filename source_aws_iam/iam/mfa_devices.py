"""mfa_devices: virtual devices from one bulk call, hardware and FIDO devices user by user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.iam.candidates import candidates, owner
from source_aws_iam.iam.iam_stream import IamStream
from source_aws_iam.iam.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.reader import Reader, Row
    from source_aws_iam.aws.session import Session


_OF_USER: Final = ("user_id", "arn", "user_name")


def virtual_devices(iam: Reader) -> list[Row]:
    """Return all virtual devices, with the user of each where it has one."""
    return iam.once("virtual devices", lambda: list(iam.rows("list_virtual_mfa_devices", "VirtualMFADevices")))


def virtual_by_user(iam: Reader) -> Mapping[str, list[Row]]:
    """Return the virtual devices of users, by the user's id, ARN and name."""

    def by_user() -> dict[str, list[Row]]:
        devices: dict[str, list[Row]] = {}
        for device in virtual_devices(iam):
            user = device.get("user", {})
            for value in {user.get(column) for column in _OF_USER} - {None, ""}:
                devices.setdefault(value, []).append(device)
        return devices

    return iam.once("virtual devices by user", by_user)


def virtual_of(user: Row, by_user: Mapping[str, list[Row]]) -> list[Row] | None:
    """Return the virtual devices of a user, of those that `virtual_by_user` found, or None."""
    return next((by_user[user[column]] for column in _OF_USER if user[column] in by_user), None)


def is_of_root(device: Row) -> bool:
    """Return whether the root user has the device."""
    return str(device.get("user", {}).get("arn", "")).endswith(":root")


def devices_of(iam: Reader, user_name: str) -> list[Row]:
    """Return all devices of one user. Raises AbsentError if the user is absent."""
    return iam.once(
        ("mfa devices", user_name), lambda: list(iam.rows("list_mfa_devices", "MFADevices", UserName=user_name))
    )


def shown(device: Row) -> Row:
    """Return the columns of a device from either call."""
    serial = device.get("serial_number")
    return {"serial_number": serial, "type": serial and kind(serial), "enable_date": device.get("enable_date")}


def kind(serial_number: str) -> str:
    """Return "virtual", "fido" or "hardware": a virtual device has an ARN …:mfa/…, a FIDO one …:u2f/…."""
    resource = serial_number.split(":", 5)[-1] if serial_number.startswith("arn:") else ""
    return {"mfa": "virtual", "u2f": "fido"}.get(resource.partition("/")[0], "hardware")


class MfaDevices(IamStream):
    """One row per MFA device, also of the root user, and also unassigned ones."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield all devices, with as few per-entity calls as possible.

        A user with a virtual device may have another one as well. The account summary has the number of devices in use:
        when all are found, those users need no call.
        """
        iam, every_user = session.reader("iam"), self.context.settings.ask_every_user
        virtual = iam.if_allowed(lambda: virtual_by_user(iam)) or {}
        devices = iam.if_allowed(lambda: virtual_devices(iam)) or ()
        yield from map(_virtual, devices)
        found = sum("user" in device and not is_of_root(device) for device in devices)
        users = [
            user
            for user, _ in candidates(
                iam,
                "MFA devices",
                lambda report: report["mfa_active"] is not False,
                every_user=every_user,
            )
        ]
        with_virtual = [user for user in users if virtual_of(user, virtual)]
        for device in _others(iam, [user for user in users if not virtual_of(user, virtual)]):
            found += 1
            yield device
        if (summary(iam) or {}).get("MFADevicesInUse") != found:
            yield from _others(iam, with_virtual)
        # Only the bulk call has the root user's device, and unassigned ones.
        iam.raise_if_unavailable("list_virtual_mfa_devices")


def _others(iam: Reader, users: Iterable[Row]) -> Iterator[Row]:
    """Yield the devices of `users` that the bulk call did not have."""
    listed = {device.get("serial_number") for device in iam.if_allowed(lambda: virtual_devices(iam)) or ()} - {None}

    def devices(user: Row) -> list[Row]:
        return [{**shown(device), **owner(user), "is_root": False} for device in devices_of(iam, user["user_name"])]

    for found in iam.each("users", devices, users):
        yield from (device for device in found if device["serial_number"] not in listed)


def _virtual(device: Row) -> Row:
    user = device.get("user", {})
    return {
        **shown(device),
        "user_id": user.get("user_id"),
        "user_name": user.get("user_name"),
        "user_arn": user.get("arn"),
        "is_root": is_of_root(device),
    }
