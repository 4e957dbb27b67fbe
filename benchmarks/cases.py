"""The cases: how many events in which Regions, and how fast AWS answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_calls.partitions import known_regions

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE: Final = 50
PER_SECOND: Final = 2
UNLIMITED: Final = 1000
REGIONS: Final = tuple(sorted(region for region, partition in known_regions().items() if partition == "aws"))


@dataclass(frozen=True)
class Case:
    """`events` per Region, the same in each of `accounts`; `latency` is seconds per request.

    A `canned` case has a server of finished texts in the place of embedded AWS, and as many events in each Region.
    """

    name: str
    title: str
    events: Mapping[str, int]
    accounts: int = 1
    days: int = 89
    latency: float = 0.2
    quota: bool = True
    workers: int = 10
    plain: bool = True
    syncs: int = 1
    canned: bool = False

    @property
    def total(self) -> int:
        """All events."""
        return self.accounts * sum(self.events.values())

    @property
    def limit(self) -> float | None:
        """Return the seconds that AWS's quota makes the largest Region take, whoever reads it."""
        return max(self.events.values()) / PAGE / PER_SECOND if self.quota and self.syncs == 1 else None

    def scaled(self, scale: float) -> Case:
        """Return the case with that part of its events."""
        events = {region: round(count * scale) for region, count in self.events.items()}
        return Case(**{**vars(self), "events": events})


def _evenly(regions: int, events: int) -> dict[str, int]:
    return dict.fromkeys(REGIONS[:regions], events)


def _of_accounts(accounts: int, regions: int, events: int) -> Case:
    title, evenly = f"{accounts} accounts x {regions} Regions", _evenly(regions, events)
    return Case(f"accounts-{accounts}", title, evenly, accounts, workers=50, plain=False, canned=True)


# A loop over accounts one after another would take as many times longer as there are accounts: it is left out there.
CASES: Final = (
    Case("unequal", "3 unequal Regions", dict(zip(REGIONS, (13_334, 3_333, 3_333), strict=False))),
    Case("slow", "1 Region, 4 s per request", _evenly(1, 10_000), latency=4),
    Case("quiet", "1 busy Region, 16 quiet ones", _evenly(17, 0) | _evenly(1, 10_000)),
    _of_accounts(8, 3, 3_000),
    Case(
        "accounts-20", "20 accounts x 4 Regions", _evenly(4, 2_500), accounts=20, workers=50, plain=False, canned=True
    ),
    Case(
        "accounts-40", "40 accounts x 17 Regions", _evenly(17, 500), accounts=40, workers=50, plain=False, canned=True
    ),
    Case("nothing-new", f"{len(REGIONS)} Regions, nothing new", _evenly(len(REGIONS), 20), syncs=2, plain=False),
    Case("cpu-20k", "20,000 events, no quota", _evenly(1, 20_000), latency=0, quota=False, canned=True),
    Case("cpu-200k", "200,000 events, no quota", _evenly(1, 200_000), latency=0, quota=False, canned=True),
)
