"""Log files for embedded AWS, in bulk: the content of one is put under many keys, so that millions of events fit."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from benchmarks.cases import REGIONS
from benchmarks.history import events
from embedded_aws.scenarios.member_accounts import account_ids
from embedded_aws.scenarios.trail_writer import log_text, open_trail
from embedded_aws.server.organization import Member, Organization

if TYPE_CHECKING:
    from datetime import datetime

    from embedded_aws import EmbeddedAws
    from embedded_aws.server.trail import Trail

ACCOUNT: Final = "100000000001"
REGION: Final = REGIONS[0]
# Of the same records, gzip makes files of the same size at every level but the lowest. This one takes a third.
_LEVEL: Final = 3


def deliver(trail: Trail, count: int, records: int, now: datetime) -> int:
    """Put files of so many `records` into the bucket until there are `count`. Return how many there are."""
    body = _packed(min(records, count))
    files = -(-count // records)
    for number in range(files):
        _put(trail, ACCOUNT, REGION, body, now - timedelta(days=1, minutes=number))
    return files * min(records, count)


def deliver_to_organization(aws: EmbeddedAws, accounts: int, regions: int) -> Trail:
    """Put one file with one event, of long ago, into each Region of so many accounts of an organization."""
    ids = account_ids(accounts)
    aws.organize(Organization(accounts=[Member(one) for one in ids]))
    trail = open_trail(aws, organization=True)
    body = _packed(1)
    for account_id in ids:
        for region in REGIONS[:regions]:
            _put(trail, account_id, region, body, aws.now() - timedelta(days=90))
    return trail


def _packed(count: int) -> bytes:
    found = (record for _, record in events(ACCOUNT, {REGION: count}, 1))
    return gzip.compress(log_text(found), _LEVEL, mtime=0)


def _put(trail: Trail, account_id: str, region: str, body: bytes, at: datetime) -> None:
    name = f"{account_id}_CloudTrail_{region}_{at:%Y%m%dT%H%MZ}_a1B2c3D4e5F6g7H8.json.gz"
    key = f"{trail.folder(account_id)}{region}/{at:%Y/%m/%d}/{name}"
    trail.bucket.put(key, body, last_modified=at + timedelta(minutes=5))
