"""Adapters that write the SQL of a warehouse which no test can run, and ask DuckDB for tables and columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbt.adapters.base import AdapterPlugin
from dbt.adapters.duckdb import DuckDBAdapter, DuckDBConnectionManager, DuckDBCredentials
from dbt.adapters.duckdb.relation import DuckDBRelation


def plugin(name: str, quote: str = '"') -> Any:
    """Return what dbt takes for the adapter `name`; names are quoted with `quote`."""

    @dataclass
    class Credentials(DuckDBCredentials):  # type: ignore[misc]
        @property
        def type(self) -> str:
            return name

    @dataclass(frozen=True, eq=False, repr=False)
    class Relation(DuckDBRelation):  # type: ignore[misc]
        quote_character: str = field(default=quote)

    class Connections(DuckDBConnectionManager):  # type: ignore[misc]
        TYPE = name

    class Adapter(DuckDBAdapter):  # type: ignore[misc]
        ConnectionManager = Connections

        @classmethod
        def quote(cls, identifier: str) -> str:
            return f"{quote}{identifier}{quote}"

        def get_columns_in_relation(self, relation: Any) -> Any:
            # DuckDB is asked, in its own quotes.
            plain = DuckDBRelation.create(relation.database, relation.schema, relation.identifier)
            return super().get_columns_in_relation(plain)

    Adapter.Relation = Relation
    return AdapterPlugin(
        adapter=Adapter, credentials=Credentials, include_path=str(Path(__file__).parent), dependencies=["duckdb"]
    )
