"""Gateways and route tables: to the internet, out of it only, to other networks, and to what was deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.scenarios.seed_networks import Networks
from embedded_aws.server.cloud import Resource

_ANYWHERE, _ANYWHERE_6 = "0.0.0.0/0", "::/0"
Targets = Mapping[str, Mapping[str, str]]
"""Destination -> the target of the route, and its state if it is not active."""


def plant_routes(region: PlantedRegion, networks: Networks) -> Mapping[str, Resource]:
    """Plant the gateways of the networks, and their route tables. Returns these by name; "main of shop" is one."""
    gateways = {
        name: {"GatewayId": _internet_gateway(region, vpc)}
        for name, vpc in networks.vpcs.items()
        if name in ("default", "shop")
    }
    ways: dict[str, Targets] = {"default": {_ANYWHERE: gateways["default"]}}
    named: dict[str, Targets] = {}
    if "shop" in networks.vpcs:
        nat = {"NatGatewayId": _nat_gateways(region, networks.subnets["public"])}
        outgoing = {"EgressOnlyInternetGatewayId": _egress_only_gateway(region, networks.vpcs["shop"])}
        deleted = {"GatewayId": region.new_id("igw"), "State": "blackhole"}
        ways |= {"shop": {_ANYWHERE: nat}, "data": {}}
        named = {
            "public": dict.fromkeys((_ANYWHERE, _ANYWHERE_6), gateways["shop"]),
            "private": {_ANYWHERE: nat, _ANYWHERE_6: outgoing},
            "blackhole": dict.fromkeys((_ANYWHERE, _ANYWHERE_6), deleted),
        }
        region.plant("InternetGateways", _gateway(region, [], tags("spare")))
    return {
        **{f"main of {name}": _main_table(region, networks.vpcs[name], targets) for name, targets in ways.items()},
        **{
            name: _table(region, networks.vpcs["shop"], name, networks.subnets_with(table=name), targets)
            for name, targets in named.items()
        },
    }


def add_route(table: Resource, destination: str, target: Mapping[str, str]) -> None:
    """Add a route to a CIDR of either family, or to a prefix list."""
    table["Routes"].append(_route(destination, target))


def _internet_gateway(region: PlantedRegion, vpc: Resource) -> str:
    attached = [{"State": "available", "VpcId": vpc["VpcId"]}]
    gateway_id: str = region.plant("InternetGateways", _gateway(region, attached, []))["InternetGatewayId"]
    return gateway_id


def _gateway(region: PlantedRegion, attachments: list[dict[str, str]], given: list[dict[str, str]]) -> Resource:
    about = {"InternetGatewayId": region.new_id("igw"), "OwnerId": region.account_id}
    return {**about, "Attachments": attachments, "Tags": given}


def _egress_only_gateway(region: PlantedRegion, vpc: Resource) -> str:
    gateway_id = region.new_id("eigw")
    attached = [{"State": "attached", "VpcId": vpc["VpcId"]}]
    about = {"EgressOnlyInternetGatewayId": gateway_id, "Attachments": attached, "Tags": tags("hinaus", Zweck="")}
    region.plant("EgressOnlyInternetGateways", about)
    return gateway_id


def _nat_gateways(region: PlantedRegion, subnet: Resource) -> str:
    """Plant one with a public address and an interface of its own, and one that was deleted. Returns the first id."""
    where = {"SubnetId": subnet["SubnetId"], "VpcId": subnet["VpcId"]}
    nat_id, interface_id = region.new_id("nat"), region.new_id("eni")
    private, public = region.private_address(subnet["CidrBlock"]), region.public_address()
    allocated = {"AllocationId": region.new_id("eipalloc"), "AssociationId": region.new_id("eipassoc")}
    address = {**allocated, "NetworkInterfaceId": interface_id, "PrivateIp": private, "PublicIp": public}
    about = {"ConnectivityType": "public", "AvailabilityMode": "zonal", "CreateTime": region.time(), **where}
    addresses = [{**address, "IsPrimary": True, "Status": "succeeded"}]
    nat = {"NatGatewayId": nat_id, "State": "available", "NatGatewayAddresses": addresses, "Tags": tags("nat")}
    region.plant("NatGateways", {**about, **nat})
    gone = {"NatGatewayId": region.new_id("nat"), "State": "deleted", "DeleteTime": region.time()}
    region.plant("NatGateways", {**about, **gone, "NatGatewayAddresses": []})
    placed = {"NetworkInterfaceId": interface_id, "PrivateIpAddress": private}
    owner = {"NetworkInterfaceOwnerId": region.account_id, "NetworkBorderGroup": region.name}
    region.plant(
        "Addresses",
        {**allocated, **placed, **owner, "Domain": "vpc", "PublicIp": public, "PublicIpv4Pool": "amazon"},
    )
    association = {**allocated, "IpOwnerId": region.account_id, "PublicIp": public}
    interface: dict[str, Any] = {
        **placed,
        **where,
        **region.zone(),
        "Association": association,
        "Description": f"Interface for NAT Gateway {nat_id}",
        "Groups": [],
        "InterfaceType": "nat_gateway",
        "Ipv6Addresses": [],
        "OwnerId": region.account_id,
        "PrivateIpAddresses": [{"Association": association, "Primary": True, "PrivateIpAddress": private}],
        "RequesterManaged": True,
        "SourceDestCheck": False,
        "Status": "in-use",
        "TagSet": [],
    }
    region.plant("NetworkInterfaces", interface)
    return nat_id


def _main_table(region: PlantedRegion, vpc: Resource, targets: Targets) -> Resource:
    return _table(region, vpc, None, [], targets)


def _table(
    region: PlantedRegion, vpc: Resource, name: str | None, subnets: Iterable[Resource], targets: Targets
) -> Resource:
    """Without a name, it is the main table of the network."""
    table_id = region.new_id("rtb")
    cidrs = [vpc["CidrBlock"], *(one["Ipv6CidrBlock"] for one in vpc.get("Ipv6CidrBlockAssociationSet", []))]
    local = [{**_route(cidr, {"GatewayId": "local"}), "Origin": "CreateRouteTable"} for cidr in cidrs]
    kinds: list[dict[str, Any]] = [{"Main": False, "SubnetId": subnet["SubnetId"]} for subnet in subnets]
    associations = [
        {
            "RouteTableAssociationId": region.new_id("rtbassoc"),
            "RouteTableId": table_id,
            "AssociationState": {"State": "associated"},
            **kind,
        }
        for kind in (kinds if name else [{"Main": True}])
    ]
    return region.plant(
        "RouteTables",
        {
            "RouteTableId": table_id,
            "VpcId": vpc["VpcId"],
            "OwnerId": region.account_id,
            "Associations": associations,
            "PropagatingVgws": [],
            "Routes": [*local, *(_route(destination, target) for destination, target in targets.items())],
            "Tags": tags(name),
        },
    )


def _route(destination: str, target: Mapping[str, str]) -> dict[str, str]:
    if destination.startswith("pl-"):
        member = "DestinationPrefixListId"
    else:
        member = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    return {member: destination, "Origin": "CreateRoute", "State": "active", **target}
