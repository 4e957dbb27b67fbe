"""Security groups that are open to the world, and those that look like it, with their rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.scenarios.planted_region import PlantedRegion, tags
from embedded_aws.scenarios.seed_networks import Networks
from embedded_aws.scenarios.seed_prefix_lists import OFFICE
from embedded_aws.server.cloud import Resource

_WORLD, _WORLD_6 = "0.0.0.0/0", "::/0"
_FOREIGN_GROUP = {"UserId": "444455556666", "GroupId": "sg-0f0e0d0c0b0a09080"}


@dataclass(frozen=True)
class Rule:
    """What a group lets in: from CIDRs, from a prefix list ("list:office") or from a group ("group:web")."""

    protocol: str
    ports: tuple[int, int] | None
    sources: tuple[str, ...]


_HTTP, _HTTPS = ((port, port) for port in (80, 443))
_SSH = (22, 22)
# Name -> the network, and the rules of what comes in. Everything may go out, which opens nothing.
_GROUPS: Mapping[str, tuple[str, tuple[Rule, ...]]] = {
    "web": ("shop", (Rule("tcp", _HTTP, (_WORLD, _WORLD_6)), Rule("tcp", _HTTPS, (_WORLD, _WORLD_6)))),
    "ssh": ("shop", (Rule("tcp", _SSH, (_WORLD,)),)),
    "ssh over IPv6": ("shop", (Rule("tcp", _SSH, (_WORLD_6,)),)),
    "everything": ("shop", (Rule("-1", None, (_WORLD,)),)),
    "ping": ("shop", (Rule("icmp", (8, -1), (_WORLD,)),)),
    "unused": ("shop", (Rule("tcp", (3389, 3389), (_WORLD,)), Rule("udp", (0, 65535), (_WORLD,)))),
    "from web": ("shop", (Rule("tcp", (8080, 8089), ("group:web",)),)),
    "from office": ("shop", (Rule("tcp", _SSH, ("192.0.2.0/24", "2001:db8:ffff::/48")),)),
    "from list": ("shop", (Rule("tcp", _SSH, (f"list:{OFFICE}",)),)),
    "outgoing": ("shop", ()),
    "Öffentlich ✓": ("default", (Rule("tcp", _HTTPS, (_WORLD,)),)),
    "database": ("data", (Rule("tcp", (5432, 5432), ("group:of a peer",)),)),
}


def plant_security_groups(
    region: PlantedRegion, networks: Networks, lists: Mapping[str, str]
) -> Mapping[str, dict[str, str]]:
    """Plant the default group of each network, and the others. Returns name -> GroupId and GroupName, as AWS lists them
    beside an interface.
    """
    wanted = {
        **{f"default of {vpc}": (vpc, (Rule("-1", None, (f"group:default of {vpc}",)),)) for vpc in networks.vpcs},
        **(_GROUPS if "shop" in networks.vpcs else {}),
    }
    ids = {name: region.new_id("sg") for name in wanted}
    for name, (vpc, rules) in wanted.items():
        _plant(region, _Group(ids, lists, name, networks.vpcs[vpc]), rules)
    return {name: {"GroupId": ids[name], "GroupName": _aws_name(name)} for name in wanted}


@dataclass(frozen=True)
class _Group:
    ids: Mapping[str, str]
    lists: Mapping[str, str]
    name: str
    vpc: Resource


def _plant(region: PlantedRegion, group: _Group, rules: tuple[Rule, ...]) -> None:
    group_id, default = group.ids[group.name], group.name.startswith("default of ")
    incoming, outgoing = [*_sources(group, rules)], [*_sources(group, (Rule("-1", None, (_WORLD,)),))]
    region.plant(
        "SecurityGroups",
        {
            "GroupId": group_id,
            "GroupName": _aws_name(group.name),
            "SecurityGroupArn": region.arn(f"security-group/{group_id}"),
            "Description": "default VPC security group" if default else f"Lässt ein: {group.name} <✓>",
            "OwnerId": region.account_id,
            "VpcId": group.vpc["VpcId"],
            "IpPermissions": _permissions(region, incoming),
            "IpPermissionsEgress": _permissions(region, outgoing),
            "Tags": [] if default else tags(group.name, Empty=""),
        },
    )
    for rule, source in incoming:
        _plant_rule(region, group_id, rule, source, egress=False)
    for rule, source in outgoing:
        _plant_rule(region, group_id, rule, source, egress=True)


def _aws_name(name: str) -> str:
    return "default" if name.startswith("default of ") else name


def _sources(group: _Group, rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, dict[str, Any]]]:
    """Yield each source of each rule, as a rule of a security group names it."""
    for rule in rules:
        for source in rule.sources:
            kind, _, name = source.partition(":")
            if kind == "list":
                yield rule, {"PrefixListId": group.lists[name]}
            elif kind == "group" and name in group.ids:
                yield rule, {"ReferencedGroupInfo": {"GroupId": group.ids[name], "VpcId": group.vpc["VpcId"]}}
            elif kind == "group":
                yield rule, {"ReferencedGroupInfo": {**_FOREIGN_GROUP, "PeeringStatus": "active"}}
            else:
                yield rule, {"CidrIpv6" if ":" in source else "CidrIpv4": source}


def _plant_rule(region: PlantedRegion, group_id: str, rule: Rule, source: dict[str, Any], *, egress: bool) -> None:
    rule_id, (start, end) = region.new_id("sgr"), rule.ports or (-1, -1)
    about = {"GroupId": group_id, "GroupOwnerId": region.account_id, "IsEgress": egress, "IpProtocol": rule.protocol}
    arn = {"SecurityGroupRuleArn": region.arn(f"security-group-rule/{rule_id}"), "Tags": []}
    referenced = source.get("ReferencedGroupInfo")
    named = {"ReferencedGroupInfo": {"UserId": region.account_id, **referenced}} if referenced else source
    ports = {"FromPort": start, "ToPort": end}
    region.plant("SecurityGroupRules", {"SecurityGroupRuleId": rule_id, **about, **ports, **named, **arn})


def _permissions(region: PlantedRegion, found: list[tuple[Rule, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the same rules as a group lists them: one entry for a protocol and ports, with all sources."""
    entries: dict[Rule, dict[str, Any]] = {}
    for rule, source in found:
        ports = {"FromPort": rule.ports[0], "ToPort": rule.ports[1]} if rule.ports else {}
        kinds: dict[str, list[Any]] = {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
        entry = entries.setdefault(rule, {"IpProtocol": rule.protocol, **ports, **kinds})
        if "CidrIpv4" in source:
            entry["IpRanges"].append({"CidrIp": source["CidrIpv4"]})
        elif "CidrIpv6" in source:
            entry["Ipv6Ranges"].append(source)
        elif "PrefixListId" in source:
            entry["PrefixListIds"].append(source)
        else:
            entry["UserIdGroupPairs"].append({"UserId": region.account_id, **source["ReferencedGroupInfo"]})
    return [*entries.values()]
