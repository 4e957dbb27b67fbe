"""A request quota: so many per second, per account and Region."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock

QuotaKey = tuple[str, str]
"""(account id, Region); IAM has one quota for all Regions, "aws-global". For IAM Identity Center, what the quota is of
is in place of the Region: "sso" of all its calls, and "identitystore:ListUsers" of a call of identity stores.
"""


class RateQuota:
    """Admits a request if fewer than `rate` were admitted for its key in the second before it.

    This is the strictest reading of "2 per second": a client within it is within any burst rule that AWS may use.
    Throttled requests do not count.
    """

    def __init__(self) -> None:
        self._admitted: defaultdict[QuotaKey, deque[datetime]] = defaultdict(deque)
        self._refused: Counter[QuotaKey] = Counter()
        self._lock = Lock()

    def admits(self, key: QuotaKey, rate: float, now: datetime) -> bool:
        limit = max(1, int(rate))
        window = timedelta(seconds=limit / rate)  # one second, and longer only for rates that are not whole numbers
        with self._lock:
            admitted = self._admitted[key]
            while admitted and admitted[0] <= now - window:
                admitted.popleft()
            if len(admitted) >= limit:
                self._refused[key] += 1
                return False
            admitted.append(now)
            return True

    def refusals(self) -> Counter[QuotaKey]:
        """How many requests were not admitted."""
        with self._lock:
            return self._refused.copy()

    def forget_refusals(self) -> None:
        with self._lock:
            self._refused.clear()


class TokenBuckets:
    """Admits a request while the bucket of its key has tokens. Each second brings more.

    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
    """

    def __init__(self) -> None:
        self._left: dict[QuotaKey, tuple[float, datetime]] = {}
        self._refused: Counter[QuotaKey] = Counter()
        self._lock = Lock()

    def admits(self, key: QuotaKey, capacity: float, per_second: float, now: datetime) -> bool:
        with self._lock:
            left, at = self._left.get(key, (capacity, now))
            left = min(capacity, left + per_second * max(0.0, (now - at).total_seconds()))
            admitted = left >= 1
            self._left[key] = (left - admitted, now)
            self._refused[key] += not admitted
            return admitted

    def refusals(self) -> Counter[QuotaKey]:
        """How many requests were not admitted."""
        with self._lock:
            return +self._refused

    def forget_refusals(self) -> None:
        with self._lock:
            self._refused.clear()
