"""The databases that the package is tested on: the landed tables, and dbt.

`landing` is the schema of Airbyte's tables, `schema` that of the models. In a query, `%s` stands for a value.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from dbt_tests.project import Dbt
from integration_tests.local_postgres import USER

Row = dict[str, Any]

# Far from UTC, as the server of PostgreSQL is.
_ZONE = "Asia/Tokyo"


@dataclass(frozen=True)
class DuckDb:
    """A file, which one process has at a time: this one only as long as a query takes."""

    file: Path
    landing: str = "main"
    schema: str = "main"
    kind: str = "duckdb"

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._connected() as connection:
            found = connection.execute(sql.replace("%s", "?"), list(values))
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def execute(self, *statements: str) -> None:
        with self._connected() as connection:
            for statement in statements:
                connection.execute(statement)

    def dbt(self, folder: Path, **variables: Any) -> Dbt:
        output = {
            "type": "duckdb",
            "path": str(self.file),
            "schema": self.schema,
            "threads": 2,
            "settings": {"TimeZone": _ZONE},
        }
        return Dbt(output, folder, _variables(self.landing, variables))

    def _connected(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(self.file).execute(f"set TimeZone = '{_ZONE}'")


@dataclass(frozen=True)
class Postgres:
    """A server on loopback."""

    port: int
    landing: str = "public"
    schema: str = "analytics"
    kind: str = "postgres"

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._connected() as connection, connection.cursor() as cursor:
            # Without values, a percent sign stands for itself.
            cursor.execute(sql, list(values) or None)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def execute(self, *statements: str) -> None:
        with self._connected() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def dbt(self, folder: Path, **variables: Any) -> Dbt:
        address = {"host": "127.0.0.1", "port": self.port, "user": USER, "password": USER, "dbname": USER}
        output = {"type": "postgres", **address, "schema": self.schema, "threads": 2}
        return Dbt(output, folder, _variables(self.landing, variables))

    def _connected(self) -> Any:
        # It has no types.
        psycopg2 = importlib.import_module("psycopg2")
        return psycopg2.connect(host="127.0.0.1", port=self.port, user=USER, dbname=USER)


Database = DuckDb | Postgres


def _variables(landing: str, others: Mapping[str, Any]) -> dict[str, Any]:
    return {"aws_iam_schema": landing, **others}
