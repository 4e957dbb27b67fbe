"""Writes records as the log files of a trail.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

from __future__ import annotations

import gzip
import json
import string
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from random import Random

from embedded_aws.server.cloud import Cloud
from embedded_aws.server.event_shape import Record
from embedded_aws.server.s3_bucket import Bucket
from embedded_aws.server.trail import LogFile, Trail

BUCKET = "acme-cloudtrail-logs"
LOG_ARCHIVE = "222222222222"
LOG_FILES = "CloudTrail"
INSIGHTS = "CloudTrail-Insight"
_SLOT = 300
"""Seconds of events in one file."""

_RECORDS = 5_000
_CHARACTERS = string.ascii_letters + string.digits
_SOONEST, _LATEST = 120, 420
"""Seconds from the time in a key to the delivery of the file."""

Slot = tuple[str, str, int]


def open_trail(
    cloud: Cloud,
    *,
    name: str = "management-events",
    bucket: str = BUCKET,
    bucket_account: str = LOG_ARCHIVE,
    bucket_region: str | None = None,
    home_region: str | None = None,
    prefix: str = "",
    organization: bool = False,
    multi_region: bool = True,
) -> Trail:
    """Declare a trail of the home account, and create its bucket where there is none of that name.

    A trail of the organization needs `organize` first, and belongs to the management account.
    """
    home = home_region or cloud.regions[0]
    found = cloud.buckets.get(bucket)
    tree = cloud.organization if organization else None
    if organization and tree is None:
        raise ValueError("A trail of an organization needs an organization.")
    trail = Trail(
        name=name,
        bucket=found or cloud.create_bucket(bucket, account_id=bucket_account, region=bucket_region or home),
        account_id=tree.management if tree else cloud.account_id,
        home_region=home,
        prefix=prefix,
        organization_id=tree.id if tree else None,
        multi_region=multi_region,
        started_at=cloud.now().replace(microsecond=0) - timedelta(days=365),
    )
    cloud.trails.append(trail)
    return trail


class TrailWriter:
    """Delivers files into the bucket of a trail. Equal seeds and records make equal keys and times."""

    def __init__(self, cloud: Cloud, trail: Trail, *, seed: int = 11, records_per_file: int = _RECORDS) -> None:
        self._cloud = cloud
        self._trail = trail
        self._rng = Random(seed)  # noqa: S311 - reproducible, not secret
        self._records_per_file = records_per_file

    @property
    def bucket(self) -> Bucket:
        return self._trail.bucket

    def write_history(self, *account_ids: str) -> list[LogFile]:
        """Write what the event history of these accounts (none: the home account) holds, Insights events apart.

        Some of it may be delivered only after some minutes of the clock of embedded AWS.
        """
        written = []
        for account_id in account_ids or (self._cloud.account_id,):
            written += self.write(self._cloud.events.visible(account_id=account_id), account_id=account_id)
            insights = self._cloud.events.visible(account_id=account_id, insight=True)
            written += self.write(insights, account_id=account_id, folder=INSIGHTS)
        return written

    def write(
        self,
        records: Iterable[Record],
        *,
        account_id: str | None = None,
        late: timedelta | None = None,
        folder: str = LOG_FILES,
    ) -> list[LogFile]:
        """Write one file for five minutes of an account and Region, or more where it would hold too many records.

        A record belongs to the account that it names, unless told otherwise. With `late` the files are delivered so
        much after the time in their keys.
        """
        slots: defaultdict[Slot, list[Record]] = defaultdict(list)
        for record in records:
            owner = account_id or record.get("recipientAccountId") or self._cloud.account_id
            slots[owner, record["awsRegion"], time_of(record) // _SLOT].append(record)
        return [
            self.deliver(part, account_id=owner, region=region, late=late, folder=folder)
            for (owner, region, _), content in sorted(slots.items(), key=lambda item: item[0])
            for part in self._parts(content)
        ]

    def deliver(
        self,
        records: Sequence[Record],
        *,
        account_id: str,
        region: str,
        late: timedelta | None = None,
        folder: str = LOG_FILES,
    ) -> LogFile:
        """Write exactly these records into one file. The time in its key is that of the newest, to the minute."""
        newest = datetime.fromtimestamp(max(map(time_of, records)), timezone.utc)
        usual = timedelta(seconds=self._rng.randrange(_SOONEST, _LATEST))
        key = self.key(account_id, region, newest, folder)
        delivered = newest.replace(second=0) + (usual if late is None else late)
        self.put(key, log_text(records), delivered)
        made = LogFile(key, account_id, region, tuple(records), delivered, folder)
        self._trail.files.append(made)
        return made

    def duplicate(self, file: LogFile, *, late: timedelta = timedelta(minutes=20)) -> LogFile:
        """Deliver the records of a file a second time, in a file of its own."""
        return self.deliver(file.records, account_id=file.account_id, region=file.region, late=late, folder=file.folder)

    def put(self, key: str, text: bytes, delivered: datetime) -> None:
        """Put gzipped content as CloudTrail puts it."""
        self.bucket.put(
            key,
            gzip.compress(text, mtime=0),
            last_modified=delivered,
            content_type="application/json",
            content_encoding="gzip",
        )

    def key(self, account_id: str, region: str, at: datetime, folder: str = LOG_FILES) -> str:
        """Return a new key of a file with events up to `at`."""
        suffix = "".join(self._rng.choices(_CHARACTERS, k=16))
        name = f"{account_id}_{folder}_{region}_{at:%Y%m%dT%H%MZ}_{suffix}.json.gz"
        return f"{self._trail.folder(account_id, folder)}{region}/{at:%Y/%m/%d}/{name}"

    def _parts(self, records: Sequence[Record]) -> Iterator[Sequence[Record]]:
        for start in range(0, len(records), self._records_per_file):
            yield records[start : start + self._records_per_file]


def log_text(records: Iterable[object]) -> bytes:
    """The content of a log file."""
    return json.dumps({"Records": list(records)}, separators=(",", ":"), ensure_ascii=False).encode()


def time_of(record: Record) -> int:
    return int(datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00")).timestamp())
