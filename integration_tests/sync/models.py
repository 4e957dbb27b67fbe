"""The models of the dbt package, made of the tables of a sync, and their tests."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from dbt_tests.project import Dbt
from integration_tests.sync.client import RefusedError
from integration_tests.sync.screen import Screen

_THREADS: Final = 4


def build_models(file: Path, folder: Path, screen: Screen) -> bool:
    """Build them in the DuckDB database in `file`, which nobody else may have open. Returns whether all tests passed.

    dbt keeps in `folder` what it has parsed, so that the next run begins sooner. Unit tests are left out: they are of
    the package and not of the tables, and `make test-dbt` runs them.
    """
    with screen.step("dbt") as step:
        output = {"type": "duckdb", "path": str(file.absolute()), "schema": "main", "threads": _THREADS}
        run = Dbt(output, folder.absolute(), {}).run("build", "--exclude-resource-type", "unit_test")
        statuses = Counter(run.statuses.values())
        if not run.statuses or statuses["error"]:
            raise RefusedError(f"dbt could not build the models. {folder}/logs/dbt.log says why.")
        failed = [name for name, status in run.statuses.items() if status == "fail"]
        step.result = (
            f"{statuses['success']:,} models and seeds, {statuses['pass']:,} tests passed, "
            f"{f'{len(failed):,} failed: ' + ', '.join(failed) if failed else 'none failed'}"
        )
    for warning in run.warnings:
        screen.say(warning)
    return not failed
