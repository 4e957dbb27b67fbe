"""MFA devices: those of a user, and the virtual ones of the account.

A virtual device is listed by both calls, a hardware or FIDO device only by ListMFADevices. moto has no root
user; `Cloud.root_mfa` says which accounts' root user has a virtual device, and since when.
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import IAMBackend, VirtualMfaDevice

from embedded_aws.server.calls import Call
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.errors import validation_error
from embedded_aws.server.iam_entities import user_of
from embedded_aws.server.iam_shapes import ROOT_CREATED, Members, bare_user, seconds
from embedded_aws.server.paging import Position, one_page
from embedded_aws.server.principals import Principal

_STATUSES = ("Assigned", "Unassigned", "Any")


def list_mfa_devices(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    user = user_of(cloud, call, caller)
    held = {(serial,): device for serial, device in user.mfa_devices.items()}
    shown, more = one_page(call, held, cloud.page_cap)
    devices = [
        {"UserName": user.name, "SerialNumber": device.serial_number, "EnableDate": seconds(device.enable_date)}
        for device in shown
    ]
    return {"MFADevices": devices, **more}


def list_virtual_mfa_devices(cloud: Cloud, call: Call, caller: Principal) -> dict[str, Any]:
    status = call.params.get("AssignmentStatus", "Any")
    if status not in _STATUSES:
        raise validation_error(status, "assignmentStatus", f"satisfy enum value set: [{', '.join(_STATUSES)}]")
    backend = cloud.iam(caller.account_id)
    devices: dict[Position, Members] = {
        (serial,): _device(device) for serial, device in backend.virtual_mfa_devices.items()
    }
    if caller.account_id in cloud.root_mfa:
        root = _root_device(cloud, backend)
        devices[root["SerialNumber"],] = root
    wanted = {
        position: device
        for position, device in devices.items()
        if status == "Any" or ("User" in device) == (status == "Assigned")
    }
    shown, more = one_page(call, wanted, cloud.page_cap)
    return {"VirtualMFADevices": shown, **more}


def _device(device: VirtualMfaDevice) -> Members:
    """Without seed, QR code and tags."""
    if device.user is None or device.enable_date is None:
        return {"SerialNumber": device.serial_number}
    return {
        "SerialNumber": device.serial_number,
        "User": bare_user(device.user),
        "EnableDate": seconds(device.enable_date),
    }


def _root_device(cloud: Cloud, backend: IAMBackend) -> Members:
    """The root user has no name and no path."""
    account = f"arn:{backend.partition}:iam::{backend.account_id}"
    return {
        "SerialNumber": f"{account}:mfa/root-account-mfa-device",
        "User": {"UserId": backend.account_id, "Arn": f"{account}:root", "CreateDate": ROOT_CREATED},
        "EnableDate": cloud.root_mfa[backend.account_id].replace(microsecond=0),
    }
