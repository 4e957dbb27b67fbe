"""The trail of embedded AWS's organization, which delivers events of its accounts, and digests of the last day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.digest_keys import DigestKeys
from embedded_aws.scenarios.digest_writer import HOUR, SOON, DigestWriter
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail, time_of
from embedded_aws.server.event_shape import Record, is_insight
from embedded_aws.server.trail import Trail

# CloudTrail collects events for so many seconds, and then delivers them in one file some minutes later.
_SLOT: Final = 300
_USUAL: Final = timedelta(minutes=5)
# So long ago, the validation of log files was turned on: each hour of an account and Region costs a signature.
_VALIDATED: Final = 24 * HOUR


class OrganizationTrail:
    """Its bucket is in another account, as AWS advises."""

    def __init__(self, aws: EmbeddedAws, accounts: Sequence[str], given: Sequence[Record] = ()) -> None:
        """`aws` is organized. The trail has the event histories of `accounts`, and what is `given` of the home account:
        data events and those that its history has forgotten too, but no Insights events.
        """
        self.trail: Trail = open_trail(aws, organization=True)
        self._aws = aws
        self._accounts = accounts
        self._given = [record for record in given if not is_insight(record)]
        self._writer = TrailWriter(aws, self.trail)
        self._delivered: set[str] = set()
        self._keys = DigestKeys(aws)
        self._digests: dict[tuple[str, str], DigestWriter] = {}
        self._validated = aws.now().replace(minute=0, second=0, microsecond=0) - _VALIDATED

    @property
    def config(self) -> dict[str, Any]:
        """What reads it, for `audit_source`."""
        return {"mode": "trail_bucket", "bucket": self.trail.bucket.name, "include_data_events": True}

    def deliver(self) -> int:
        """Deliver, in new files, the events that no file has yet, and digests. Returns the number of files.

        At first, files were delivered after their events, as far back as these are; later, they are delivered now.
        """
        before, is_first = len(self.trail.files), not self._delivered
        for account_id in self._accounts:
            records = self._aws.events.visible(account_id=account_id)
            if account_id == self._aws.account_id:
                records += self._given
            new = {one["eventID"]: one for one in records if one["eventID"] not in self._delivered}
            for (region, _), slot in groupby(sorted(new.values(), key=_slot_of), key=_slot_of):
                self._deliver(account_id, region, [*slot], is_first=is_first)
        self._deliver_digests()
        return len(self.trail.files) - before

    def _deliver(self, account_id: str, region: str, records: list[Record], *, is_first: bool) -> None:
        newest = max(map(time_of, records)) // 60 * 60
        by_now = timedelta(seconds=int(self._aws.now().timestamp()) - newest)
        late = min(by_now, _USUAL) if is_first else by_now
        self._writer.deliver(records, account_id=account_id, region=region, late=late)
        self._delivered |= {record["eventID"] for record in records}

    def _deliver_digests(self) -> None:
        """Deliver the digests that CloudTrail would have delivered by now, of accounts and Regions with log files."""
        end = (self._aws.now() - SOON).replace(minute=0, second=0, microsecond=0)
        for account_id, region in sorted({(file.account_id, file.region) for file in self.trail.files}):
            place = (account_id, region)
            if place not in self._digests:
                self._digests[place] = DigestWriter(
                    self._aws, self.trail, self._keys, account_id=account_id, region=region
                )
            self._digests[place].write(self._digests[place].end or self._validated, end)


def _slot_of(record: Record) -> tuple[str, int]:
    return record["awsRegion"], time_of(record) // _SLOT
