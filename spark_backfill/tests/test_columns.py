"""The types of columns, and values that only JSON has."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pyarrow as pa
import pytest

from spark_backfill.columns import arrow_schema, columns, kind_of, spark_schema


@pytest.mark.parametrize(
    ("declared", "spark", "given", "value"),
    [
        ({"type": ["null", "string"]}, "string", "a\0b", "a\ufffdb"),
        ({"type": "boolean"}, "boolean", False, False),
        ({"type": "integer"}, "bigint", 2**40, 2**40),
        ({"type": ["number", "null"]}, "double", 1, 1.0),
        ({"type": "string", "format": "date"}, "date", "2026-03-01", datetime(2026, 3, 1, tzinfo=timezone.utc).date()),
        (
            {"type": "string", "format": "date-time"},
            "timestamp",
            "2026-03-01T09:05:00.5Z",
            datetime(2026, 3, 1, 9, 5, 0, 500_000, tzinfo=timezone.utc),
        ),
        ({"type": ["null", "object"]}, "string", {"ö": [1, None]}, '{"ö":[1,null]}'),
        ({"type": ["null", "array"]}, "string", [{}], "[{}]"),
    ],
)
def test_a_type_of_json_schema_is_one_of_spark(declared: dict[str, Any], spark: str, given: Any, value: Any) -> None:
    kind = kind_of(declared)
    assert (kind.spark.simpleString(), kind.value(given)) == (spark, value)
    assert pa.array([kind.value(given), None], kind.arrow).to_pylist() == [value, None]


def test_a_property_of_a_type_that_has_no_column_is_refused() -> None:
    with pytest.raises(KeyError):
        kind_of({"type": "string", "format": "time"})


def test_every_column_of_audit_events_has_a_type_in_spark_and_in_arrow() -> None:
    found = columns()
    types = {field.name: field.dataType.simpleString() for field in spark_schema(found)}
    assert (types["account_id"], types["event_time"], types["event"]) == ("string", "timestamp", "string")
    assert arrow_schema(found).names == [*types]
    assert len(types) > 50
