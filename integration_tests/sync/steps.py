"""The steps of every run: check, discover, sync, and the models of what was loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from integration_tests.report_page.page import write_report
from integration_tests.sync.client import Connector, pyairbyte
from integration_tests.sync.models import build_models
from integration_tests.sync.report import Sync
from integration_tests.sync.screen import Screen

BUILD: Final = Path("build")
LOG: Final = BUILD / "sync.log"
REPORT: Final = BUILD / "report.html"
_PYAIRBYTE: Final = BUILD / "pyairbyte"
_DBT: Final = BUILD / "dbt_of_sync"


def connect(config: Mapping[str, Any], screen: Screen) -> Connector:
    with screen.step("PyAirbyte") as step:
        version = pyairbyte(_PYAIRBYTE).version.get_version()
        step.result = f"{version}, offline"
    connector = Connector(config, _PYAIRBYTE)
    with screen.step("check") as step:
        remark = connector.check()
        step.result = f"succeeded: {remark}" if remark else "succeeded"
    with screen.step("discover") as step:
        step.result = ", ".join(connector.streams())
    return connector


def database(file: Path) -> Any:
    """The DuckDB database in `file`, as PyAirbyte writes to it."""
    return pyairbyte(_PYAIRBYTE).caches.DuckDBCache(db_path=file, cache_dir=_PYAIRBYTE)


def sync(connector: Connector, warehouse: Any, title: str, screen: Screen) -> Sync:
    done = Sync()
    with screen.step(title) as step:
        step.result = done.heard
        connector.sync(warehouse, done.heard)
        done.seconds = step.seconds
    return done


def model(warehouse: Any, file: Path, source: str, screen: Screen) -> bool:
    """Build the models of the dbt package in the database, and draw the page of them. Returns whether all tests passed.

    `source` says in a few words what was read.
    """
    # DuckDB lets one process have a file.
    warehouse.processor.sql_config.dispose_engine()
    passed = build_models(file, _DBT, screen)
    write_report(file, REPORT, source)
    return passed
