"""docs/dbt.md: its examples can be copied, and name what the package has."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tools import dbt_page, docs

PAGE = (docs.ROOT / "docs" / "dbt.md").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = yaml.safe_load((dbt_page.PACKAGE / "dbt_project.yml").read_text(encoding="utf-8"))
MODELS = {file.stem for file in (dbt_page.PACKAGE / "models").rglob("*.sql")}


def blocks(kind: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def test_every_profile_has_the_name_that_the_package_asks_for_and_a_target_that_there_is() -> None:
    profiles = [yaml.safe_load(block) for block in blocks("yaml profiles")]
    types = []
    for profile in profiles:
        [output] = profile[PROJECT["profile"]]["outputs"].items()
        assert profile[PROJECT["profile"]]["target"] == output[0]
        types.append(output[1]["type"])
    assert types == ["duckdb", "snowflake", "bigquery", "postgres"]


def test_every_setting_is_of_a_variable_or_a_seed_that_there_is() -> None:
    settings = [yaml.safe_load(block) for block in blocks("yaml project")]
    variables = {name for one in settings for name in one.get("vars", {}).get(PROJECT["name"], {})}
    assert variables
    named = set(re.findall(r"\baws_iam_\w+", PAGE))
    assert variables <= named <= PROJECT["vars"].keys()
    seeds = {name for one in settings for name in one.get("seeds", {}).get(PROJECT["name"], {})}
    assert seeds == {file.stem for file in (dbt_page.PACKAGE / "seeds").glob("*.csv")}


def test_every_stream_that_is_called_absent_exists() -> None:
    [absent] = re.findall(r"aws_iam_absent_streams: (\[.+\])", PAGE)
    for pattern in yaml.safe_load(absent):
        assert any(stream.startswith(pattern.removesuffix("*")) for stream in docs.declared())


@pytest.mark.parametrize("kind", ["cosmos", "dagster"])
def test_python_compiles(kind: str) -> None:
    [block] = blocks(f"python {kind}")
    compile(block, "dbt.md", "exec")


def test_every_model_in_prose_and_on_the_list_exists() -> None:
    listed = {row[0].strip("`") for row in list(dbt_page.dbt_models())[1:]}
    assert {"findings", "identities", "coverage"} <= listed <= MODELS
    referred = re.findall(r"ref\((?:'aws_iam', )?'(\w+)'\)", PAGE)
    assert referred
    assert {*referred} <= MODELS


def test_every_rule_and_every_variable_is_on_a_list() -> None:
    rules = {row[0].strip("`") for row in list(dbt_page.dbt_rules())[1:]}
    assert {f"finding_{rule}" for rule in rules} == {
        file.stem for file in (dbt_page.PACKAGE / "models" / "findings" / "rules").glob("*.sql")
    }
    variables = {name for row in list(dbt_page.dbt_variables())[1:] for name in re.findall(r"\w+", row[0])}
    assert variables == PROJECT["vars"].keys()
    assert all(row[2] for row in dbt_page.dbt_variables())
