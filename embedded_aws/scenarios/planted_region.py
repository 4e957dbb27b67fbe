"""One Region of an account while EC2 is planted in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from random import Random
from typing import Any

from embedded_aws.scenarios.seed_times import past
from embedded_aws.server.cloud import Cloud, Resource

# The networks of documentation (RFC 5737): a public address is nobody's.
_PUBLIC = ("203.0.113", "198.51.100")


@dataclass(frozen=True)
class PlantedRegion:
    """Gives out ids, addresses and times, and puts resources into the lists of the Region."""

    cloud: Cloud
    number: int
    """Which of the account's Regions it is, from 0."""
    rng: Random
    now: datetime
    """Naive UTC."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(10))

    @property
    def name(self) -> str:
        return self.cloud.regions[self.number]

    @property
    def account_id(self) -> str:
        return self.cloud.account_id

    def new_id(self, kind: str) -> str:
        """Return an id in AWS's form, as vpc-0123456789abcdef0."""
        return f"{kind}-{self.rng.getrandbits(68):017x}"

    def arn(self, resource: str, service: str = "ec2") -> str:
        return f"arn:{self.cloud.partition}:{service}:{self.name}:{self.account_id}:{resource}"

    def zone(self) -> Mapping[str, str]:
        """Return the one availability zone in which everything is, by its name and its id."""
        return {"AvailabilityZone": f"{self.name}a", "AvailabilityZoneId": f"{self.name[:2]}{self.name[-1]}-az1"}

    def time(self) -> datetime:
        """Return an aware time in the past."""
        return past(self.rng, self.now).replace(tzinfo=timezone.utc)

    def public_address(self) -> str:
        """Return an address that nothing else in the Region has."""
        return f"{_PUBLIC[self.number % len(_PUBLIC)]}.{next(self._numbers)}"

    def private_address(self, cidr: str) -> str:
        """Return an address of a network of 256 that nothing else in the Region has."""
        return f"{cidr.rpartition('.')[0]}.{next(self._numbers)}"

    def ipv6_address(self, cidr: str) -> str:
        """Return an address of a network that nothing else in the Region has."""
        return f"{cidr.partition('/')[0]}{next(self._numbers):x}"

    def plant(self, records: str, resource: Mapping[str, Any]) -> Resource:
        """Put a resource into a list, named as the member of the answer, e.g. Vpcs."""
        planted = dict(resource)
        self.cloud.ec2[self.account_id, self.name][records].append(planted)
        return planted


def tags(name: str | None = None, **others: str) -> list[dict[str, str]]:
    """Return the name of a resource, and its other tags, as AWS lists them."""
    given = {**({} if name is None else {"Name": name}), **others}
    return [{"Key": key, "Value": value} for key, value in given.items()]
