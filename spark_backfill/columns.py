"""The columns of the table, from the connector's JSON schema of audit_events.

| JSON schema | Spark | Parquet |
| --- | --- | --- |
| string | string | string |
| string with format date-time | timestamp | timestamp in UTC, microseconds |
| string with format date | date | date |
| boolean | boolean | boolean |
| integer | bigint | 64 bits |
| number | double | double |
| object, array | string | string: its JSON text |
"""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyarrow as pa
from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from source_aws_iam.cloudtrail import NAME
from source_aws_iam.cloudtrail.record.parsing import moment
from source_aws_iam.sync.loadable import json_text, loadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Kind(NamedTuple):
    """A type in Spark and in Arrow, and what makes its value of that in a row of the connector."""

    spark: DataType
    arrow: pa.DataType
    value: Callable[[Any], Any]


TEXT: Final = Kind(StringType(), pa.string(), loadable)
DAY: Final = Kind(DateType(), pa.date32(), date.fromisoformat)
_TYPES: Final[Mapping[tuple[str, str | None], Kind]] = {
    ("string", None): TEXT,
    ("string", "date-time"): Kind(TimestampType(), pa.timestamp("us", tz="UTC"), moment),
    ("string", "date"): DAY,
    ("boolean", None): Kind(BooleanType(), pa.bool_(), bool),
    ("integer", None): Kind(LongType(), pa.int64(), int),
    ("number", None): Kind(DoubleType(), pa.float64(), float),
    ("object", None): Kind(StringType(), pa.string(), json_text),
    ("array", None): Kind(StringType(), pa.string(), json_text),
}


def columns() -> dict[str, Kind]:
    """Return {column: its type} of audit_events, in the order of the schema."""
    schema = json.loads(files("source_aws_iam").joinpath(f"schemas/{NAME}.json").read_text(encoding="utf-8"))
    return {name: kind_of(declared) for name, declared in schema["properties"].items()}


def kind_of(declared: Mapping[str, Any]) -> Kind:
    """Return the type for a property of a JSON schema. Raises KeyError for one that has no type here."""
    types = declared["type"]
    [name] = [types] if isinstance(types, str) else [one for one in types if one != "null"]
    return _TYPES[name, declared.get("format")]


def spark_schema(kinds: Mapping[str, Kind]) -> StructType:
    """Return the schema for Spark. Every column may be null."""
    return StructType([StructField(name, kind.spark) for name, kind in kinds.items()])


def arrow_schema(kinds: Mapping[str, Kind]) -> pa.Schema:
    """Return the same schema for Arrow."""
    return pa.schema([(name, kind.arrow) for name, kind in kinds.items()])
