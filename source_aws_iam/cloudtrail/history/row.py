"""From an event of LookupEvents to a row: the columns of the record, and of the members beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_calls.timestamps import utc
from source_aws_iam.cloudtrail.record.columns import Beside, columns, resources
from source_aws_iam.cloudtrail.record.fields import Fields

if TYPE_CHECKING:
    from source_aws_iam.cloudtrail.history.event import Event
    from source_aws_iam.cloudtrail.record.fields import Json


def row(event: Event) -> tuple[dict[str, Json], list[str]]:
    """Return the columns for one event, and the names of its fields that are not of the type that AWS documents."""
    listed, fields = event.listed, Fields(event.odd)
    beside = Beside(
        username=fields.text(listed, "Username"),
        event_name=fields.text(listed, "EventName"),
        event_source=fields.text(listed, "EventSource"),
        resources=resources(fields, listed, "Resources"),
        read_only=fields.boolean(listed, "ReadOnly", written=True),
        access_key_id=fields.text(listed, "AccessKeyId"),
    )
    return {
        "event_id": event.id,
        "event_time": utc(event.time),
        **columns(event.record, fields, beside),
        "event": event.record if event.is_whole else None,
        "event_text": event.text,
    }, fields.odd
