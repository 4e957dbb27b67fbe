"""Rows of tables that several example queries read."""

import json
from collections.abc import Sequence
from typing import Any

import duckdb

from tools import queries

HERE = {"account_id": "123456789012", "partition": "aws"}
EVERYTHING = {"effect": "Allow", "actions": ["*"], "resources": ["*"]}


def wide(source: str, name: str, **columns: Any) -> dict[str, Any]:
    """Return a statement that allows everything, unless `columns` say otherwise."""
    return {
        "source_type": source,
        "source_id": name.upper(),
        "identity_id": None if source == "managed" else name.upper(),
        "source_name": name,
        "policy_name": name,
        **EVERYTHING,
        **columns,
    }


def coverage(stream: str, **columns: Any) -> dict[str, Any]:
    """Return a row about a stream that was read completely, unless `columns` say otherwise."""
    return {"region": "global", "stream": stream, "status": "complete", **columns}


def fill(warehouse: duckdb.DuckDBPyConnection, stream: str, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows into the table of a stream. They are of one account unless they say otherwise."""
    here = {name: value for name, value in HERE.items() if name in queries.types()[stream]}
    for row in ({**here, **row} for row in rows):
        values = [json.dumps(value, default=str) if isinstance(value, list | dict) else value for value in row.values()]
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" for _ in row)
        warehouse.execute(f"INSERT INTO {stream} ({names}) VALUES ({marks})", values)  # noqa: S608
