"""Machine images and snapshots, shared in every way there is, and volumes that nothing is attached to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.server.cloud import Resource

BASE = "base"
OURS, FOREIGN = "300001000003", "444455556666"
"""An account of the organization (member_accounts.account_ids), and one of another."""

_AWS = "137112412989"
_ORGANIZATION, _ROOT, _UNIT = "o-a1b2c3d4e5", "r-ab12", "ou-ab12-11111111"
_FOREIGN = "o-zz99yy88xx", "ou-zz99-22222222"


def plant_images(region: PlantedRegion, management: str) -> Mapping[str, Resource]:
    """Plant snapshots with their volumes, then images. Returns the images by name.

    `management` is the management account of the organization with which some are shared.
    """
    snapshots = _plant_snapshots(region)
    organizations = f"arn:{region.cloud.partition}:organizations::{management}"
    abroad = f"arn:{region.cloud.partition}:organizations::{FOREIGN}"
    shared: Mapping[str, list[dict[str, str]]] = {
        BASE: [],
        "public": [{"Group": "all"}],
        "for our account": [{"UserId": OURS}],
        "for two accounts": [{"UserId": OURS}, {"UserId": FOREIGN}],
        "for our organization": [{"OrganizationArn": f"{organizations}:organization/{_ORGANIZATION}"}],
        "for our unit": [{"OrganizationalUnitArn": f"{organizations}:ou/{_ORGANIZATION}/{_UNIT}"}],
        "for another organization": [{"OrganizationArn": f"{abroad}:organization/{_FOREIGN[0]}"}],
        "for another unit": [{"OrganizationalUnitArn": f"{abroad}:ou/{_FOREIGN[0]}/{_FOREIGN[1]}"}],
        "disabled": [],
    }
    images = {}
    for name, permissions in shared.items():
        image = _image(region, name, region.account_id, snapshots[BASE]["SnapshotId"])
        state = {"State": "disabled", "Public": False} if name == "disabled" else {"Public": name == "public"}
        images[name] = region.plant("Images", {**image, **state, "LaunchPermissions": permissions})
    of_aws = _image(region, "al2023-ami-minimal", _AWS, region.new_id("snap"))
    region.plant("Images", {**of_aws, "Public": True, "ImageOwnerAlias": "amazon"})
    return images


def _image(region: PlantedRegion, name: str, owner: str, snapshot: str) -> dict[str, Any]:
    created = region.time()
    disk = {"SnapshotId": snapshot, "VolumeSize": 8, "VolumeType": "gp3", "Encrypted": False}
    return {
        "ImageId": region.new_id("ami"),
        "Name": f"{name} ✓",
        "Description": "Für alle <Läden>",
        "ImageLocation": f"{owner}/{name} ✓",
        "OwnerId": owner,
        "State": "available",
        "CreationDate": _text(created),
        "DeprecationTime": _text(created + timedelta(days=730)),
        "Architecture": "arm64",
        "ImageType": "machine",
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {**disk, "DeleteOnTermination": True}}],
        "VirtualizationType": "hvm",
        "Hypervisor": "xen",
        "EnaSupport": True,
        "BootMode": "uefi",
        "ImdsSupport": "v2.0",
        "Tags": tags(name, Zweck=""),
    }


def _text(time: datetime) -> str:
    """Some members of images are times that AWS sends as text."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _plant_snapshots(region: PlantedRegion) -> Mapping[str, Resource]:
    key = region.arn(f"key/{'0' * 8}", "kms")
    shared: Mapping[str, list[dict[str, str]]] = {
        BASE: [],
        "public": [{"Group": "all"}],
        "for our account": [{"UserId": OURS}],
        "for two accounts": [{"UserId": FOREIGN}, {"UserId": OURS}],
    }
    snapshots = {}
    for number, (name, permissions) in enumerate(shared.items()):
        encrypted = {"Encrypted": True, "KmsKeyId": key} if number == 2 else {"Encrypted": False}
        volume = region.plant("Volumes", {**_free_volume(region), **encrypted})
        snapshot = _snapshot(region, region.account_id, volume["VolumeId"], f"{name} ✓")
        snapshots[name] = region.plant(
            "Snapshots", {**snapshot, **encrypted, "CreateVolumePermissions": permissions, "Tags": tags(name)}
        )
    region.plant("Snapshots", {**_snapshot(region, FOREIGN, region.new_id("vol"), "not ours"), "Encrypted": False})
    return snapshots


def _snapshot(region: PlantedRegion, owner: str, volume_id: str, description: str) -> dict[str, Any]:
    started = region.time()
    return {
        "SnapshotId": region.new_id("snap"),
        "OwnerId": owner,
        "VolumeId": volume_id,
        "VolumeSize": 8,
        "State": "completed",
        "Progress": "100%",
        "StartTime": started,
        "CompletionTime": started + timedelta(minutes=4),
        "Description": description,
        "StorageTier": "standard",
        "TransferType": "standard",
        "FullSnapshotSizeInBytes": 5 * 2**30,
    }


def _free_volume(region: PlantedRegion) -> dict[str, Any]:
    return {
        "VolumeId": region.new_id("vol"),
        "State": "available",
        "Size": 8,
        "VolumeType": "gp3",
        "Iops": 3000,
        "Throughput": 125,
        "CreateTime": region.time(),
        "Attachments": [],
        "MultiAttachEnabled": False,
        **region.zone(),
    }
