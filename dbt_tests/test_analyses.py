"""The analyses that are published in docs/queries answer with dbt as they do without it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from dbt_tests.database import Database, DuckDb, Row
from dbt_tests.landed import Landed
from dbt_tests.project import Dbt, Run
from tools import analyses


@pytest.fixture(scope="module")
def compiled(built: Run, dbt: Dbt) -> dict[str, str]:
    """The SQL of each analysis for this database."""
    assert built.statuses, built.log
    run = dbt.run("compile", "--select", *(f"path:analyses/{name}.sql" for name in analyses.NAMES))
    assert run.exit_code == 0, run.log
    return {file.stem: file.read_text(encoding="utf-8") for file in (dbt.compiled / "analyses").glob("*.sql")}


@pytest.fixture(scope="module")
def published(landed: Landed) -> dict[str, list[Row]]:
    """What the published queries answer on the landed tables of DuckDB."""
    return {name: DuckDb(landed.duckdb).rows(analyses.parts(name)[2]) for name in analyses.NAMES}


@pytest.mark.parametrize("name", analyses.NAMES)
def test_an_analysis_answers_what_is_published(
    name: str, compiled: dict[str, str], published: dict[str, list[Row]], database: Database
) -> None:
    assert comparable(database.rows(compiled[name])) == comparable(published[name])


def test_most_of_them_have_an_answer(published: dict[str, list[Row]]) -> None:
    without = {name for name, rows in published.items() if not rows}
    # Nobody leaves a group and nothing fails in this organization.
    assert without == {"left_groups", "unread_streams", "incomplete_rows", "failed_accounts"}


def test_findings_has_the_administrators_that_the_published_query_has(
    published: dict[str, list[Row]], built: Run, database: Database
) -> None:
    query = f"select resource_arn from {database.schema}.findings where rule = %s"  # noqa: S608 - our own schema
    found = database.rows(query, ["administrator_without_mfa"])
    assert sorted(row["resource_arn"] for row in found) == sorted(row["arn"] for row in published["admins_without_mfa"])
    assert found


def comparable(rows: list[Row]) -> Counter[str]:
    """Databases order names and write JSON in ways of their own."""
    return Counter(json.dumps({name: _plain(value) for name, value in row.items()}, default=str) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.dumps(json.loads(value), sort_keys=True)
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value
