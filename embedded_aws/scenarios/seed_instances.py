"""Instances with their interfaces, volumes and instance profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from moto.iam.models import InstanceProfile

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.scenarios.seed_images import BASE
from embedded_aws.scenarios.seed_interfaces import Interface, of_instance, plant_interface
from embedded_aws.scenarios.seed_machines import Machine
from embedded_aws.server.cloud import Resource

_STATES = {"running": 16, "stopped": 80}
_SERVICE = {"Managed": True, "Principal": "eks.amazonaws.com", "HiddenByDefault": True}


@dataclass(frozen=True)
class Surroundings:
    """What instances are launched with, by names."""

    subnets: Mapping[str, Resource]
    groups: Mapping[str, dict[str, str]]
    images: Mapping[str, Resource]
    profiles: Mapping[str, InstanceProfile]


def plant_machines(region: PlantedRegion, around: Surroundings, machines: Sequence[Machine]) -> None:
    """Plant the instances, and one that is gone. The first two were launched with one request."""
    planted = [_plant_instance(region, around, one) for one in machines]
    planted[1]["AmiLaunchIndex"] = 1
    for instances in (planted[:2], *([one] for one in planted[2:]), [_terminated(region, around)]):
        reservation = {"ReservationId": region.new_id("r"), "OwnerId": region.account_id, "Groups": []}
        region.plant("Reservations", {**reservation, "Instances": instances})


def _plant_instance(region: PlantedRegion, around: Surroundings, machine: Machine) -> Resource:
    launched, instance_id, image = region.time(), region.new_id("i"), around.images[BASE]
    operator = {"Operator": _SERVICE} if machine.hidden else {}
    interfaces = _interfaces(region, around, machine, instance_id)
    [first, *_], groups = interfaces, [around.groups[name] for name in machine.groups]
    named: dict[str, Any] = {"PublicDnsName": ""}
    if "Association" in first:
        association = first["Association"]
        named = {"PublicIpAddress": association["PublicIp"], "PublicDnsName": association["PublicDnsName"]}
    if first["Ipv6Addresses"]:
        named["Ipv6Address"] = first["Ipv6Addresses"][0]["Ipv6Address"]
    volume = _plant_volume(region, instance_id, image, operator)
    attached = {name: volume["Attachments"][0][name] for name in ("AttachTime", "VolumeId", "DeleteOnTermination")}
    profile = around.profiles.get(machine.profile)
    if profile:
        named["IamInstanceProfile"] = {"Arn": profile.arn, "Id": profile.id}
        _associate(region, instance_id, named["IamInstanceProfile"])
    stopped = machine.state == "stopped"
    reason = "User initiated shutdown"
    return {
        "InstanceId": instance_id,
        "ImageId": image["ImageId"],
        "InstanceType": "t4g.micro",
        "State": {"Code": _STATES[machine.state], "Name": machine.state},
        "StateTransitionReason": "User initiated (2025-11-03 09:12:44 GMT)" if stopped else "",
        **({"StateReason": {"Code": "Client.UserInitiatedShutdown", "Message": reason}} if stopped else {}),
        "LaunchTime": launched,
        "AmiLaunchIndex": 0,
        "KeyName": "deploy",
        "Architecture": "arm64",
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "UsageOperationUpdateTime": launched,
        "Placement": {"Tenancy": "default", "GroupName": "", **region.zone()},
        "Monitoring": {"State": "disabled"},
        "SubnetId": first["SubnetId"],
        "VpcId": first["VpcId"],
        "PrivateIpAddress": first["PrivateIpAddress"],
        "PrivateDnsName": f"ip-{first['PrivateIpAddress'].replace('.', '-')}.{region.name}.compute.internal",
        "SourceDestCheck": True,
        "SecurityGroups": groups,
        "NetworkInterfaces": [of_instance(one) for one in interfaces],
        "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {**attached, "Status": "attached"}}],
        "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1},
        "MetadataOptions": {
            "State": "applied",
            "HttpTokens": machine.tokens,
            "HttpEndpoint": machine.endpoint,
            "HttpPutResponseHopLimit": 2,
            "HttpProtocolIpv6": "disabled",
            "InstanceMetadataTags": "disabled",
        },
        "ClientToken": f"{region.rng.getrandbits(64):016x}",
        "Tags": tags(machine.name, Team="Müller & Söhne", Empty="", **{"aws:ec2:fleet-id": "fleet-1"}),
        **named,
        **operator,
    }


def _interfaces(region: PlantedRegion, around: Surroundings, machine: Machine, instance_id: str) -> list[Resource]:
    """The last one has the groups of the machine, and its public address; one before it has the default group."""
    last, groups = len(machine.subnets) - 1, [around.groups[name] for name in machine.groups]
    planted = []
    for index, name in enumerate(machine.subnets):
        attachment = {
            "AttachmentId": region.new_id("eni-attach"),
            "AttachTime": region.time(),
            "DeleteOnTermination": index == 0,
            "DeviceIndex": index,
            "NetworkCardIndex": 0,
            "InstanceId": instance_id,
            "InstanceOwnerId": region.account_id,
            "Status": "attached",
        }
        wanted = Interface(
            around.subnets[name],
            groups if index == last else [around.groups["default of shop"]],
            machine.public if index == last else "",
            machine.ipv6,
            attachment,
            operator=_SERVICE if machine.hidden else None,
        )
        planted.append(plant_interface(region, wanted))
    return planted


def _plant_volume(
    region: PlantedRegion, instance_id: str, image: Resource, operator: Mapping[str, Mapping[str, Any]]
) -> Resource:
    volume_id, created = region.new_id("vol"), region.time()
    attachment = {"InstanceId": instance_id, "VolumeId": volume_id, "Device": "/dev/xvda", "State": "attached"}
    times = {"AttachTime": created + timedelta(seconds=9), "DeleteOnTermination": True}
    volume = {
        "VolumeId": volume_id,
        "SnapshotId": image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"],
        "State": "in-use",
        "Size": 8,
        "VolumeType": "gp3",
        "Encrypted": False,
        "CreateTime": created,
        "Attachments": [{**attachment, **times}],
        **region.zone(),
        **operator,
    }
    return region.plant("Volumes", volume)


def _associate(region: PlantedRegion, instance_id: str, profile: Mapping[str, str]) -> None:
    association = {"AssociationId": region.new_id("iip-assoc"), "InstanceId": instance_id, "State": "associated"}
    region.plant("IamInstanceProfileAssociations", {**association, "IamInstanceProfile": profile})


def _terminated(region: PlantedRegion, around: Surroundings) -> Resource:
    """For about an hour AWS still lists it, with next to nothing."""
    return {
        "InstanceId": region.new_id("i"),
        "ImageId": around.images[BASE]["ImageId"],
        "State": {"Code": 48, "Name": "terminated"},
        "StateTransitionReason": "User initiated (2025-11-03 09:12:44 GMT)",
        "StateReason": {"Code": "Client.UserInitiatedShutdown", "Message": "User initiated shutdown"},
        "LaunchTime": region.time(),
        "InstanceType": "t4g.micro",
        "NetworkInterfaces": [],
        "SecurityGroups": [],
    }
