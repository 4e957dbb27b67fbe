"""activity_by_identity from run to run: which days it counts again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from dbt_tests.database import Database
from dbt_tests.project import Dbt

COLUMNS = "event_id, event_time, account_id, event_name, actor_type, actor_principal_id, _airbyte_extracted_at"
TABLE = """\
create table landed_days.audit_events (
  event_id varchar(64), event_time timestamp, account_id varchar(64), event_name varchar(64), actor_type varchar(64),
  actor_principal_id varchar(64), _airbyte_extracted_at timestamp
)"""
# Three days, of which the last one is read until noon.
FIRST = [("a", "2026-03-01 08:00:00"), ("b", "2026-03-07 08:00:00"), ("c", "2026-03-10 08:00:00")]
# More of the last day, the first of another, one that comes late, and one that comes too late. An event comes twice.
LATER = [
    ("c", "2026-03-10 08:00:00"),
    ("d", "2026-03-10 20:00:00"),
    ("e", "2026-03-11 08:00:00"),
    ("f", "2026-03-07 09:00:00"),
    ("g", "2026-03-06 23:59:59"),
]


@pytest.fixture(scope="module")
def days(database: Database) -> Database:
    """A schema of landed tables with events alone, and another one for the models."""
    database.execute("create schema landed_days", TABLE)
    return replace(database, landing="landed_days", schema="of_days")


@pytest.fixture(scope="module")
def counted(days: Database, folder: Path) -> list[dict[str, int]]:
    """{day: events} after a first run, a second one, and one from the beginning."""
    dbt = days.dbt(folder / "days", aws_iam_absent_streams=["users", "identity_center_users"])
    days.execute(insert(FIRST, "2026-03-10 12:00:00"))
    found = [run(dbt, days)]
    # What no run counts again stays as it is.
    days.execute(f"update {days.schema}.activity_by_identity set events = -1 where cast(day as date) = '2026-03-01'")  # noqa: S608 - our own name
    days.execute(insert(LATER, "2026-03-11 12:00:00"))
    return [*found, run(dbt, days), run(dbt, days, "--full-refresh")]


def insert(events: Iterable[tuple[str, str]], extracted_at: str) -> str:
    values = ", ".join(
        f"('{event_id}', '{time}', '1', 'Get', 'IAMUser', 'AIDA', '{extracted_at}')" for event_id, time in events
    )
    return f"insert into landed_days.audit_events ({COLUMNS}) values {values}"  # noqa: S608 - our own values


def run(dbt: Dbt, days: Database, *arguments: str) -> dict[str, int]:
    done = dbt.run("run", "--select", "+activity_by_identity", *arguments)
    assert done.failed == {}, done.log
    rows = days.rows(f"select cast(day as varchar(10)) as day, events from {days.schema}.activity_by_identity")  # noqa: S608 - our own name
    assert len(rows) == len({row["day"] for row in rows})
    return {row["day"]: row["events"] for row in rows}


def test_the_first_run_counts_every_day(counted: list[dict[str, int]]) -> None:
    assert counted[0] == {"2026-03-01": 1, "2026-03-07": 1, "2026-03-10": 1}


def test_the_next_run_counts_the_newest_days_wholly_again(counted: list[dict[str, int]]) -> None:
    """From aws_iam_lookback_days before the newest day on; no event is counted twice, and no older day is touched."""
    assert counted[1] == {"2026-03-01": -1, "2026-03-07": 2, "2026-03-10": 2, "2026-03-11": 1}


def test_a_full_refresh_counts_what_came_too_late(counted: list[dict[str, int]]) -> None:
    assert counted[2] == {"2026-03-01": 1, "2026-03-06": 1, "2026-03-07": 2, "2026-03-10": 2, "2026-03-11": 1}
