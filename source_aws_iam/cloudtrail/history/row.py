"""From an event of LookupEvents to a row: the columns of the record, and of the members beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from source_aws_iam.aws.values import utc
from source_aws_iam.cloudtrail.record.columns import Beside, columns, resources
from source_aws_iam.cloudtrail.record.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_aws_iam.cloudtrail.history.event import Event
    from source_aws_iam.cloudtrail.record.fields import Json

NOWHERE: Final[Mapping[str, str]] = {}


def row(event: Event, origin: Mapping[str, str] = NOWHERE) -> tuple[dict[str, Json], list[str]]:
    """Return `origin` with the columns for one event, and the names of its fields that are not of the type that AWS
    documents.
    """
    listed, fields = event.listed, Fields(event.odd)
    beside = Beside(
        username=fields.text(listed, "Username"),
        event_name=fields.text(listed, "EventName"),
        event_source=fields.text(listed, "EventSource"),
        resources=resources(fields, listed, "Resources"),
        read_only=fields.boolean(listed, "ReadOnly", written=True),
        access_key_id=fields.text(listed, "AccessKeyId"),
    )
    found: dict[str, Json] = {**origin, "event_id": event.id, "event_time": utc(event.time)}
    found.update(columns(event.record, fields, beside))
    found["event"] = event.record if event.is_whole else None
    found["event_text"] = event.text
    return found, fields.odd
