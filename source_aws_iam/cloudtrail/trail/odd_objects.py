"""The objects of a bucket that are not read: named and counted, one warning for each kind."""

from __future__ import annotations

import logging
import threading
from enum import Enum

logger = logging.getLogger("airbyte.source_aws_iam")


class Kind(Enum):
    """Why an object is not read, as the warning says it."""

    ARCHIVED = (
        "is archived and was not read, so its events are missing. Restore it, and sync with a Lookback (Days) that "
        "covers it"
    )
    EMPTY = "is empty"
    FOREIGN = "is no log file of CloudTrail by its name, and was not read"
    DELETED = "was deleted while the bucket was read, so its events are missing"


class OddObjects:
    """Remembers the first object of each kind, and counts all. Thread-safe."""

    def __init__(self, stream: str, bucket: str) -> None:
        """`stream` and `bucket` are what the warnings name."""
        self._stream = stream
        self._bucket = bucket
        self._first: dict[Kind, str] = {}
        self._counts: dict[Kind, int] = {}
        self._lock = threading.Lock()

    def count(self, kind: Kind, key: str) -> None:
        """Count an object."""
        with self._lock:
            self._first.setdefault(kind, key)
            self._counts[kind] = self._counts.get(kind, 0) + 1

    def report(self) -> None:
        """Log the warnings."""
        for kind, first in self._first.items():
            others = self._counts[kind] - 1
            logger.warning(
                "%s: the object %s of bucket %s %s%s.",
                self._stream,
                first,
                self._bucket,
                kind.value,
                f"; the same is true of {others:,} others" if others else "",
            )
