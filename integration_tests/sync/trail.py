"""The trail of embedded AWS's organization, which delivers what the event histories of its accounts have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.trail_writer import TrailWriter, open_trail, time_of
from embedded_aws.server.event_shape import Record
from embedded_aws.server.trail import Trail

# CloudTrail collects events for so many seconds, and then delivers them in one file.
_SLOT: Final = 300


class OrganizationTrail:
    """Its bucket is in another account, as AWS advises."""

    def __init__(self, aws: EmbeddedAws, accounts: Sequence[str]) -> None:
        """`aws` is organized."""
        self.trail: Trail = open_trail(aws, organization=True)
        self._aws = aws
        self._accounts = accounts
        self._writer = TrailWriter(aws, self.trail)
        self._delivered: set[str] = set()

    @property
    def config(self) -> dict[str, Any]:
        """What reads it, for `audit_source`."""
        return {"mode": "trail_bucket", "bucket": self.trail.bucket.name}

    def deliver(self) -> int:
        """Deliver now, in new files, the events that no file has yet. Returns the number of files."""
        before = len(self.trail.files)
        for account_id in self._accounts:
            new = [one for one in self._aws.events.visible(account_id=account_id) if self._is_new(one)]
            for (region, _), records in groupby(sorted(new, key=_slot_of), key=_slot_of):
                self._deliver(account_id, region, [*records])
        return len(self.trail.files) - before

    def _is_new(self, record: Record) -> bool:
        return record["eventID"] not in self._delivered

    def _deliver(self, account_id: str, region: str, records: list[Record]) -> None:
        newest = max(map(time_of, records)) // 60 * 60
        late = timedelta(seconds=int(self._aws.now().timestamp()) - newest)
        self._writer.deliver(records, account_id=account_id, region=region, late=late)
        self._delivered |= {record["eventID"] for record in records}


def _slot_of(record: Record) -> tuple[str, int]:
    return record["awsRegion"], time_of(record) // _SLOT
