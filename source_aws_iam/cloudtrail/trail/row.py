"""From a record of a log file to a row of audit_events: the columns that the event history has too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_calls.timestamps import utc
from source_aws_iam.cloudtrail.record.columns import Beside, columns
from source_aws_iam.cloudtrail.record.fields import Fields
from source_aws_iam.cloudtrail.record.parsing import hashed, moment, record_of
from source_aws_iam.cloudtrail.record.secrets import redacted_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from source_aws_iam.cloudtrail.feed import Feed
    from source_aws_iam.cloudtrail.record.fields import Json

_RECORD: Final = "Records"


def row(text: str, feed: Feed, file_time: datetime, value: Json = None) -> tuple[dict[str, Json], list[str]]:
    """Return the columns for the record in `text`, and the names of its fields that are not as AWS documents them.

    A record that states no time has that of its file. `value` is what orjson makes of the text, where that is known.
    """
    record, is_whole = record_of(text, value)
    fields = Fields([] if is_whole else [_RECORD])
    event_id = fields.text(record, "eventID")
    if not event_id:
        fields.odd.append("eventID")
        event_id = hashed(text, feed)
    time = moment(record.get("eventTime"))
    if time is None:
        fields.odd.append("eventTime")
    return {
        "event_id": event_id,
        "event_time": utc(time or file_time),
        **columns(record, fields, Beside(username=_username(fields, record))),
        "event": record if is_whole else None,
        "event_text": None if is_whole else redacted_text(text),
    }, fields.odd


def _username(fields: Fields, record: Mapping[str, Json]) -> str | None:
    """Return what LookupEvents calls the user name: that of the user, or the session name of a role."""
    identity = fields.members(record, "userIdentity")
    kind, principal = identity.get("type"), identity.get("principalId")
    if kind == "Root":
        return "root"
    if kind == "AssumedRole":
        return principal.partition(":")[2] or None if isinstance(principal, str) else None
    name = identity.get("userName")
    return name if isinstance(name, str) else None
