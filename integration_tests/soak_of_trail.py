"""A trail's bucket to which CloudTrail delivers between and during syncs: late, twice, and for new accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from embedded_aws import EmbeddedAws, StoppedClock
from embedded_aws.scenarios.event_templates import TEMPLATES
from embedded_aws.scenarios.seed_events import record_of, stage_of
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail, time_of
from embedded_aws.server.organization import Organization
from embedded_aws.server.trail import Trail

# Well within the lookback, which is two days or more.
MOST_MINUTES_LATE = 40 * 60
MOST_FILES = 12
MOST_RECORDS = 12
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")


@dataclass
class TrailWorld:
    """The trail of an organization, which more accounts join."""

    aws: EmbeddedAws
    clock: StoppedClock
    """Of embedded AWS. Only with hours between delivery and sync, what was read is not read again as late."""
    rng: Random
    to_come: list[str]
    """Ids of the accounts that will join. The first has log files from the beginning."""
    accounts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stage = stage_of(self.aws, self.rng)
        self.aws.organize(Organization(accounts=[]))
        self.trail: Trail = open_trail(self.aws, organization=True)
        self._writer = TrailWriter(self.aws, self.trail, seed=self.rng.randrange(1000))
        self._join()

    def go_on(self) -> None:
        if self.to_come and self.rng.random() < 0.4:
            self._join()
        self.show(1)
        self.clock.advance(hours=self.rng.choice([0, 0.1, 5 * self.rng.random()]))

    def show(self, share: float) -> None:
        """Deliver files, of the last minutes and late ones, and some of the earlier ones again."""
        self.clock.advance(seconds=self.rng.randrange(600))
        for _ in range(round(share * self.rng.randrange(MOST_FILES))):
            self._deliver(self.rng.choice(self.accounts))
            if self.rng.random() < share / 4:
                again = self.rng.choice(self.trail.files)
                newest = max(map(time_of, again.records))
                self._writer.duplicate(again, late=timedelta(seconds=self._second() - newest // 60 * 60))

    def _join(self) -> None:
        account_id = self.to_come.pop(0)
        organization = self.aws.organization
        assert organization is not None
        organization.add(account_id)
        self.accounts.append(account_id)
        for _ in range(MOST_FILES):
            self._deliver(account_id)

    def _deliver(self, account_id: str) -> None:
        """Deliver a file now, with events up to a while ago."""
        region = self.rng.choice(REGIONS)
        minutes = self.rng.choice([3, 10, self.rng.randrange(MOST_MINUTES_LATE)])
        newest = self._second() - 60 * minutes
        records = [
            {
                **record_of(self._stage, self.rng.choice(TEMPLATES), newest - self.rng.randrange(300), region, region),
                "recipientAccountId": account_id,
            }
            for _ in range(self.rng.randrange(1, MOST_RECORDS))
        ]
        late = timedelta(seconds=self._second() - max(map(time_of, records)) // 60 * 60)
        self._writer.deliver(records, account_id=account_id, region=region, late=late)

    def _second(self) -> int:
        return int(self.aws.now().timestamp())
