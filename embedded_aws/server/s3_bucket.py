"""The buckets of S3 and their objects."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from threading import RLock


@dataclass(frozen=True, kw_only=True)
class S3Object:
    """An object as it was put."""

    key: str
    body: bytes
    last_modified: datetime
    storage_class: str = "STANDARD"
    archive_tier: str | None = None
    """ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS, for an object in INTELLIGENT_TIERING that has been archived."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "binary/octet-stream"
    content_encoding: str | None = None
    kms_key_arn: str | None = None
    """The key that encrypts it; None: S3's own."""
    restored_at: datetime | None = None
    """When a restore that somebody asked for ends: then there is a copy that can be read."""
    restored_until: datetime | None = None
    """When that copy is deleted."""

    @property
    def is_archived(self) -> bool:
        return self.storage_class in ("GLACIER", "DEEP_ARCHIVE") or self.archive_tier is not None

    def is_readable(self, now: datetime) -> bool:
        if self.restored_at and self.restored_until and self.restored_at <= now < self.restored_until:
            return True
        return not self.is_archived

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


class Bucket:
    """Thread-safe. An object appears at its LastModified: one that is put for later does not exist until then."""

    def __init__(
        self,
        name: str,
        *,
        account_id: str,
        region: str,
        now: Callable[[], datetime],
        kms_key_arn: str | None = None,
    ) -> None:
        self.name = name
        self.account_id = account_id
        self.region = region
        self.kms_key_arn = kms_key_arn
        """The key that encrypts what is put from now on; None: S3's own."""
        self.readers: set[str] | None = None
        """Ids of the other accounts that the bucket policy allows to use it; None: any."""
        self._now = now
        self._objects: dict[str, S3Object] = {}
        self._keys: list[str] = []
        self._lock = RLock()

    def put(
        self,
        key: str,
        body: bytes,
        *,
        last_modified: datetime | None = None,
        storage_class: str = "STANDARD",
        archive_tier: str | None = None,
        metadata: Mapping[str, str] | None = None,
        content_type: str = "binary/octet-stream",
        content_encoding: str | None = None,
        kms_key_arn: str | None = None,
    ) -> S3Object:
        """Create or replace an object. Without `last_modified` it is put now, by the clock of embedded AWS."""
        made = S3Object(
            key=key,
            body=body,
            last_modified=(last_modified or self._now()).replace(microsecond=0),
            storage_class=storage_class,
            archive_tier=archive_tier,
            metadata=metadata or {},
            content_type=content_type,
            content_encoding=content_encoding,
            kms_key_arn=kms_key_arn or self.kms_key_arn,
        )
        with self._lock:
            if key not in self._objects:
                insort(self._keys, key)
            self._objects[key] = made
        return made

    def restore(self, key: str, *, at: datetime, days: int = 1) -> None:
        """Keep a copy of an object in GLACIER or DEEP_ARCHIVE that can be read, from `at` on and for so long.

        Until then the restore is in progress. One of INTELLIGENT_TIERING has no copy: put it without a tier instead.
        """
        with self._lock:
            self._objects[key] = replace(self._objects[key], restored_at=at, restored_until=at + timedelta(days=days))

    def delete(self, key: str) -> S3Object:
        with self._lock:
            self._keys.remove(key)
            return self._objects.pop(key)

    def get(self, key: str) -> S3Object | None:
        """Return the object, if it exists by now."""
        found = self._objects.get(key)
        return found if found and found.last_modified <= self._now() else None

    def planned(self, key: str) -> S3Object:
        """Return the object, even if it appears only later."""
        return self._objects[key]

    def keys(self, start: str = "") -> Iterator[str]:
        """Return the keys from `start` on that exist by now, in S3's order, which is that of UTF-8."""
        with self._lock:
            now = self._now()
            behind = self._keys[bisect_left(self._keys, start) :]
        yield from (key for key in behind if key in self._objects and self._objects[key].last_modified <= now)
