"""The tables of a small embedded organization, as PyAirbyte lands them in DuckDB and in PostgreSQL."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from dbt_tests.attacks import plant_attacks
from dbt_tests.database import DuckDb, Postgres
from embedded_aws import EmbeddedAws, Seed
from embedded_aws.scenarios.access import plant_access
from embedded_aws.scenarios.company import open_company
from embedded_aws.scenarios.risks import plant_risks
from integration_tests.forked_command import forking_command
from integration_tests.sync.client import Connector
from integration_tests.sync.embedded import EXTERNAL_ID, organization_config
from integration_tests.sync.overheard import Heard
from integration_tests.test_warehouses import duckdb_at, postgres_at

SEED = Seed(users=60, groups=8, events=600)


@dataclass(frozen=True)
class Landed:
    """The embedded AWS that the tables are of, which still runs, its accounts, and the file of the tables in DuckDB."""

    aws: EmbeddedAws
    accounts: list[str]
    duckdb: Path


def land(duckdb: DuckDb, postgres: Postgres, files: Path, stack: ExitStack) -> Landed:
    """Sync into both databases. AWS lasts as long as `stack`."""
    aws = stack.enter_context(EmbeddedAws(seed=SEED, lookup_rate=None))
    plant_risks(aws)
    plant_attacks(aws)
    accounts = open_company(aws, EXTERNAL_ID)
    plant_access(aws, accounts)
    connector = stack.enter_context(closing(Connector(organization_config(aws), files, forking_command())))
    connector.streams()
    in_file = duckdb_at(duckdb.file, files)
    for warehouse in (in_file, postgres_at(postgres.port, files, stack)):
        connector.sync(warehouse, Heard())
    # PyAirbyte still holds its file.
    in_file.processor.sql_config.dispose_engine()
    return Landed(aws, accounts, duckdb.file)
