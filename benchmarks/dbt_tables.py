"""Landed tables of a large organization, made in DuckDB. The tables of EC2 are missing, as where nobody syncs them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from tools.dbt_sources import EXTRACTED, shapes

DAYS: Final = 90
# The newest event is of the second before.
NOW: Final = "2026-11-30 00:00:00"
ABSENT: Final = ["ec2_*"]

_ROWS: Final = Path(__file__).with_name("dbt_tables.sql")
_TYPES: Final = {"text": "varchar", "integer": "bigint", "boolean": "boolean", "json": "json", "timestamp": "timestamp"}


def make_tables(file: Path, per_day: int) -> tuple[int, int]:
    """Make every table that is not absent, with so many events each day. Returns the numbers of users and policies."""
    with duckdb.connect(file) as connection:
        for stream, shape in shapes().items():
            if not stream.startswith("ec2_"):
                columns = ", ".join(f'"{name}" {_TYPES[kind]}' for name, kind in shape["columns"].items())
                extracted = f"{EXTRACTED} timestamp default timestamp '{NOW}'"
                connection.execute(f"create table {stream} ({columns}, {extracted})")
        connection.execute(_ROWS.read_text(encoding="utf-8"))
        _insert_events(connection, 0, DAYS, per_day)
        return connection.execute("select users, policies from sizes").fetchall()[0]


def add_day(file: Path, per_day: int) -> None:
    """Add the events of one more day."""
    with duckdb.connect(file) as connection:
        _insert_events(connection, DAYS, DAYS + 1, per_day)


def _insert_events(connection: duckdb.DuckDBPyConnection, first_day: int, last_day: int, per_day: int) -> None:
    connection.execute(
        "insert into audit_events by name select * from made_events($first, $last, $per_day)",
        {"first": first_day * per_day, "last": last_day * per_day, "per_day": per_day},
    )
