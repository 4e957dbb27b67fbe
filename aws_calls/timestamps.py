"""The times in AWS's answers, in UTC.

botocore tries every format, and returns some times in this machine's zone. That takes longer than all else in an answer
with many times. And in the hour in which clocks are set back, local times compare and add up as in the hour before.
"""

from __future__ import annotations

from datetime import datetime, timezone

from botocore.utils import parse_timestamp


def parsed(value: str | float) -> datetime:
    """Return a time that AWS sent: in seconds since 1970, as ISO 8601, or in any other format that botocore parses.

    https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait
    """
    if isinstance(value, str) and value.endswith("Z"):
        try:
            return datetime.fromisoformat(value[:-1]).replace(tzinfo=timezone.utc)
        except ValueError:
            pass  # a fraction with more digits than Python 3.10 parses
    elif isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, timezone.utc)
    return parse_timestamp(value).astimezone(timezone.utc)


def utc(time: datetime) -> str:
    """Return an aware time as RFC 3339 in UTC with Z: SQL destinations drop any other offset silently."""
    text = time.astimezone(timezone.utc).isoformat()
    return text.removesuffix("+00:00") + "Z"
