"""The times in AWS's answers, in UTC.

botocore reads them by trying all forms that anybody may have used, and gives some in this machine's zone: that takes
longer than all else in an answer with many of them, and where the machine's clocks are set back, an hour of such times
compares, and adds up, as the hour before it.
"""

from __future__ import annotations

from datetime import datetime, timezone

from botocore.utils import parse_timestamp


def parsed(value: str | float) -> datetime:
    """Return a time that AWS wrote: in seconds since 1970, as ISO 8601, or in any other form that botocore reads.

    https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait
    """
    if isinstance(value, str) and value.endswith("Z"):
        try:
            return datetime.fromisoformat(value[:-1]).replace(tzinfo=timezone.utc)
        except ValueError:
            pass  # a fraction of as many digits as Python 3.10 does not read
    elif isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, timezone.utc)
    return parse_timestamp(value).astimezone(timezone.utc)
