"""Network ACLs: the default ones, which let all in, and those whose order decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.scenarios.seed_networks import Networks
from embedded_aws.server.cloud import Resource

_V4, _V6 = "0.0.0.0/0", "::/0"
_SSH: Mapping[str, Any] = {"Protocol": "6", "PortRange": {"From": 22, "To": 22}}
_ALL: Mapping[str, Any] = {"Protocol": "-1"}
Rules = tuple[tuple[int, str, str, Mapping[str, Any]], ...]
"""(Number, action, CIDR, protocol and ports)"""

_OPEN: Rules = ((100, "allow", _V4, _ALL), (101, "allow", _V6, _ALL))
# AWS ends every ACL with these.
_LAST: Rules = ((32767, "deny", _V4, _ALL), (32768, "deny", _V6, _ALL))
_NAMED: Mapping[str, Rules] = {
    "closed": ((90, "deny", _V4, _ALL), (91, "deny", _V6, _ALL), *_OPEN),
    # Closes port 22 to all and ICMP to one network, and nothing else.
    "no-ssh": (
        (90, "deny", _V4, _SSH),
        (95, "deny", "192.0.2.0/24", {"Protocol": "1", "IcmpTypeCode": {"Type": 8, "Code": -1}}),
        *_OPEN,
    ),
    # Comes too late to deny anything.
    "late-deny": (*_OPEN, (110, "deny", _V4, _ALL), (111, "deny", _V6, _ALL)),
}


def plant_network_acls(region: PlantedRegion, networks: Networks) -> None:
    """Plant the default ACL of each network, and the others of the network that has them."""
    for vpc in networks.vpcs.values():
        subnets = [one for one in networks.subnets_with(acl="") if one["VpcId"] == vpc["VpcId"]]
        region.plant("NetworkAcls", _acl(region, vpc, None, subnets, _OPEN))
    if "shop" in networks.vpcs:
        for name, rules in _NAMED.items():
            subnets = networks.subnets_with(acl=name)
            region.plant("NetworkAcls", _acl(region, networks.vpcs["shop"], name, subnets, rules))


def _acl(region: PlantedRegion, vpc: Resource, name: str | None, subnets: list[Resource], rules: Rules) -> Resource:
    """Without a name, it is the default ACL of the network."""
    acl_id = region.new_id("acl")
    associations = [
        {"NetworkAclAssociationId": region.new_id("aclassoc"), "NetworkAclId": acl_id, "SubnetId": one["SubnetId"]}
        for one in subnets
    ]
    return {
        "NetworkAclId": acl_id,
        "VpcId": vpc["VpcId"],
        "OwnerId": region.account_id,
        "IsDefault": name is None,
        "Associations": associations,
        "Entries": [*_entries((*rules, *_LAST), egress=False), *_entries((*_OPEN, *_LAST), egress=True)],
        "Tags": tags(name),
    }


def _entries(rules: Rules, *, egress: bool) -> Iterator[dict[str, Any]]:
    for number, action, cidr, matched in rules:
        member = "Ipv6CidrBlock" if ":" in cidr else "CidrBlock"
        yield {"RuleNumber": number, "RuleAction": action, "Egress": egress, member: cidr, **matched}
