"""Times within the account's past."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

_YEARS = timedelta(days=5 * 365)


def past(rng: Random, now: datetime) -> datetime:
    """Within the five years before now."""
    return between(rng, now - _YEARS, now)


def between(rng: Random, start: datetime, end: datetime) -> datetime:
    return start + timedelta(seconds=int((end - start).total_seconds() * rng.random()))
