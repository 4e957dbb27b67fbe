"""The instances of a Region: each finding, beside what looks like it and lacks one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embedded_aws.scenarios.seed_instance_roles import ADMINISTRATOR, ALMOST, EMPTY, INLINE
from embedded_aws.scenarios.seed_interfaces import ASSIGNED, ELASTIC


@dataclass(frozen=True)
class Machine:
    """An instance to plant. `public` is how its last interface got a public address, if it has one."""

    name: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    public: str = ASSIGNED
    ipv6: bool = False
    profile: str = ""
    state: str = "running"
    tokens: str = "required"
    endpoint: str = "enabled"
    hidden: bool = False


_REACHABLE = (
    Machine("web", ("public",), ("web",), ipv6=True, profile=ADMINISTRATOR, tokens="optional"),
    Machine("by main table", ("public-by-main-table",), ("Öffentlich ✓",), profile=INLINE),
    Machine("late deny", ("late-deny",), ("ssh",)),
    Machine("some ports", ("no-ssh",), ("everything",), profile=ALMOST),
    Machine("over IPv6", ("public",), ("ssh over IPv6",), public="", ipv6=True, profile=EMPTY),
    Machine("second interface", ("private", "public"), ("web",), public=ELASTIC, profile=EMPTY),
)
# Each lacks one thing.
_UNREACHABLE = (
    Machine("stopped", ("public",), ("web",), ELASTIC, state="stopped", profile=ADMINISTRATOR, tokens="optional"),
    Machine("no address", ("public",), ("ping",), public="", profile=INLINE),
    Machine("behind NAT", ("private",), ("web",), ELASTIC, ipv6=True),
    Machine("NAT by main table", ("nat-by-main-table",), ("web",), ELASTIC),
    Machine("deleted gateway", ("blackhole",), ("web",), ipv6=True),
    Machine("closed by ACL", ("closed",), ("web",), ipv6=True),
    Machine("closed port", ("no-ssh",), ("ssh",)),
    Machine("from a group", ("public",), ("from web",)),
    Machine("from a list", ("public",), ("from list",)),
    Machine("from a network", ("public",), ("from office",), ipv6=True),
    Machine("outgoing", ("public",), ("outgoing",)),
    Machine("IPv4 rule", ("public",), ("ssh",), public="", ipv6=True),
    Machine("database", ("data",), ("database",), public="", tokens="optional"),
    Machine("no metadata", ("private",), ("default of shop",), public="", tokens="optional", endpoint="disabled"),
    Machine("of a service", ("private",), ("default of shop",), public="", hidden=True),
)
MACHINES: Sequence[Machine] = (*_REACHABLE, *_UNREACHABLE)
