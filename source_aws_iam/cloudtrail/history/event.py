"""An event as LookupEvents lists it, whatever shape it has: its id, its time, and the CloudTrail record inside.

No record stops a stream. AWS documents an object whose CloudTrailEvent is the text of a JSON object, the record. Of any
other value, the row has what can be read.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.nesting import DEEPEST, nests_deeper, without_deep
from source_aws_iam.cloudtrail.record.json_text import parsed, parsed_shallow, written
from source_aws_iam.cloudtrail.record.secrets import redacted, redacted_text, without_secrets
from source_aws_iam.sync.loadable import written_if_loadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.cloudtrail.feed import Feed

Json = Any

_RECORD: Final = "CloudTrailEvent"
# In seconds this is the year 5138, in milliseconds 1973.
_MILLISECONDS: Final = 10**11


class Event:
    """One event of LookupEvents. Order sets its `time`, which may depend on its position in the listing.

    `listed` has the members beside the record. `record` is the CloudTrail record, without members that nest too deep,
    and empty where there is none. Secrets are redacted in both. `is_whole` says whether `record` has everything that
    AWS listed, and `odd` names the members that are not as AWS documents them.
    """

    __slots__ = ("_raw", "id", "is_whole", "listed", "odd", "record", "time")
    time: datetime

    def __init__(self, listed: Json, feed: Feed) -> None:
        """`listed` is the event as it came, any JSON value; `feed` is where it was listed."""
        members = listed if isinstance(listed, dict) else {}
        given = members.get(_RECORD)
        self.odd: list[str] = []
        self._raw = given if isinstance(given, str) and given else listed
        self.record, self.is_whole = _record(given)
        if not (self.is_whole and isinstance(given, str)):
            self.odd.append(_RECORD)
        self.id = self._id_of("EventId", members) or self._id_of("eventID", self.record) or _hash(listed, feed)
        # After the id: it may replace secrets in what is listed, and the hash is that of what AWS listed.
        self.listed: Mapping[str, Json] = _beside_record(members)

    @property
    def text(self) -> str | None:
        """What AWS listed, where `record` does not have it all: the text of CloudTrailEvent, or the event as JSON."""
        if self.is_whole:
            return None
        return redacted_text(self._raw if isinstance(self._raw, str) else written(redacted(self._raw)))

    def stated_times(self) -> list[datetime]:
        """Return the times of the event in the listing and in the record."""
        given = self.listed.get("EventTime")
        times = [_moment(given), _moment(self.record.get("eventTime"))]
        if times[0] is None or not isinstance(given, (int, float)) or given >= _MILLISECONDS:
            self.odd.append("EventTime")
        return [time for time in times if time is not None]

    def _id_of(self, name: str, source: Mapping[str, Json]) -> str | None:
        value = source.get(name)
        if isinstance(value, str) and value:
            return value
        self.odd.append(name)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _beside_record(members: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the members beside the record."""
    beside = {name: value for name, value in members.items() if name != _RECORD}
    text = written_if_loadable(beside, DEEPEST)
    found: Mapping[str, Json] = redacted(beside) if text is None else without_secrets(beside, text.decode())
    return found


def _record(given: Json) -> tuple[dict[str, Json], bool]:
    """Return the record in `given`, and whether that is all of it."""
    if not isinstance(given, str):
        return (redacted(given), True) if isinstance(given, dict) else ({}, False)
    is_whole = not nests_deeper(given, DEEPEST)
    text = given if is_whole else without_deep(given, below=1, levels=DEEPEST, instead=lambda _: "null")
    try:
        record = parsed_shallow(text) if is_whole else parsed(text)
    except ValueError:
        return {}, False
    if not isinstance(record, dict):
        return {}, False
    return without_secrets(record, text), is_whole


def _hash(listed: Json, feed: Feed) -> str:
    """Return an id for an event without one. The same text from the same account and Region gets the same id."""
    text = json.dumps([feed.account_id, feed.region, listed], sort_keys=True)
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _moment(value: Json) -> datetime | None:
    """Return a time in seconds or milliseconds since 1970, or as ISO 8601, in UTC. None where it is no time."""
    try:
        if isinstance(value, str):
            time = datetime.fromisoformat(f"{value[:-1]}+00:00" if value.endswith("Z") else value)
            return time if time.tzinfo is timezone.utc else _in_utc(time)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS else value, timezone.utc)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _in_utc(time: datetime) -> datetime:
    return time.astimezone(timezone.utc) if time.tzinfo else time.replace(tzinfo=timezone.utc)
