"""mfa_devices: the virtual ones from one listing, hardware and FIDO ones from the users that may have one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_aws_iam.components.inventory import Inventory
from source_aws_iam.iam.account import account
from source_aws_iam.iam.mfa import devices_of, is_of_root, shown, virtual_by_user, virtual_devices, virtual_of
from source_aws_iam.iam.prospects import owner, prospects
from source_aws_iam.iam.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.aws.session import Session
    from source_aws_iam.iam.account import Account, Row


class MfaDevices(Inventory):
    """One row per MFA device, also of the root user, and of nobody."""

    def rows(self, session: Session) -> Iterable[Mapping[str, Any]]:
        """Yield all devices, asking as few users as possible.

        A user with a virtual device may have another one as well. How many devices are in use, the account summary
        tells: when all of them are found, those users need not be asked.
        """
        iam = account(session)
        virtual = iam.if_allowed(lambda: virtual_by_user(iam)) or {}
        devices = iam.if_allowed(lambda: virtual_devices(iam)) or ()
        yield from map(_virtual, devices)
        found = sum("user" in device and not is_of_root(device) for device in devices)
        users = [user for user, _ in prospects(iam, "MFA devices", lambda report: report["mfa_active"] is not False)]
        with_virtual = [user for user in users if virtual_of(user, virtual)]
        for device in _others(iam, [user for user in users if not virtual_of(user, virtual)]):
            found += 1
            yield device
        if (summary(iam) or {}).get("MFADevicesInUse") != found:
            yield from _others(iam, with_virtual)
        # Only that listing knows the root user's device, and those that nobody has.
        iam.complete("list_virtual_mfa_devices")


def _others(iam: Account, users: Iterable[Row]) -> Iterator[Row]:
    """Yield the devices of `users` that the listing of virtual ones did not have."""
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
