"""From a row of a stream of source-aws-iam to a row of OCSF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from destination_security_lake.ocsf.account_change import account_change
from destination_security_lake.ocsf.api_activity import api_activity
from destination_security_lake.ocsf.assignments import group_management, user_access
from destination_security_lake.ocsf.authentication import authentication
from destination_security_lake.ocsf.classes import (
    ACCOUNT_CHANGE,
    AUTHENTICATION,
    GROUP_MANAGEMENT,
    USER_ACCESS,
    USER_INVENTORY,
    Activity,
    activity,
)
from destination_security_lake.ocsf.cloudtrail import Event, attributes, event_of
from destination_security_lake.ocsf.columns import COLUMNS, arranged
from destination_security_lake.ocsf.events import activities
from destination_security_lake.ocsf.fields import Fields
from destination_security_lake.ocsf.json_values import DEEPEST, Json, TooDeepError, cleaned
from destination_security_lake.ocsf.results import OcsfRow, Reason, UnmappableError, UnmappedRow
from destination_security_lake.ocsf.user_inventory import (
    IDENTITY_CENTER_USERS,
    USERS,
    Memberships,
    user_inventory,
    user_key,
)

AUDIT_EVENTS: Final = "audit_events"
_INVENTORIES: Final = (USERS, IDENTITY_CENTER_USERS)
_COLLECT: Final = 2
# A document in a column may nest as deep as a record.
LEVELS_OF_A_ROW: Final = 2 * DEEPEST
# What a row of audit_events is known by, and what its record may lack.
_COLUMNS: Final = ("account_id", "region", "event_id", "event_source", "event_name", "user_id")
_LACKED: Final[Mapping[str, Reason]] = {
    "actor": Reason.NO_ACTOR,
    "src_endpoint": Reason.NO_ADDRESS,
    "user": Reason.NO_USER,
}


def ocsf_row(
    stream: str, row: Mapping[str, Json], read_at: datetime, memberships: Memberships | None = None
) -> OcsfRow | UnmappedRow:
    """Return the row of OCSF for a row of a stream, or the reason why there is none. Foreign data raises nothing.

    `read_at` is when the row was read, aware; it is the time of a user, and an event has its own. `memberships` are the
    rows of group_members or identity_center_group_members that have the user's `user_key`; None: not known.
    """
    try:
        return _mapped(stream, row, read_at, memberships)
    except UnmappableError as error:
        known = _known(row)
        return UnmappedRow(
            stream,
            error.reason,
            known.text("account_id"),
            known.text("region"),
            known.first(("event_id",), ("user_id",)),
        )


def _mapped(stream: str, row: Mapping[str, Json], read_at: datetime, memberships: Memberships | None) -> OcsfRow:
    if stream == AUDIT_EVENTS:
        return _of_event(event_of(_known(row), row.get("event")))
    if stream in _INVENTORIES:
        return _of_user(stream, row, read_at, memberships)
    raise UnmappableError(Reason.STREAM)


def _known(row: Mapping[str, Json]) -> Fields:
    return Fields({name: cleaned(value) for name in _COLUMNS if isinstance(value := row.get(name), str)})


def _of_event(event: Event) -> OcsfRow:
    """Map to the most specific class whose requirements the event meets."""
    record = Fields(event.record)
    choices = activities(
        event.source,
        event.name,
        read_only=record.boolean("readOnly"),
        principal_type=record.value("requestParameters", "principalType"),
    )
    for choice in choices:
        row = _of_class(event, choice)
        if not (lacked := _lacked(row)):
            return row
    raise UnmappableError(_LACKED[lacked])


def _of_class(event: Event, choice: Activity) -> OcsfRow:
    record = Fields(event.record)
    specific = _specific(event, record, choice)
    common = attributes(event, record, choice.event_class)
    return _row(choice, {**common, **specific}, record)


def _specific(event: Event, record: Fields, choice: Activity) -> dict[str, Json]:
    if choice.event_class is AUTHENTICATION:
        return authentication(event, record)
    if choice.event_class is ACCOUNT_CHANGE:
        return account_change(event, record, choice.id)
    if choice.event_class is GROUP_MANAGEMENT:
        return group_management(event, record, choice.id)
    if choice.event_class is USER_ACCESS:
        return user_access(record)
    return api_activity(record)


def _of_user(stream: str, row: Mapping[str, Json], read_at: datetime, memberships: Memberships | None) -> OcsfRow:
    try:
        read = Fields(cleaned({**row}, LEVELS_OF_A_ROW))
        of_user = memberships and [
            cleaned({**one}, LEVELS_OF_A_ROW) for one in memberships if user_key(stream, one) == user_key(stream, row)
        ]
    except TooDeepError:
        raise UnmappableError(Reason.TOO_DEEP) from None
    choice = activity(USER_INVENTORY, _COLLECT, stream)
    mapped = _row(choice, user_inventory(stream, read, read_at, of_user), read)
    if lacked := _lacked(mapped):
        raise UnmappableError(_LACKED[lacked])
    return mapped


def _row(choice: Activity, values: Mapping[str, Json], read: Fields) -> OcsfRow:
    attributes_of_row = {**choice.attributes(), **values, "unmapped": read.unmapped()}
    return OcsfRow(choice.event_class, arranged(COLUMNS[choice.event_class], attributes_of_row))


def _lacked(row: OcsfRow) -> str:
    """Return the attribute that OCSF requires and the row lacks, empty where it has them all."""
    return next((name for name in row.event_class.needs if name not in row.attributes), "")
