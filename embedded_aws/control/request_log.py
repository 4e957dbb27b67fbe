"""How many requests each API got."""

from __future__ import annotations

from collections import Counter
from threading import Lock

RequestKey = tuple[str, str, str]
"""(account id, Region, "iam:ListUsers"). It is the action as policies name it: "s3:ListBucket" counts ListObjectsV2 and
HeadBucket. The Region is the signed one: with a custom endpoint_url the SDK signs IAM calls with the client's own
Region instead of the partition's global one.
"""


class RequestLog:
    """Counts every attempt, also those that were denied, throttled or cut off."""

    def __init__(self) -> None:
        self._counts: Counter[RequestKey] = Counter()
        self._lock = Lock()

    def add(self, key: RequestKey) -> None:
        with self._lock:
            self._counts[key] += 1

    def counts(self) -> Counter[RequestKey]:
        """Return a copy of the counts."""
        with self._lock:
            return self._counts.copy()

    def reset(self) -> None:
        with self._lock:
            self._counts.clear()
