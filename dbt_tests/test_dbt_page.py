"""docs/dbt.md: the package is installed as it says, into a project that has exceptions of its own."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
import yaml

from dbt_tests.database import Database, DuckDb
from dbt_tests.landed import Landed
from dbt_tests.project import PACKAGE, Dbt, Run
from repo_tests.test_dbt_page import blocks

pytestmark = pytest.mark.parametrize("database", ["duckdb"], indirect=True)
EXCEPTIONS = "rule,account,resource,reason,expires_on\nuser_without_mfa,*,*,They are to get keys,2099-01-01\n"


@pytest.fixture(scope="module")
def installed(database: Database, landed: Landed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run, DuckDb]:
    """What `dbt deps` and a build of findings said, and the database."""
    folder = tmp_path_factory.mktemp("installed")
    project = folder / "project"
    (project / "seeds").mkdir(parents=True)
    (project / "seeds" / "finding_exceptions.csv").write_text(EXCEPTIONS, encoding="utf-8")
    local = blocks("yaml packages")[0].replace("../source-aws-iam/dbt", str(PACKAGE))
    (project / "packages.yml").write_text(local, encoding="utf-8")
    settings: dict[str, Any] = {"name": "acme", "version": "1.0.0", "config-version": 2, "profile": "aws_iam"}
    for block in blocks("yaml project"):
        settings.update(yaml.safe_load(block.replace("airbyte_aws", "main")))
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    copy = folder / landed.duckdb.name
    shutil.copyfile(landed.duckdb, copy)
    output = {"type": "duckdb", "path": str(copy), "schema": "main", "threads": 2}
    dbt = Dbt(output, folder / "dbt", {}, project)
    deps = dbt.run("deps")
    built = dbt.run("build", "--select", "+findings", "--exclude-resource-type", "test", "unit_test")
    return deps, built, DuckDb(copy, schema="main_aws_iam")


def test_a_project_that_installs_the_package_from_a_folder_builds_findings(
    installed: tuple[Run, Run, DuckDb],
) -> None:
    deps, built, _ = installed
    assert deps.exit_code == 0, deps.log
    assert (built.exit_code, built.failed) == (0, {}), built.log
    # The page names the streams that are absent there, and more of them are.
    assert [warning for warning in built.warnings if "ec2_" in warning or "identity_center_" in warning] == []


def test_its_exceptions_take_the_place_of_those_of_the_package(installed: tuple[Run, Run, DuckDb]) -> None:
    database = installed[2]
    query = f"select rule, is_excepted from {database.schema}.findings"  # noqa: S608 - our own schema
    found = {(row["rule"], row["is_excepted"]) for row in database.rows(query)}
    assert ("user_without_mfa", True) in found
    assert {rule for rule, is_excepted in found if is_excepted} == {"user_without_mfa"}
    # Of streams that the page calls absent, nothing is found, though the tables are there.
    assert {rule for rule, _ in found}.isdisjoint({"open_security_group", "public_snapshot"})
