"""A sync of a real account: read once, with calls that only read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from integration_tests.sync.client import RefusedError
from integration_tests.sync.questions import ask
from integration_tests.sync.report import report
from integration_tests.sync.screen import Screen
from integration_tests.sync.steps import BUILD, REPORT, connect, database, model, sync


def sync_account(screen: Screen, file: Path) -> None:
    """The database stays, so the next run continues from this one."""
    connector = connect(_config(file), screen)
    database_file = BUILD / f"aws_iam_{file.stem}.duckdb"
    with database(database_file) as warehouse:
        done = sync(connector, warehouse, "sync 1", screen)
        report([done], {stream: _count(warehouse, stream) for stream in connector.streams()}, screen)
        ask(warehouse, screen)
        screen.say()
        model(warehouse, database_file, f"The account of {file.name}", screen)
    screen.say(f"Database: {database_file}\nReport: {REPORT}")


def _config(file: Path) -> dict[str, Any]:
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RefusedError(f"The config file {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise RefusedError(f"The config file {file} is not JSON: {error}.") from error
    if not isinstance(config, dict):
        raise RefusedError(f"The config file {file} must hold a JSON object.")
    return config


def _count(warehouse: Any, stream: str) -> int:
    rows: int = warehouse.run_sql_query(f"select count(*) as rows from {stream}")[0]["rows"]  # noqa: S608
    return rows
