"""MFA devices: the virtual ones in one listing, hardware and FIDO ones user by user.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.iam.account import Account, Row

_OF_USER: Final = ("user_id", "arn", "user_name")


def virtual_devices(account: Account) -> list[Row]:
    """Return all virtual devices, with the user of each where it has one."""
    return account.once("virtual devices", lambda: list(account.rows("list_virtual_mfa_devices", "VirtualMFADevices")))


def virtual_by_user(account: Account) -> Mapping[str, list[Row]]:
    """Return the virtual devices of users by whatever AWS says of the user: id, ARN and name."""

    def by_user() -> dict[str, list[Row]]:
        devices: dict[str, list[Row]] = {}
        for device in virtual_devices(account):
            user = device.get("user", {})
            for value in {user.get(column) for column in _OF_USER} - {None, ""}:
                devices.setdefault(value, []).append(device)
        return devices

    return account.once("virtual devices by user", by_user)


def virtual_of(user: Row, by_user: Mapping[str, list[Row]]) -> list[Row] | None:
    """Return the virtual devices of a user, of those that `virtual_by_user` found, or None."""
    return next((by_user[user[column]] for column in _OF_USER if user[column] in by_user), None)


def is_of_root(device: Row) -> bool:
    """Return whether the root user has the device."""
    return str(device.get("user", {}).get("arn", "")).endswith(":root")


def devices_of(account: Account, user_name: str) -> list[Row]:
    """Return all devices of one user. Raises AbsentError if the user is gone."""
    return account.once(
        ("mfa devices", user_name), lambda: list(account.rows("list_mfa_devices", "MFADevices", UserName=user_name))
    )


def shown(device: Row) -> Row:
    """Return the columns of a device, as either listing gives it."""
    serial = device.get("serial_number")
    return {"serial_number": serial, "type": serial and kind(serial), "enable_date": device.get("enable_date")}


def kind(serial_number: str) -> str:
    """Return "virtual", "fido" or "hardware": a virtual device has an ARN …:mfa/…, a FIDO one …:u2f/…."""
    resource = serial_number.split(":", 5)[-1] if serial_number.startswith("arn:") else ""
    return {"mfa": "virtual", "u2f": "fido"}.get(resource.partition("/")[0], "hardware")
