"""The tables as PyAirbyte left them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from embedded_aws.truth import Row, Tables


def tables(cache: Any, streams: Iterable[str]) -> Tables:
    """All rows of a PyAirbyte cache, without the columns that PyAirbyte adds."""
    return {stream: [_row(stored) for stored in _stored(cache, stream)] for stream in streams}


def _stored(cache: Any, stream: str) -> list[Row]:
    rows: list[Row] = cache.run_sql_query(f"select * from {stream}")  # noqa: S608 - our own stream names
    return rows


def _row(stored: Row) -> Row:
    return {column: _value(value) for column, value in stored.items() if not column.startswith("_airbyte_")}


def _value(value: Any) -> Any:
    """PyAirbyte stores times without a zone, so they must be in UTC."""
    return value.replace(tzinfo=timezone.utc) if isinstance(value, datetime) else value
