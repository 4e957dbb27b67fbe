"""A row as a line of text that sorts: by partition, time, id and content.

    6003 <tab> 123456789012 <tab> 20260301 <tab> 0 <tab> time <tab> id <tab> JSON <newline>

JSON has neither tabs nor newlines of its own, so the order of the lines' bytes is the order of the rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import orjson

from destination_security_lake.ocsf.classes import CLASSES, EventClass
from destination_security_lake.ocsf.json_values import Json
from destination_security_lake.ocsf.results import OcsfRow

_CLASSES: Final = {b"%d" % of_class.uid: of_class for of_class in CLASSES}
_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
# What stands in a key of S3, and in a partition of Glue, as it is.
_PLAIN: Final = re.compile(r"[\w.-]{1,64}", re.ASCII)
_EPOCH: Final = date(1970, 1, 1).toordinal()
_MILLISECONDS_OF_A_DAY: Final = 86_400_000
LARGE: Final = 512 << 10
"""Bytes of JSON of the largest row that is not written by itself."""

# Makes a time of 64 bits positive, so that its digits sort.
_SHIFT: Final = 1 << 63
_SEPARATOR: Final = b"\t"


@dataclass(frozen=True)
class Partition:
    """What the rows of a file have in common. `day` is YYYYMMDD, of the events' time in UTC.

    Rows of more than LARGE bytes stand in files of their own, which are written in another way.
    """

    event_class: EventClass
    account: str
    day: str
    is_large: bool


JsonLine = bytes
"""A row as JSON, with a newline."""


class RowLine(NamedTuple):
    """A line, read again."""

    partition: bytes
    identity: tuple[bytes, bytes]
    """The same for rows of the same event."""
    json: JsonLine


def row_line(row: OcsfRow) -> bytes:
    """Return the line of a row. The same row has the same line, in whatever order its unmapped fields come.

    Raises TypeError for a row that JSON cannot hold, which is a bug: the mapping leaves no such values.
    """
    attributes = row.attributes
    uid = attributes["metadata"].get("uid")
    json = orjson.dumps({**attributes, **_pairs(attributes)}, option=orjson.OPT_APPEND_NEWLINE)
    fields = (
        b"%d" % row.event_class.uid,
        _account(attributes).encode(),
        _day(attributes["time"]).encode(),
        b"%d" % (len(json) > LARGE),
        b"%016x" % (attributes["time"] + _SHIFT),
        orjson.dumps(uid) if uid else b"",
        json,
    )
    return _SEPARATOR.join(fields)


def parsed(line: bytes) -> RowLine:
    """Return what a line of `row_line` holds."""
    *partition, time, uid, json = line.split(_SEPARATOR)
    return RowLine(_SEPARATOR.join(partition), (time, uid or json), json)


def partition_of(text: bytes) -> Partition:
    """Return the partition of lines, from the text that begins them."""
    of_class, account, day, is_large = text.split(_SEPARATOR)
    return Partition(_CLASSES[of_class], account.decode(), day.decode(), is_large == b"1")


def _account(attributes: Json) -> str:
    """Return the value of accountId: the account that the record is about.

    AWS asks for `external` where that is no AWS account, and for what tells several of them apart. A user of IAM
    Identity Center is of an identity store.
    """
    account = attributes["cloud"].get("account", {}).get("uid")
    if account and _ACCOUNT.fullmatch(account):
        return str(account)
    other = account or attributes.get("user", {}).get("domain") or ""
    return f"external_{other}" if _PLAIN.fullmatch(other) else "external"


def _day(time: int) -> str:
    return date.fromordinal(_EPOCH + time // _MILLISECONDS_OF_A_DAY).isoformat().replace("-", "")


def _pairs(attributes: Json) -> dict[str, Json]:
    """Return the fields of a map as pairs, in an order that does not depend on the source's."""
    unmapped = attributes.get("unmapped")
    return {"unmapped": [{"key": name, "value": unmapped[name]} for name in sorted(unmapped)]} if unmapped else {}
