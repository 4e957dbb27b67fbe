"""Tables that are not as they should be: rows repeated or gone, tables and columns missing, other types."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dbt_tests.database import Database
from dbt_tests.project import Run
from tools.dbt_sources import shapes

TABLES = {
    # Airbyte's numbers of syncs: LEFT is gone since sync 10, which wrote STAYS twice. Its times have a zone.
    "access_keys": """\
create table odd.x_access_keys (
  access_key_id text, account_id text, partition text, user_id text, user_name text, user_arn text, status text,
  create_date timestamp with time zone, last_used_date timestamp with time zone, last_used_service text,
  last_used_region text, unavailable_fields json, _airbyte_extracted_at timestamp with time zone, _airbyte_meta json,
  _airbyte_generation_id bigint
)""",
    # What PyAirbyte says of syncs: nothing.
    "groups": "create table odd.x_groups (group_id text, _airbyte_extracted_at timestamp, _airbyte_meta json)",
    # Generations alone. A time is text.
    "policies": """\
create table odd.x_policies (
  policy_id text, create_date text, _airbyte_extracted_at timestamp, _airbyte_generation_id bigint
)""",
    # Events are no inventory.
    "audit_events": """\
create table odd.x_audit_events (
  event_id text, event_time timestamp with time zone, _airbyte_extracted_at timestamp, _airbyte_meta json
)""",
}
ROWS = {
    "access_keys": """\
('LEFT', '1', 'aws', null, null, null, 'Active', null, null, null, null, null, '2026-01-01 00:00:00+00',
  '{"sync_id": 9, "changes": []}', 0),
('STAYS', '1', 'aws', null, null, null, 'Active', null, null, null, null, null, '2026-01-01 00:00:01+00',
  '{"sync_id": 9, "changes": []}', 0),
('STAYS', '1', 'aws', null, null, null, 'Expired', null, null, null, null, null, '2026-01-02 00:00:00+00',
  '{"sync_id": 10, "changes": []}', 0),
('STAYS', '1', 'aws', null, null, null, 'Inactive', null, '2026-01-02 01:00:00+02', null, null, '["x"]',
  '2026-01-02 00:01:00+00', '{"sync_id": 10, "changes": []}', 0)""",
    "groups": "('LEFT', '2020-01-01', '{}'), ('STAYS', '2026-01-01', '{}'), ('STAYS', '2026-01-02', '{}')",
    "policies": "('LEFT', null, '2026-01-01', 1), ('STAYS', '2026-01-01T02:00:00Z', '2026-01-02', 2)",
    "audit_events": """\
('old', '2026-01-01 00:00:00+00', '2026-01-01', '{"sync_id": 9}'),
('new', '2026-01-02 00:00:00+00', '2026-01-02', '{"sync_id": 10}'),
('new', '2026-01-02 00:00:00+00', '2026-01-03', '{"sync_id": 11}')""",
}


@pytest.fixture(scope="module")
def odd(database: Database) -> Database:
    """Another schema of landed tables, with a table prefix, and another one for the models."""
    rows = [f"insert into odd.x_{name} values {values}" for name, values in ROWS.items()]  # noqa: S608 - our own names
    database.execute("create schema odd", *TABLES.values(), *rows)
    return replace(database, landing="odd", schema="of_odd")


@pytest.fixture(scope="module")
def staged_odd(odd: Database, folder: Path) -> Run:
    dbt = odd.dbt(
        folder / "odd",
        aws_iam_table_prefix="x_",
        aws_iam_absent_streams=["ec2_*", "trails"],
        aws_iam_last_sync_began="2020-06-01 00:00:00",
    )
    return dbt.run("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def staged(database: Database, name: str, columns: str) -> list[tuple[object, ...]]:
    rows = database.rows(f"select {columns} from {database.schema}.stg_{name} order by 1")  # noqa: S608 - our own names
    return [tuple(row.values()) for row in rows]


def test_everything_is_built_of_what_is_there(staged_odd: Run) -> None:
    assert staged_odd.failed == {}, staged_odd.log


def test_a_missing_table_is_named_unless_it_is_said_to_be_absent(staged_odd: Run) -> None:
    named = {
        stream for stream in shapes() if any(f"Select the stream {stream} in" in one for one in staged_odd.warnings)
    }

    absent = {"trails", *(stream for stream in shapes() if stream.startswith("ec2_"))}
    assert named == {*shapes()} - {*TABLES} - absent


def test_missing_columns_are_named_and_null(staged_odd: Run, odd: Database) -> None:
    [warning] = [one for one in staged_odd.warnings if "stg_groups" in one]
    lacking = [name for name in shapes()["groups"]["columns"] if name != "group_id"]

    assert f"stg_groups: {', '.join(lacking)}. A sync with a newer version" in warning
    assert not [one for one in staged_odd.warnings if "stg_access_keys" in one]
    assert staged(odd, "groups", "group_id, group_name, member_count") == [("STAYS", None, None)]


def test_the_newest_row_of_a_key_is_left(staged_odd: Run, odd: Database) -> None:
    assert staged(odd, "access_keys", "access_key_id, status") == [("STAYS", "Inactive")]


def test_of_an_inventory_only_rows_of_the_last_sync_are_left(staged_odd: Run, odd: Database) -> None:
    assert staged(odd, "policies", "policy_id") == [("STAYS",)]
    assert staged(odd, "groups", "group_id") == [("STAYS",)]


def test_events_of_all_syncs_are_left_once(staged_odd: Run, odd: Database) -> None:
    assert staged(odd, "audit_events", "event_id, _airbyte_extracted_at") == [
        ("new", datetime(2026, 1, 3)),  # noqa: DTZ001 - as the models have times
        ("old", datetime(2026, 1, 1)),  # noqa: DTZ001
    ]


def test_times_are_utc_whatever_type_they_landed_in(staged_odd: Run, odd: Database) -> None:
    assert staged(odd, "access_keys", "last_used_date") == [(datetime(2026, 1, 1, 23),)]  # noqa: DTZ001
    assert staged(odd, "policies", "create_date") == [(datetime(2026, 1, 1, 2),)]  # noqa: DTZ001


@pytest.mark.usefixtures("built")
def test_an_empty_relation_has_the_types_of_a_full_one(staged_odd: Run, odd: Database, database: Database) -> None:
    """The other schema has all of the tables."""

    def types(schema: str) -> dict[str, str]:
        return {
            f"{row['table_name']}.{row['column_name']}": row["data_type"]
            for row in database.rows(
                "select table_name, column_name, data_type from information_schema.columns where table_schema = %s",
                [schema],
            )
            if row["table_name"].startswith("stg_")
        }

    assert types(odd.schema) == types(database.schema)
    assert len(types(odd.schema)) > 1000
