"""Which records of log files are wanted, and the names under which the state keeps what was read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from source_aws_iam.cloudtrail.feed import ALL, INSIGHTS
from source_aws_iam.cloudtrail.record.fields import as_boolean
from source_aws_iam.cloudtrail.selection import IDENTITY_SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from source_aws_iam.cloudtrail.record.fields import Json
    from source_aws_iam.config import EventSelection

    Row = Mapping[str, Json]

_DATA: Final = " with data events"
_IDENTITY: Final = f"EventSource={' or '.join(IDENTITY_SOURCES)}"
_TO_THE_SECOND: Final = len("2026-01-01T00:00:00")
# The categories of log files beside management events. Records of old versions have no category.
_CATEGORIES: Final = frozenset({"Data", "NetworkActivity"})


@dataclass(frozen=True)
class Wanted:
    """The records of `selection` from `start_date` on, in log files of management events."""

    selection: EventSelection
    data_events: bool
    start_date: datetime | None = None

    @property
    def name(self) -> str:
        """The name in the state."""
        chosen = self.selection
        name = {
            "all": ALL,
            "write_only": "ReadOnly=false",
            # With its sources: where a later version adds one, everything has to be read again.
            "identity": _IDENTITY + ("" if chosen.include_read_only else " without read-only"),
            "attribute": f"{chosen.attribute_key}={chosen.attribute_value}",
        }[chosen.mode]
        return name + (_DATA if self.data_events else "")

    @property
    def names(self) -> list[str]:
        """The names of what includes all of it, beginning with its own."""
        names = [self.name, self.name.removesuffix(_DATA) + _DATA, *([] if self.data_events else [ALL]), ALL + _DATA]
        return [*dict.fromkeys(names)]

    def of(self, row: Row) -> bool:
        """Return whether a row is wanted."""
        if row["event_category"] in _CATEGORIES and not self.data_events:
            return False
        return self._is_late_enough(row) and _MODES[self.selection.mode](self.selection, row)

    def _is_late_enough(self, row: Row) -> bool:
        # Times in rows are in UTC, so their texts compare as they do, down to the second.
        return not self._start or row["event_time"][:_TO_THE_SECOND] >= self._start

    @cached_property
    def _start(self) -> str:
        return f"{self.start_date:%Y-%m-%dT%H:%M:%S}" if self.start_date else ""


class Insights(Wanted):
    """The records in log files of Insights events."""

    @property
    def name(self) -> str:
        """The name in the state."""
        return INSIGHTS

    @property
    def names(self) -> list[str]:
        """Nothing else includes them."""
        return [INSIGHTS]

    def of(self, row: Row) -> bool:
        """Return whether a row is wanted: every one is, from the start date on."""
        return self._is_late_enough(row)


def _is_of_identity(selection: EventSelection, row: Row) -> bool:
    return row["event_source"] in IDENTITY_SOURCES and (selection.include_read_only or _may_write(selection, row))


def _may_write(_: EventSelection, row: Row) -> bool:
    return row["read_only"] is not True


def _has_attribute(selection: EventSelection, row: Row) -> bool:
    key, value = selection.attribute_key, selection.attribute_value
    if key == "ReadOnly":
        return row["read_only"] is as_boolean(value)
    if key in _OF_RESOURCES:
        return any(resource[_OF_RESOURCES[key]] == value for resource in row["resources"] or ())
    return bool(row[_ATTRIBUTES[key]] == value)


_OF_RESOURCES: Final = {"ResourceType": "resource_type", "ResourceName": "resource_name"}
_ATTRIBUTES: Final = {
    "EventId": "event_id",
    "EventName": "event_name",
    "EventSource": "event_source",
    "Username": "username",
    "AccessKeyId": "access_key_id",
}
_MODES: Final[Mapping[str, Callable[[EventSelection, Row], bool]]] = {
    "all": lambda *_: True,
    "write_only": _may_write,
    "identity": _is_of_identity,
    "attribute": _has_attribute,
}
