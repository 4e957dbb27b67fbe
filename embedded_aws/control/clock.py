"""A clock for tests that must not wait."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_NOON = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)


class StoppedClock:
    """Stands still until it is moved: `EmbeddedAws(now=StoppedClock())`."""

    def __init__(self, at: datetime = _NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        self.at += timedelta(days=days, hours=hours, seconds=seconds)
