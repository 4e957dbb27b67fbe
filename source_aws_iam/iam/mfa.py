"""MFA devices: the virtual ones in one listing, hardware and FIDO ones user by user.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.iam.account import Account, Row


def virtual_devices(account: Account) -> list[Row]:
    """Return all virtual devices, with the user of each where it has one."""
    return account.once("virtual devices", lambda: list(account.rows("list_virtual_mfa_devices", "VirtualMFADevices")))


def virtual_by_user(account: Account) -> Mapping[str, list[Row]]:
    """Return the virtual devices of users by user id."""

    def by_user() -> dict[str, list[Row]]:
        devices: dict[str, list[Row]] = {}
        for device in virtual_devices(account):
            if device.get("user"):
                devices.setdefault(device["user"]["user_id"], []).append(device)
        return devices

    return account.once("virtual devices by user", by_user)


def devices_of(account: Account, user_name: str) -> list[Row]:
    """Return all devices of one user. Raises AbsentError if the user is gone."""
    return account.once(
        ("mfa devices", user_name), lambda: list(account.rows("list_mfa_devices", "MFADevices", UserName=user_name))
    )


def shown(device: Row) -> Row:
    """Return the columns of a device, as either listing gives it."""
    serial = device["serial_number"]
    return {"serial_number": serial, "type": kind(serial), "enable_date": device.get("enable_date")}


def kind(serial_number: str) -> str:
    """Return "virtual", "fido" or "hardware": a virtual device has an ARN …:mfa/…, a FIDO one …:u2f/…."""
    resource = serial_number.split(":", 5)[-1] if serial_number.startswith("arn:") else ""
    return {"mfa": "virtual", "u2f": "fido"}.get(resource.partition("/")[0], "hardware")
