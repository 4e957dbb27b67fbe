"""The tables of a small embedded organization, as PyAirbyte lands them in DuckDB and in PostgreSQL."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt_tests.attacks import plant_attacks
from embedded_aws import EmbeddedAws, Seed
from embedded_aws.scenarios.access import plant_access
from embedded_aws.scenarios.company import open_company
from embedded_aws.scenarios.risks import plant_risks
from integration_tests.forked_command import forking_command
from integration_tests.sync.client import Connector
from integration_tests.sync.embedded import EXTERNAL_ID, organization_config
from integration_tests.sync.overheard import Heard
from integration_tests.test_warehouses import warehouse_of

SEED = Seed(users=60, groups=8, events=600)


@dataclass(frozen=True)
class Landed:
    """Where the tables are, and the embedded AWS that they are of, which is still running, with its accounts."""

    aws: EmbeddedAws
    accounts: list[str]
    duckdb: Path
    port: int


def land(files: Path, stack: ExitStack) -> Landed:
    """Sync into both databases. They last as long as `stack`."""
    aws = stack.enter_context(EmbeddedAws(seed=SEED, lookup_rate=None))
    plant_risks(aws)
    plant_attacks(aws)
    accounts = open_company(aws, EXTERNAL_ID)
    plant_access(aws, accounts)
    connector = stack.enter_context(closing(Connector(organization_config(aws), files, forking_command())))
    connector.streams()
    warehouses: dict[str, Any] = {}
    for kind in ("duckdb", "postgres"):
        warehouses[kind] = warehouse_of(kind, files, stack)
        connector.sync(warehouses[kind], Heard())
    # PyAirbyte still holds its file.
    warehouses["duckdb"].processor.sql_config.dispose_engine()
    return Landed(aws, accounts, files / "warehouse.duckdb", warehouses["postgres"].port)
