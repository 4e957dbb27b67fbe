"""An event as LookupEvents lists it, whatever shape it has: its id, its time, and the CloudTrail record inside.

No record stops a stream. AWS documents an object whose CloudTrailEvent is the text of a JSON object, the record. Of any
other value, the row has what can be read.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from source_aws_iam.aws.nesting import DEEPEST
from source_aws_iam.cloudtrail.record.json_text import written
from source_aws_iam.cloudtrail.record.parsing import MILLISECONDS, hashed, moment, record_of
from source_aws_iam.cloudtrail.record.secrets import redacted, redacted_text, without_secrets
from source_aws_iam.sync.loadable import written_if_loadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from source_aws_iam.cloudtrail.feed import Feed

Json = Any

_RECORD: Final = "CloudTrailEvent"


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
        self.record, self.is_whole = record_of(given)
        if not (self.is_whole and isinstance(given, str)):
            self.odd.append(_RECORD)
        self.id = self._id_of("EventId", members) or self._id_of("eventID", self.record) or hashed(listed, feed)
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
        times = [moment(given), moment(self.record.get("eventTime"))]
        if times[0] is None or not isinstance(given, (int, float)) or given >= MILLISECONDS:
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
