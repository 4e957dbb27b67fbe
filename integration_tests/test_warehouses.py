"""A real client loads real warehouses: PyAirbyte runs the installed command and merges by key, twice."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import EmbeddedAws, Fault, Seed
from embedded_aws.control.changes import Changes, changes
from embedded_aws.truth import Tables, truth_of
from embedded_aws.truth.comparison import first_differences, merged
from integration_tests.conftest import FAST
from integration_tests.forked_command import forking_command
from integration_tests.local_postgres import USER, MissingError, running_postgres
from integration_tests.needed import missing, supported_pyairbyte
from integration_tests.sync.client import Connector, pyairbyte
from integration_tests.sync.overheard import Heard
from integration_tests.sync.warehouse import tables

# AWS account ids are text that looks like a number, and may begin with zeros.
ACCOUNT = "012345678901"
SEED = Seed(users=40, groups=8, events=400)
WAREHOUSES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]
TYPES = {
    # (stream, column): (in DuckDB, in PostgreSQL)
    ("users", "user_id"): ("VARCHAR", "character varying"),
    ("users", "create_date"): ("TIMESTAMP", "timestamp without time zone"),
    ("users", "password_last_used"): ("TIMESTAMP", "timestamp without time zone"),
    ("users", "tags"): ("JSON", "json"),
    ("users", "group_names"): ("JSON", "json"),
    ("groups", "member_count"): ("BIGINT", "bigint"),
    ("audit_events", "event_time"): ("TIMESTAMP", "timestamp without time zone"),
    ("audit_events", "read_only"): ("BOOLEAN", "boolean"),
    ("audit_events", "mfa_authenticated"): ("BOOLEAN", "boolean"),
    ("audit_events", "request_parameters"): ("VARCHAR", "character varying"),
    ("audit_events", "event"): ("JSON", "json"),
}


@dataclass(frozen=True, repr=False)
class Loaded:
    """What AWS held before each of two syncs, and what the warehouse held after it."""

    kind: str
    truths: list[Tables]
    contents: list[Tables]
    heard: list[Heard]
    changed: Changes
    types: dict[tuple[str, str], str]


@pytest.fixture(scope="module", params=WAREHOUSES)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    supported_pyairbyte()
    files = tmp_path_factory.getbasetemp() / "pyairbyte"
    with ExitStack() as stack:
        warehouse = stack.enter_context(warehouse_of(request.param, files, stack))
        aws = stack.enter_context(EmbeddedAws(seed=SEED, lookup_rate=None, account_id=ACCOUNT))
        connector = stack.enter_context(closing(Connector(aws.config(**FAST), files, forking_command())))
        # PyAirbyte also hears that the stream is rate limited.
        aws.fail(Fault("cloudtrail:LookupEvents", "throttle", times=3, after=2))
        truths, contents, heard = [truth_of(aws)], [], [Heard(), Heard()]
        connector.merge(warehouse, heard[0])
        contents.append(tables(warehouse, truths[0]))
        changed = changes(aws)
        truths.append(truth_of(aws))
        connector.merge(warehouse, heard[1])
        contents.append(tables(warehouse, truths[1]))
        yield Loaded(request.param, truths, contents, heard, changed, _types(warehouse))


def test_the_first_sync_brings_every_row_of_aws(loaded: Loaded) -> None:
    assert first_differences(loaded.truths[0], loaded.contents[0]) == []


def test_the_second_sync_updates_the_rows_it_brings_again_and_adds_the_new_ones(loaded: Loaded) -> None:
    assert first_differences(merged(*loaded.truths), loaded.contents[1]) == []


def test_the_second_sync_reads_few_events_and_among_them_the_late_one(loaded: Loaded) -> None:
    new = {*loaded.changed.new_event_ids, loaded.changed.late_event_id}
    assert new <= {row["event_id"] for row in loaded.contents[1]["audit_events"]}
    assert loaded.heard[0].records["audit_events"] == len(loaded.truths[0]["audit_events"])
    assert len(new) <= loaded.heard[1].records["audit_events"] < len(new) + 50


def test_columns_have_types_that_sql_can_work_with(loaded: Loaded) -> None:
    number = 0 if loaded.kind == "duckdb" else 1
    assert {column: loaded.types[column] for column in TYPES} == {
        column: types[number] for column, types in TYPES.items()
    }


def warehouse_of(kind: str, files: Path, stack: ExitStack, name: str = "warehouse") -> Any:
    """An empty warehouse that PyAirbyte loads, one for each name; a PostgreSQL server lives as long as `stack`."""
    if kind == "duckdb":
        return duckdb_at(files / f"{name}.duckdb", files)
    try:
        port = stack.enter_context(running_postgres())
    except MissingError as error:
        missing(str(error))
    return postgres_at(port, files, stack)


def duckdb_at(file: Path, files: Path) -> Any:
    """The warehouse of a file, for PyAirbyte to load."""
    return pyairbyte(files).caches.DuckDBCache(db_path=file, cache_dir=files)


def postgres_at(port: int, files: Path, stack: ExitStack) -> Any:
    """The warehouse of a server that runs, for PyAirbyte to load as long as `stack` lives."""
    _stop_pandas_from_guessing(stack.enter_context(pytest.MonkeyPatch.context()))
    return pyairbyte(files).caches.PostgresCache(
        host="127.0.0.1", port=port, username=USER, password=USER, database=USER, schema_name="public", cache_dir=files
    )


def _stop_pandas_from_guessing(patch: pytest.MonkeyPatch) -> None:
    """Repair the way in which PyAirbyte (0.71) loads all databases but DuckDB.

    It has pandas guess the types of a batch, whatever the stream's schema says. Text that looks like a number
    becomes one: account 012345678901 turns into 12345678901, or 12345678901.0 in a column with nulls. A column
    called event_time becomes times with a zone, which PostgreSQL then stores in the zone of its server.
    """
    pandas = importlib.import_module("pandas")
    patch.setattr(pandas, "read_json", partial(pandas.read_json, dtype=False, convert_dates=False))


def _types(warehouse: Any) -> dict[tuple[str, str], str]:
    columns = warehouse.run_sql_query("select table_name, column_name, data_type from information_schema.columns")
    return {(column["table_name"], column["column_name"]): column["data_type"] for column in columns}
