"""What the tests of the repository share, also with those of the command."""

from collections.abc import Iterator

import duckdb
import pytest

from integration_tests.conftest import aws
from tools import queries

__all__ = ["aws"]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the tables of all streams, as PyAirbyte makes them."""
    with duckdb.connect(":memory:") as connection:
        for stream, columns in queries.types().items():
            listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f"CREATE TABLE {stream} ({listed})")
        yield connection
