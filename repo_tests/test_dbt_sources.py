"""The dbt package knows every stream and column of the connector, and is installed with versions that fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import dbt_sources
from tools.docs import ROOT
from tools.locked_requirements import LOCK, toml

PACKAGE = ROOT / "dbt"


def versions(lock: Path) -> dict[str, str]:
    return {package["name"]: package["version"] for package in toml(lock)["package"]}


def test_what_is_generated_in_the_package_is_current() -> None:
    dbt_sources.main(["--check"])


def test_a_stale_or_left_over_file_is_named(tmp_path: Path) -> None:
    for folder in ("macros", "models/sources", "models/staging"):
        (tmp_path / folder).mkdir(parents=True)
    dbt_sources.main([], tmp_path)
    (tmp_path / "models" / "staging" / "stg_users.sql").write_text("select 1\n", encoding="utf-8")
    (tmp_path / "models" / "staging" / "stg_of_no_stream.yml").touch()

    with pytest.raises(SystemExit, match=r"Stale: stg_of_no_stream\.yml, stg_users\.sql\."):
        dbt_sources.main(["--check"], tmp_path)


def test_every_model_and_each_column_of_it_is_described_in_a_file_of_its_name() -> None:
    undescribed = []
    for model in (PACKAGE / "models").rglob("*.sql"):
        described: dict[str, Any] = yaml.safe_load(model.with_suffix(".yml").read_text(encoding="utf-8"))
        [entry] = described["models"]
        assert entry["name"] == model.stem
        # The columns of a rule are those of `findings`, and described there.
        columns = [] if model.parent.name == "rules" else entry["columns"]
        undescribed += [f"{model.stem}.{column['name']}" for column in columns if not column["description"]]
        undescribed += [] if entry["description"] else [model.stem]
    assert undescribed == []


def test_dbt_opens_duckdb_files_with_the_version_that_pyairbyte_writes_them_with() -> None:
    assert versions(PACKAGE / "poetry.lock")["duckdb"] == versions(LOCK)["duckdb"]
