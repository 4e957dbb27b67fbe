"""The schema of the files of a class. All files of a class have the same one, whatever their rows hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

import pyarrow as pa
from pyarrow import json as pa_json

from destination_security_lake.ocsf.classes import EventClass
from destination_security_lake.ocsf.columns import COLUMNS, Column, ListOf, Scalar, Struct

_TYPES: Final[Mapping[Scalar, pa.DataType]] = {
    Scalar.STRING: pa.string(),
    Scalar.INT32: pa.int32(),
    Scalar.INT64: pa.int64(),
    Scalar.BOOLEAN: pa.bool_(),
    Scalar.TIMESTAMP: pa.timestamp("ms", tz="UTC"),
    Scalar.STRING_MAP: pa.map_(pa.string(), pa.string()),
}
# pyarrow reads no maps from JSON.
_PAIRS: Final = pa.list_(pa.struct([("key", pa.string()), ("value", pa.string())]))
_TYPES_OF_JSON: Final[Mapping[Scalar, pa.DataType]] = {**_TYPES, Scalar.STRING_MAP: _PAIRS}


@cache
def schema(event_class: EventClass) -> pa.Schema:
    """Return the columns of a class with the types that Security Lake's own tables have."""
    return _schema(event_class, _TYPES)


def table(event_class: EventClass, rows: Iterable[bytes]) -> pa.Table:
    """Return rows, each a line of JSON as `row_line` writes it, in the schema of their class.

    Raises ArrowInvalid for a row that has other columns or types, which is a bug.
    """
    text = b"".join(rows)
    found = pa_json.read_json(
        pa.BufferReader(text),
        # One block, and so one chunk.
        pa_json.ReadOptions(use_threads=False, block_size=len(text) + 1),
        pa_json.ParseOptions(explicit_schema=_schema_of_json(event_class), unexpected_field_behavior="error"),
    )
    columns = [_column(found[field.name].combine_chunks(), field.type) for field in schema(event_class)]
    return pa.table(columns, schema(event_class))


@cache
def _schema_of_json(event_class: EventClass) -> pa.Schema:
    return _schema(event_class, _TYPES_OF_JSON)


def _schema(event_class: EventClass, types: Mapping[Scalar, pa.DataType]) -> pa.Schema:
    return pa.schema([(name, _type(column, types)) for name, column in COLUMNS[event_class].items()])


def _type(column: Column, types: Mapping[Scalar, pa.DataType]) -> pa.DataType:
    if isinstance(column, Struct):
        return pa.struct([(name, _type(inner, types)) for name, inner in column.fields.items()])
    if isinstance(column, ListOf):
        return pa.list_(_type(column.item, types))
    return types[column]


def _column(values: pa.Array, of_type: pa.DataType) -> pa.Array:
    if not pa.types.is_map(of_type):
        return values
    keys, texts = values.values.flatten()
    return pa.MapArray.from_arrays(values.offsets, keys, texts, type=of_type, mask=values.is_null())
