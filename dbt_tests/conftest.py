"""Two databases, the tables of a small organization in them, and what dbt makes of these, once for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dbt_tests.database import Database, DuckDb, Postgres
from dbt_tests.landed import Landed, land
from dbt_tests.project import Dbt, Run
from dbt_tests.reported import Reported, reported
from integration_tests.local_postgres import MissingError, running_postgres
from integration_tests.needed import missing, supported_pyairbyte

DATABASES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> DuckDb:
    return DuckDb(tmp_path_factory.mktemp("file") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with ExitStack() as stack:
        try:
            port = stack.enter_context(running_postgres())
        except MissingError as error:
            missing(str(error))
        yield Postgres(port)


@pytest.fixture(scope="session")
def landed(duckdb: DuckDb, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    supported_pyairbyte()
    with ExitStack() as stack:
        # PyAirbyte takes its folder when it is imported.
        yield land(duckdb, postgres, tmp_path_factory.getbasetemp() / "pyairbyte", stack)


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Database:
    """One of both. It is empty until `landed`."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def folder(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(database.kind)


@pytest.fixture(scope="session")
def dbt(database: Database, folder: Path) -> Dbt:
    """The package as a user has it who sets nothing but the schema."""
    return database.dbt(folder / "dbt")


@pytest.fixture(scope="session")
def built(dbt: Dbt, landed: Landed) -> Run:
    """`dbt build`: seeds, models, unit tests and data tests."""
    return dbt.run("build")


@pytest.fixture(scope="session")
def report(built: Run, database: Database, landed: Landed) -> Reported:
    """The page, which is drawn of a DuckDB database: a test has to take that one."""
    assert built.statuses, built.log
    assert database.kind == "duckdb"
    return reported(landed)
