"""Writes the digests of a trail: each hour one for an account and a Region, signed, and chained to the one before.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from embedded_aws.scenarios.digest_keys import DigestKeys
from embedded_aws.scenarios.trail_writer import time_of
from embedded_aws.server.cloud import Cloud
from embedded_aws.server.event_history import as_event_time
from embedded_aws.server.trail import LogFile, Trail

DIGESTS = "CloudTrail-Digest"
ALGORITHM = "SHA256withRSA"
HOUR = timedelta(hours=1)
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_FOLDERS = ("CloudTrail",)
SOON = timedelta(minutes=5)
"""From the end of an hour to the delivery of its digest."""


@dataclass(frozen=True)
class Digest:
    """A digest as it was delivered."""

    key: str
    account_id: str
    region: str
    start: datetime
    end: datetime
    text: bytes
    signature: str


class DigestWriter:
    """Delivers digests of one account and Region, hour after hour. What it wrote last begins the next one's chain."""

    def __init__(self, cloud: Cloud, trail: Trail, keys: DigestKeys, *, account_id: str, region: str) -> None:
        self._cloud = cloud
        self._trail = trail
        self._keys = keys
        self._account_id = account_id
        self._region = region
        self._previous: Digest | None = None

    @property
    def end(self) -> datetime | None:
        """The end of the last digest of the present chain, None before its first one."""
        return self._previous.end if self._previous else None

    def write(self, start: datetime, end: datetime) -> list[Digest]:
        """Write those of all hours from `start` to `end`. An hour in which nothing was delivered has an empty one."""
        written = []
        while start + HOUR <= end:
            written.append(self.deliver(start, start + HOUR))
            start += HOUR
        return written

    def deliver(self, start: datetime, end: datetime, *, backfill: bool = False) -> Digest:
        """Write the digest of the log files that were delivered from `start` until `end`."""
        files = self._files(start, end)
        key = self._key(end, backfill=backfill)
        text = json.dumps(self._content(key, files, start, end), separators=(",", ":")).encode()
        signature = self._keys.sign(self._region, to_be_signed(end, self._trail.bucket.name, key, text, self._previous))
        made = Digest(key, self._account_id, self._region, start, end, text, signature)
        put_digest(self._trail, made, backfill=backfill)
        self._trail.digests_at.append(end + SOON)
        self._previous = made
        return made

    def restart(self) -> None:
        """Begin a new chain with the next digest, as StartLogging does."""
        self._previous = None

    def _files(self, start: datetime, end: datetime) -> list[LogFile]:
        return sorted(
            (
                file
                for file in self._trail.files
                if (file.account_id, file.region) == (self._account_id, self._region)
                and file.folder in _FOLDERS
                and start <= file.delivered_at < end
            ),
            key=lambda file: file.key,
        )

    def _key(self, end: datetime, *, backfill: bool) -> str:
        account, region = self._account_id, self._region
        name = f"{account}_{DIGESTS}_{region}_{self._trail.name}_{self._trail.home_region}_{end:%Y%m%dT%H%M%SZ}"
        return (
            f"{self._trail.folder(account, DIGESTS)}{region}/{end:%Y/%m/%d}/"
            f"{name}{'_backfill' if backfill else ''}.json.gz"
        )

    def _content(self, key: str, files: Sequence[LogFile], start: datetime, end: datetime) -> dict[str, Any]:
        bucket, before = self._trail.bucket.name, self._previous
        listed = [self._listed(file) for file in files]
        return {
            "awsAccountId": self._account_id,
            "digestStartTime": start.strftime(_TIME),
            "digestEndTime": end.strftime(_TIME),
            "digestS3Bucket": bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": self._keys.fingerprint(self._region),
            "digestSignatureAlgorithm": ALGORITHM,
            "newestEventTime": max((one["newestEventTime"] for one in listed), default=None),
            "oldestEventTime": min((one["oldestEventTime"] for one in listed), default=None),
            "previousDigestS3Bucket": bucket if before else None,
            "previousDigestS3Object": before.key if before else None,
            "previousDigestHashValue": hash_of(before.text) if before else None,
            "previousDigestHashAlgorithm": "SHA-256" if before else None,
            "previousDigestSignature": before.signature if before else None,
            "logFiles": listed,
        }

    def _listed(self, file: LogFile) -> dict[str, Any]:
        times = [time_of(record) for record in file.records]
        return {
            "s3Bucket": self._trail.bucket.name,
            "s3Object": file.key,
            "hashValue": hash_of(gzip.decompress(self._trail.bucket.planned(file.key).body)),
            "hashAlgorithm": "SHA-256",
            "newestEventTime": as_event_time(max(times)),
            "oldestEventTime": as_event_time(min(times)),
        }


def to_be_signed(end: datetime, bucket: str, key: str, text: bytes, previous: Digest | None) -> str:
    """The string that CloudTrail signs; `null` stands for the signature before the first one."""
    before = previous.signature if previous else "null"
    return "\n".join([end.strftime(_TIME), f"{bucket}/{key}", hash_of(text), before])


def put_digest(trail: Trail, digest: Digest, *, backfill: bool = False, delivered: datetime | None = None) -> None:
    """Put the object of a digest, signature and all."""
    generated = {"backfill-generation-timestamp": digest.end.strftime(_TIME)} if backfill else {}
    trail.bucket.put(
        digest.key,
        gzip.compress(digest.text, mtime=0),
        last_modified=delivered or digest.end + SOON,
        metadata={"signature": digest.signature, "signature-algorithm": ALGORITHM, **generated},
        content_type="application/json",
        content_encoding="gzip",
    )


def hash_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
