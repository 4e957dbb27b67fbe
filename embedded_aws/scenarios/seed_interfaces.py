"""Network interfaces with their addresses: of instances, of endpoints, and of nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.server.cloud import Resource

ASSIGNED, ELASTIC = "assigned", "elastic"
# What an instance does not say of its interfaces, beside the other spelling of tags.
_NOT_OF_INSTANCE = ("AvailabilityZone", "AvailabilityZoneId", "RequesterManaged", "TagSet", "DenyAllIgwTraffic")


@dataclass(frozen=True)
class Interface:
    """An interface to plant. `public` is how it got its public address, if it has one."""

    subnet: Resource
    groups: Sequence[Mapping[str, str]]
    public: str = ""
    ipv6: bool = False
    attachment: Mapping[str, Any] | None = None
    description: str = ""
    kind: str = "interface"
    operator: Mapping[str, Any] | None = None


def plant_interface(region: PlantedRegion, wanted: Interface) -> Resource:
    """Plant the interface, and its address where that is one of the account's own."""
    interface_id, subnet = region.new_id("eni"), wanted.subnet
    private = region.private_address(subnet["CidrBlock"])
    address: dict[str, Any] = {"Primary": True, "PrivateIpAddress": private}
    if wanted.public:
        placed = {"NetworkInterfaceId": interface_id, "PrivateIpAddress": private}
        instance = (wanted.attachment or {}).get("InstanceId")
        public = _elastic(region, {**placed, "InstanceId": instance}) if wanted.public == ELASTIC else _assigned(region)
        address["Association"] = public
    networks = [one["Ipv6CidrBlock"] for one in subnet["Ipv6CidrBlockAssociationSet"]]
    interface: dict[str, Any] = {
        "NetworkInterfaceId": interface_id,
        "SubnetId": subnet["SubnetId"],
        "VpcId": subnet["VpcId"],
        **region.zone(),
        "OwnerId": region.account_id,
        "Description": wanted.description,
        "InterfaceType": wanted.kind,
        "Groups": list(wanted.groups),
        "MacAddress": ":".join(f"{region.rng.getrandbits(8):02x}" for _ in range(6)),
        "PrivateIpAddress": private,
        "PrivateIpAddresses": [address],
        "Ipv6Addresses": [{"Ipv6Address": region.ipv6_address(one), "IsPrimaryIpv6": False} for one in networks]
        if wanted.ipv6
        else [],
        "RequesterManaged": wanted.kind != "interface",
        "SourceDestCheck": True,
        "Status": "in-use" if wanted.attachment else "available",
        "TagSet": tags(Team="Zürich ✓") if wanted.attachment else [],
    }
    members = {"Association": address.get("Association"), "Attachment": wanted.attachment, "Operator": wanted.operator}
    given = {name: value for name, value in members.items() if value}
    return region.plant("NetworkInterfaces", {**interface, **given})


def of_instance(interface: Resource) -> dict[str, Any]:
    """Return the interface as an instance lists it."""
    listed = {name: value for name, value in interface.items() if name not in _NOT_OF_INSTANCE}
    attachment = {name: value for name, value in interface["Attachment"].items() if not name.startswith("Instance")}
    return {
        **{name: _without_allocation(value) if name == "Association" else value for name, value in listed.items()},
        "Attachment": attachment,
        "PrivateIpAddresses": [
            {name: _without_allocation(value) if name == "Association" else value for name, value in one.items()}
            for one in interface["PrivateIpAddresses"]
        ],
    }


def plant_free_address(region: PlantedRegion) -> None:
    """Plant an address that nothing has."""
    region.plant("Addresses", {**_address(region), "Tags": tags("übrig", Empty="")})


def _address(region: PlantedRegion) -> dict[str, Any]:
    return {
        "AllocationId": region.new_id("eipalloc"),
        "PublicIp": region.public_address(),
        "Domain": "vpc",
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": region.name,
    }


def _elastic(region: PlantedRegion, placed: Mapping[str, str | None]) -> dict[str, str]:
    where = {name: value for name, value in placed.items() if value}
    associated = {"AssociationId": region.new_id("eipassoc"), "NetworkInterfaceOwnerId": region.account_id}
    address = region.plant("Addresses", {**_address(region), **associated, **where})
    named = {name: address[name] for name in ("AllocationId", "AssociationId", "PublicIp")}
    return {**named, "IpOwnerId": region.account_id, "PublicDnsName": ""}


def _assigned(region: PlantedRegion) -> dict[str, str]:
    """AWS gave it, and takes it back when the instance stops."""
    address = region.public_address()
    name = f"ec2-{address.replace('.', '-')}.{region.name}.compute.amazonaws.com"
    return {"IpOwnerId": "amazon", "PublicIp": address, "PublicDnsName": name}


def _without_allocation(association: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in association.items() if name in ("IpOwnerId", "PublicIp", "PublicDnsName")}
