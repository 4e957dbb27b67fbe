"""Networks and subnets, in which every way to the internet is open, or closed, for one reason each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.server.cloud import Resource


@dataclass(frozen=True)
class Subnet:
    """A subnet. Without a table it has the main one of its network, without an ACL the default one."""

    vpc: str
    table: str = ""
    acl: str = ""


SUBNETS: Mapping[str, Subnet] = {
    "public": Subnet("shop", "public"),
    "nat-by-main-table": Subnet("shop"),
    "private": Subnet("shop", "private"),
    "blackhole": Subnet("shop", "blackhole"),
    "closed": Subnet("shop", "public", "closed"),
    "no-ssh": Subnet("shop", "public", "no-ssh"),
    "late-deny": Subnet("shop", "public", "late-deny"),
    "public-by-main-table": Subnet("default"),
    "data": Subnet("data"),
}
"""Name -> what decides whether it is reachable from the internet."""

_CIDRS = {"default": "172.31", "shop": "10.0", "data": "10.1"}
_TITLES = {"shop": "Läden ✓ 日本", "data": "data"}
_DUAL_STACK = "shop"


@dataclass(frozen=True)
class Networks:
    """What was planted, by names."""

    vpcs: Mapping[str, Resource]
    subnets: Mapping[str, Resource]

    def subnets_with(self, **wanted: str) -> list[Resource]:
        """Return the subnets with this table, or this ACL."""
        return [
            subnet
            for name, subnet in self.subnets.items()
            if all(getattr(SUBNETS[name], of) == one for of, one in wanted.items())
        ]


def plant_networks(region: PlantedRegion, *, only_default: bool) -> Networks:
    """Plant the default network, which every account has in every Region, and two more."""
    names = ["default"] if only_default else [*_CIDRS]
    vpcs = {name: region.plant("Vpcs", _vpc(region, name)) for name in names}
    subnets = {
        name: region.plant("Subnets", _subnet(region, name, vpcs[subnet.vpc]))
        for name, subnet in SUBNETS.items()
        if subnet.vpc in vpcs
    }
    return Networks(vpcs, subnets)


def _vpc(region: PlantedRegion, name: str) -> Resource:
    cidr, associated = f"{_CIDRS[name]}.0.0/16", {"State": "associated"}
    vpc: dict[str, Any] = {
        "VpcId": region.new_id("vpc"),
        "OwnerId": region.account_id,
        "State": "available",
        "CidrBlock": cidr,
        "CidrBlockAssociationSet": [
            {"AssociationId": region.new_id("vpc-cidr-assoc"), "CidrBlock": cidr, "CidrBlockState": associated}
        ],
        "DhcpOptionsId": region.new_id("dopt"),
        "InstanceTenancy": "default",
        "IsDefault": name == "default",
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
    }
    if name == _DUAL_STACK:
        vpc["Ipv6CidrBlockAssociationSet"] = [
            {
                "AssociationId": region.new_id("vpc-cidr-assoc"),
                "Ipv6CidrBlock": f"{_ipv6_prefix(region)}:/56",
                "Ipv6CidrBlockState": associated,
                "NetworkBorderGroup": region.name,
                "Ipv6Pool": "Amazon",
            }
        ]
    if name in _TITLES:
        vpc["Tags"] = tags(_TITLES[name], **{"aws:cloudformation:stack-name": "base", "Zweck": ""})
    return vpc


def _subnet(region: PlantedRegion, name: str, vpc: Resource) -> Resource:
    number, of_default, subnet_id = [*SUBNETS].index(name), vpc["IsDefault"], region.new_id("subnet")
    associated = [
        {
            "AssociationId": region.new_id("subnet-cidr-assoc"),
            "Ipv6CidrBlock": f"{_ipv6_prefix(region)}{number:x}::/64",
            "Ipv6CidrBlockState": {"State": "associated"},
        }
    ]
    return {
        "SubnetId": subnet_id,
        "SubnetArn": region.arn(f"subnet/{subnet_id}"),
        "VpcId": vpc["VpcId"],
        "OwnerId": region.account_id,
        "State": "available",
        "CidrBlock": f"{vpc['CidrBlock'].rsplit('.', 2)[0]}.{number}.0/24",
        "AvailableIpAddressCount": 240,
        "DefaultForAz": of_default,
        "MapPublicIpOnLaunch": of_default or name == "public",
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": associated if "Ipv6CidrBlockAssociationSet" in vpc else [],
        "Ipv6Native": False,
        "EnableDns64": False,
        "PrivateDnsNameOptionsOnLaunch": {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False},
        **({} if of_default else {"Tags": tags(name)}),
        **region.zone(),
    }


def _ipv6_prefix(region: PlantedRegion) -> str:
    return f"2001:db8:{region.number + 1:x}:"
