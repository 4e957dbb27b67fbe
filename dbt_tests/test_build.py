"""The whole package on the tables of a sync."""

from __future__ import annotations

import pytest

from dbt_tests.database import Database
from dbt_tests.project import Run
from tools.dbt_sources import shapes


def test_every_model_is_built_and_every_test_of_it_passes(built: Run) -> None:
    assert built.failed == {}, built.log
    assert built.exit_code == 0
    assert built.warnings == []


def test_staging_has_the_rows_that_airbyte_landed(built: Run, database: Database) -> None:
    counts = database.rows(
        " union all ".join(
            f"select '{stream}' as stream, (select count(*) from {database.landing}.{stream}) as landed,"  # noqa: S608 - our own names
            f" (select count(*) from {database.schema}.stg_{stream}) as staged"
            for stream in shapes()
        )
    )

    assert [row for row in counts if row["landed"] != row["staged"]] == []
    assert sum(row["landed"] > 0 for row in counts) > 60


@pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_no_query_has_to_wait_for_statistics(built: Run, database: Database) -> None:
    """Without them, PostgreSQL plans joins by guesses, and an answer took minutes. The seed is small."""
    counted = database.rows(
        "select relname, last_analyze is not null as counted from pg_stat_user_tables where schemaname = %s",
        [database.schema],
    )

    assert len(counted) > 60
    assert [row["relname"] for row in counted if not row["counted"]] == ["finding_exceptions"]
