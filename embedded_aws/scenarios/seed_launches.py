"""What instances are launched from: key pairs, and launch templates with secrets in their user data."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from moto.iam.models import InstanceProfile

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.scenarios.seed_images import BASE
from embedded_aws.scenarios.seed_instance_roles import ADMINISTRATOR
from embedded_aws.server.cloud import Resource

SECRET = "planted-user-data-password"
"""To be seen in no output."""

# The key pairs of each Region by its number. A name may be in several.
_PAIRS: tuple[tuple[tuple[str, str, dict[str, str]], ...], ...] = (
    (("deploy", "ed25519", {"Team": "Plattform ✓"}), ("Alte Schlüssel/2019", "rsa", {})),
    (("deploy", "rsa", {"Team": "", "aws:cloudformation:stack-name": "base"}),),
)


def plant_key_pairs(region: PlantedRegion) -> None:
    """Plant two in the first Region, and one in the second."""
    for name, kind, given in _PAIRS[region.number]:
        pair = {
            "KeyPairId": region.new_id("key"),
            "KeyName": name,
            "KeyType": kind,
            "KeyFingerprint": f"{region.rng.getrandbits(160):040x}",
            "CreateTime": region.time(),
            "Tags": tags(**given),
        }
        region.plant("KeyPairs", pair)


def plant_launch_templates(
    region: PlantedRegion,
    images: Mapping[str, Resource],
    groups: Mapping[str, dict[str, str]],
    profiles: Mapping[str, InstanceProfile],
) -> None:
    """Plant one with two versions, one with next to nothing in it, and one that a service manages."""
    data: dict[str, Any] = {
        "ImageId": images[BASE]["ImageId"],
        "InstanceType": "t4g.micro",
        "KeyName": "deploy",
        "SecurityGroupIds": [groups["web"]["GroupId"]],
        "UserData": b64encode(f"#!/bin/sh\nexport PASSWORD={SECRET}\n".encode()).decode(),
        "MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled"},
        "TagSpecifications": [{"ResourceType": "instance", "Tags": tags("Größe ✓", Empty="")}],
    }
    if ADMINISTRATOR in profiles:
        data["IamInstanceProfile"] = {"Arn": profiles[ADMINISTRATOR].arn}
    old = {**data, "MetadataOptions": {"HttpTokens": "optional"}}
    _plant(region, "Läden", {1: old, 2: data})
    _plant(region, "empty", {1: {}})
    service = {"Managed": True, "Principal": "eks.amazonaws.com", "HiddenByDefault": True}
    _plant(region, "of-a-service", {1: {"ImageId": images[BASE]["ImageId"]}}, Operator=service)


def _plant(region: PlantedRegion, name: str, versions: Mapping[int, Mapping[str, Any]], **others: Any) -> None:
    """The default version is the last one."""
    creator = f"arn:{region.cloud.partition}:iam::{region.account_id}:user/müller"
    about = {"LaunchTemplateId": region.new_id("lt"), "LaunchTemplateName": name}
    by = {"CreateTime": region.time(), "CreatedBy": creator, **others}
    numbers = {"DefaultVersionNumber": max(versions), "LatestVersionNumber": max(versions)}
    region.plant("LaunchTemplates", {**about, **by, **numbers, "Tags": tags(Zweck="")})
    for number, data in versions.items():
        default = {"VersionNumber": number, "DefaultVersion": number == max(versions)}
        described = {"VersionDescription": f"Stand {number}"} if data else {}
        region.plant("LaunchTemplateVersions", {**about, **by, **default, **described, "LaunchTemplateData": data})
