"""A CloudTrail record in the text that has it, whatever shape it has: the record, its time, and an id for it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.nesting import DEEPEST, nests_deeper, without_deep
from source_aws_iam.cloudtrail.record.json_text import parsed, parsed_shallow
from source_aws_iam.cloudtrail.record.secrets import redacted, without_secrets

if TYPE_CHECKING:
    from source_aws_iam.cloudtrail.feed import Feed

Json = Any

# In seconds this is the year 5138, in milliseconds 1973.
MILLISECONDS: Final = 10**11


def record_of(given: Json, value: Json = None) -> tuple[dict[str, Json], bool]:
    """Return the record in `given`, without its secrets and what nests too deep, and whether that is all of it.

    `value` is what orjson makes of the text, where that is known. It is changed.
    """
    if not isinstance(given, str):
        return (redacted(given), True) if isinstance(given, dict) else ({}, False)
    is_whole = not nests_deeper(given, DEEPEST)
    text = given if is_whole else without_deep(given, below=1, levels=DEEPEST, instead=lambda _: "null")
    try:
        record = parsed_shallow(text, value) if is_whole else parsed(text)
    except ValueError:
        return {}, False
    if not isinstance(record, dict):
        return {}, False
    return without_secrets(record, text), is_whole


def hashed(listed: Json, feed: Feed) -> str:
    """Return an id for an event without one. The same text from the same account and Region gets the same id."""
    text = json.dumps([feed.account_id, feed.region, listed], sort_keys=True)
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def moment(value: Json) -> datetime | None:
    """Return a time in seconds or milliseconds since 1970, or as ISO 8601, in UTC. None where it is no time."""
    try:
        if isinstance(value, str):
            time = datetime.fromisoformat(f"{value[:-1]}+00:00" if value.endswith("Z") else value)
            return time if time.tzinfo is timezone.utc else _in_utc(time)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value >= MILLISECONDS else value, timezone.utc)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _in_utc(time: datetime) -> datetime:
    return time.astimezone(timezone.utc) if time.tzinfo else time.replace(tzinfo=timezone.utc)
