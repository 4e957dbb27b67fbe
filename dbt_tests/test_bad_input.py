"""All models of tables that are empty, repeated, missing, or of an older connector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dbt_tests.database import Database
from dbt_tests.landed import Landed
from dbt_tests.project import Run
from tools.dbt_sources import shapes

ODD = ("empty", "repeated", "older")
# Without these there is nothing to say of identities. Each lacks what findings would be made of.
OLDER = {
    "users": ("mfa_active", "last_activity_at"),
    "roles": ("role_last_used_date", "tags"),
    "access_keys": ("last_used_date",),
    "sync_coverage": ("missing_action",),
}
# These depend on when the models were made.
OF_THE_CLOCK = {"evaluated_at", "days_since_use", "inactive_days"}


# Odd tables of PostgreSQL are staged in test_staging.py. What is made of staging models differs in their rows alone.
pytestmark = pytest.mark.parametrize("database", ["duckdb"], indirect=True)


@pytest.fixture(scope="module")
def odd(database: Database, landed: Landed) -> dict[str, Database]:
    """{kind of oddity: the schemas of its tables and of its models}."""
    databases = {name: replace(database, landing=f"landed_{name}", schema=f"of_{name}") for name in ODD}
    database.execute(*(f"create schema {one.landing}" for one in databases.values()))
    for name, one in databases.items():
        for stream in OLDER if name == "older" else shapes():
            database.execute(*statements(name, f"{database.landing}.{stream}", f"{one.landing}.{stream}", stream))
    return databases


def statements(oddity: str, table: str, copy: str, stream: str) -> Iterator[str]:
    """SQL that makes the odd copy of a landed table."""
    if oddity == "empty":
        yield f"create table {copy} as select * from {table} where false"  # noqa: S608 - our own names, here and below
        return
    yield f"create table {copy} as select * from {table}"  # noqa: S608
    if oddity == "older":
        yield from (f"alter table {copy} drop column {column}" for column in OLDER[stream])
        return
    # A sync of a day before, and the last one twice.
    yield f"update {copy} set _airbyte_extracted_at = _airbyte_extracted_at - interval '1 day'"  # noqa: S608
    yield from [f"insert into {copy} select * from {table}"] * 2  # noqa: S608


@pytest.fixture(scope="module")
def runs(odd: dict[str, Database], folder: Path) -> dict[str, Run]:
    """dbt makes seeds and models of each."""
    only = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    return {name: one.dbt(folder / name).run("build", *only) for name, one in odd.items()}


@pytest.mark.parametrize("oddity", ODD)
def test_everything_is_built(oddity: str, runs: dict[str, Run]) -> None:
    assert runs[oddity].failed == {}, runs[oddity].log
    assert len(runs[oddity].statuses) > len(shapes())


def test_empty_tables_make_empty_models(runs: dict[str, Run], odd: dict[str, Database]) -> None:
    """But for models that say what there is: rules, and streams of which no sync said anything."""
    assert runs["empty"].warnings == []
    assert {name for name, rows in models(odd["empty"]).items() if rows} == {"coverage", "finding_rules"}


def test_repeated_rows_change_nothing(
    runs: dict[str, Run], odd: dict[str, Database], built: Run, database: Database
) -> None:
    assert runs["repeated"].warnings == []
    expected = models(database)
    found = models(odd["repeated"])
    assert expected.keys() == found.keys()
    assert [name for name in expected if expected[name] != found[name]] == []
    assert sum(map(len, expected.values())) > 1000


def test_missing_tables_and_columns_are_named(runs: dict[str, Run]) -> None:
    named = {stream for stream in shapes() for one in runs["older"].warnings if f"Select the stream {stream} in" in one}
    assert named == {*shapes()} - {*OLDER}
    for stream, columns in OLDER.items():
        assert any(f"stg_{stream}: {', '.join(columns)}. A sync" in one for one in runs["older"].warnings), stream
    assert len(runs["older"].warnings) == len(shapes())


def test_nothing_is_claimed_of_a_column_that_is_missing(runs: dict[str, Run], odd: dict[str, Database]) -> None:
    schema = odd["older"].schema
    found = odd["older"].rows(f"select rule, status, count(*) from {schema}.findings group by rule, status")  # noqa: S608

    assert {(row["rule"], row["status"]) for row in found} == {
        ("old_access_key", "found"),
        ("two_active_access_keys", "found"),
        *((rule, "unknown") for rule in ("unused_access_key", "unused_role", "unused_user", "user_without_mfa")),
    }


def models(database: Database) -> dict[str, Counter[tuple[object, ...]]]:
    """{model: its rows}, staging apart."""
    names = database.rows(
        "select table_name, column_name from information_schema.columns where table_schema = %s order by 1, 2",
        [database.schema],
    )
    columns: dict[str, list[str]] = {}
    streams = {*shapes()}
    for name in names:
        table, column = str(name["table_name"]), str(name["column_name"])
        # In DuckDB, the landed tables are in the schema of the models.
        if table not in streams and not table.startswith(("stg_", "_airbyte")) and column not in OF_THE_CLOCK:
            columns.setdefault(table, []).append(f'"{column}"')
    return {
        table: Counter(
            tuple(map(str, row.values()))
            for row in database.rows(f"select {', '.join(chosen)} from {database.schema}.{table}")  # noqa: S608
        )
        for table, chosen in columns.items()
    }
