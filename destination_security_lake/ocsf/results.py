"""What becomes of a row of a stream: a row of OCSF, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from destination_security_lake.ocsf.classes import EventClass
from destination_security_lake.ocsf.json_values import DEEPEST, Json


class Reason(Enum):
    """Why a row cannot be mapped."""

    STREAM = "No rows of this stream are mapped to OCSF."
    NO_RECORD = "The column event has no CloudTrail record, which is a JSON object."
    TOO_DEEP = f"It nests more than {DEEPEST} levels deep."
    INSIGHT = "An Insights event tells of many calls, and has no caller and no source address."
    NO_TIME = "The record has no eventTime in UTC."
    NO_SOURCE = "The record has no eventSource."
    NO_NAME = "The record has no eventName."
    NO_ACTOR = "The record names no caller, and OCSF requires one."
    NO_ADDRESS = "The record has no source address, and OCSF requires one."
    NO_USER = "The row names no user."


@dataclass(frozen=True)
class OcsfRow:
    """A row of a class: its attributes in the order of COLUMNS, absent where there is no value.

    Names of attributes that end in _dt are times as RFC 3339 text in UTC, and the other times are milliseconds.
    """

    event_class: EventClass
    attributes: Mapping[str, Json]


@dataclass(frozen=True)
class UnmappedRow:
    """A row that cannot be mapped. What names it is None where the row does not tell."""

    stream: str
    reason: Reason
    account_id: str | None = None
    region: str | None = None
    key: str | None = None
    """The event_id, or the user_id."""

    def __str__(self) -> str:
        place = f"account {self.account_id or 'unknown'}" + (f", Region {self.region}" if self.region else "")
        return f"{self.stream}: {self.key or 'a row without a key'} of {place} is not mapped. {self.reason.value}"


class UnmappableError(Exception):
    """A row cannot be mapped. It is caught where rows are mapped, and never leaves this package."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
