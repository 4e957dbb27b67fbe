"""SQL for warehouses that no test can run: compiled for them, with landed tables, and parsed in their dialects."""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlglot import ErrorLevel

from dbt_tests.landed import Landed
from dbt_tests.project import PACKAGE, Dbt
from dbt_tests.test_macros import TEXT, expressions

DIALECTS = ["snowflake", "bigquery", "redshift"]
MACROS = "\n".join(file.read_text(encoding="utf-8") for file in sorted((PACKAGE / "macros").rglob("*.sql")))


@pytest.fixture(scope="module", params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def dbt(dialect: str, landed: Landed, tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """DuckDB says which columns the tables have; the SQL is the other warehouse's."""
    output = {"type": dialect, "path": str(landed.duckdb), "schema": "main", "threads": 1}
    return Dbt(output, tmp_path_factory.mktemp(dialect), {"aws_iam_schema": "main"})


def test_models_and_analyses_are_sql_of_the_warehouse(dbt: Dbt, dialect: str) -> None:
    run = dbt.run("compile", "--full-refresh", "--select", "resource_type:model", "resource_type:analysis")
    assert run.exit_code == 0, run.log

    files = sorted(dbt.compiled.rglob("*.sql"))
    assert len(files) >= len([*(PACKAGE / "models").rglob("*.sql"), *(PACKAGE / "analyses").rglob("*.sql")])
    for file in files:
        parse(file.read_text(encoding="utf-8"), dialect)


def test_macros_are_sql_of_the_warehouse(dbt: Dbt, dialect: str) -> None:
    compiled = dict(zip(expressions(), dbt.compile(*expressions().values()), strict=True))
    for sql in compiled.values():
        parse(f"select {sql} as found", dialect)
    assert sqlglot.parse_one(compiled["a text as SQL"], read=dialect).this == TEXT


def test_every_dispatched_macro_is_written_for_every_database() -> None:
    dispatched = set(re.findall(r"adapter\.dispatch\('(\w+)', 'aws_iam'\)", MACROS))
    written = set(re.findall(r"{%-? macro (\w+?)__(\w+)\(", MACROS))

    assert len(dispatched) > 10
    assert [
        f"{database}__{name}"
        for name in sorted(dispatched)
        for database in ("duckdb", "postgres", *DIALECTS)
        if not {(database, name), ("default", name)} & written
    ] == []


def parse(sql: str, dialect: str) -> None:
    """Fail with what the dialect does not have."""
    sqlglot.parse_one(sql, read=dialect, error_level=ErrorLevel.RAISE)
