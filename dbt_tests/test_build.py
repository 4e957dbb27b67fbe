"""The whole package on the tables of a sync."""

from __future__ import annotations

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
