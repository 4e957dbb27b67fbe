"""Columns that calls of their own bring. What AWS denies is null, and named in the row's `unavailable_fields`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws_calls.errors import AwsError
from source_aws_iam.aws.reader import Row

# Groups of columns, each with the call that brings them.
ColumnCalls = Mapping[tuple[str, ...], Callable[[], Row]]


def hidden(*groups: tuple[str, ...]) -> Row:
    """Return the columns of all groups as null, and named in `unavailable_fields`."""
    columns = [column for group in groups for column in group]
    return {**dict.fromkeys(columns), "unavailable_fields": columns}


def visible(calls: ColumnCalls) -> Row:
    """Return the columns that the `calls` bring. What AWS denies is null and named in `unavailable_fields`."""
    row: Row = {}
    unavailable: list[str] = []
    for columns, call in calls.items():
        try:
            found = call()
        except AwsError as error:
            if not error.unavailable:
                raise
            found = hidden(columns)
        row |= found
        unavailable += found.get("unavailable_fields", ())
    return {**row, "unavailable_fields": unavailable}


def without(row: Row, *columns: str) -> Row:
    """Return the row without these columns."""
    return {name: value for name, value in row.items() if name not in columns}
