"""The newest and the lowest allowed versions, and the Pythons that they are tested with."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from tools.allowed_versions import LEFT_OUT, PROJECT, ROOT, dependencies, development_tools, lowest, main, pythons
from tools.locked_requirements import LOCK, toml

POETRY = toml(PROJECT)["tool"]["poetry"]
HERE = f"3.{sys.version_info.minor}"


@pytest.mark.parametrize(
    ("bounds", "version"),
    [(">=7.39,<8", "==7.39"), ("<4,>=3.10.7", "==3.10.7"), (">=3", "==3"), (">=1.4,!=1.5,<2", "==1.4")],
)
def test_the_lowest_version_is_the_lower_bound(bounds: str, version: str) -> None:
    assert lowest(bounds) == version


@pytest.mark.parametrize("bounds", ["<8", "==7.39"])
def test_bounds_without_a_lowest_version_are_an_error(bounds: str) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        lowest(bounds)


def test_the_newest_versions_are_chosen_by_pip_within_the_bounds() -> None:
    sample = {"dependencies": {"python": ">=3.10", "boto3": ">=1.44,<2", "orjson": ">=3.10.7,<4"}}

    assert dependencies(sample, "newest") == {"boto3": ">=1.44,<2", "orjson": ">=3.10.7,<4"}
    assert dependencies(sample, "lowest") == {"boto3": "==1.44", "orjson": "==3.10.7"}


def test_every_dependency_of_the_connector_has_a_lowest_version_that_its_bounds_allow() -> None:
    bounds = dependencies(POETRY, "newest")

    assert {"airbyte-cdk", "boto3", "botocore"} <= bounds.keys()
    for name, version in dependencies(POETRY, "lowest").items():
        assert version.removeprefix("==") in SpecifierSet(bounds[name]), name


def test_development_tools_are_those_of_the_lock_each_with_its_extras_and_markers() -> None:
    sample = {"moto": {"version": ">=5", "extras": ["server", "iam"]}, "types-PyYAML": ">=6", "duckdb": "<2"}
    old, new = 'python_version == "3.10"', 'python_version >= "3.11"'
    packages: list[dict[str, Any]] = [
        {"name": "duckdb", "version": "1.3", "groups": ["dev"], "markers": old},
        {"name": "duckdb", "version": "1.4", "groups": ["dev"], "markers": new},
        {"name": "moto", "version": "5.2.5", "groups": ["dev"]},
        {"name": "types-pyyaml", "version": "6.0.12", "groups": ["main", "dev"], "markers": {"main": old}},
        {"name": "requests", "version": "2.34.2", "groups": ["main", "dev"]},
    ]

    assert list(development_tools({"group": {"dev": {"dependencies": sample}}}, packages)) == [
        "moto[server,iam]==5.2.5",
        "types-PyYAML==6.0.12",
        f"duckdb==1.3 ; ({old})",
        f"duckdb==1.4 ; ({new})",
    ]


def test_every_development_tool_is_installed_but_pyairbyte() -> None:
    found = development_tools(POETRY, toml(LOCK)["package"])

    names = [re.split(r"[\[=]", requirement)[0] for requirement in found]
    assert {*names} == POETRY["group"]["dev"]["dependencies"].keys() - {LEFT_OUT}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one empty folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def command(file: Path, *, code: int) -> None:
    """Make a command that prints a version, and ends with `code`."""
    file.write_text(f"#!/bin/sh\necho 3.{file.name.rpartition('.')[2]}\nexit {code}\n")
    file.chmod(0o755)


def test_the_allowed_pythons_that_run_are_found(path: Path) -> None:
    for name, code in {"python3.9": 0, "python3.11": 0, "python3.12": 127, "python3.13": 0, "python3.14": 0}.items():
        command(path / name, code=code)

    assert pythons(SpecifierSet(">=3.10,<3.14"), []) == {"python3.11": "3.11", "python3.13": "3.13"}


def test_a_python_that_is_named_is_the_only_one_and_has_to_run(path: Path) -> None:
    command(path / "python3.11", code=0)
    command(path / "python3.12", code=127)

    assert pythons(SpecifierSet(">=3.10"), [sys.executable]) == {sys.executable: HERE}
    with pytest.raises(SystemExit, match=r"Not a Python that runs here: python3\.12, python3\.13\.$"):
        pythons(SpecifierSet(">=3.10"), ["python3.11", "python3.12", "python3.13"])


def test_where_no_python_is_found_nothing_passes(path: Path) -> None:
    with pytest.raises(SystemExit, match=r"No Python .* runs here under a name like python3\.10\."):
        pythons(SpecifierSet(">=3.10"), [])


def test_versions_that_cannot_be_installed_are_a_failure_and_the_next_python_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    other = tmp_path / "python"
    other.symlink_to(sys.executable)

    with pytest.raises(SystemExit) as ended:
        main("lowest", [sys.executable, str(other)], [], tmp_path)

    assert ended.value.code == 1
    output = capfd.readouterr().out
    assert output.count(f"== Python {HERE}, lowest versions") == 2
    assert output.endswith(f"\n{HERE}  FAILED  cannot be installed" * 2 + "\n")


@pytest.mark.parametrize("which", ["newest", "lowest"])
def test_make_runs_unit_tests_and_a_read_that_exists(which: str) -> None:
    planned = subprocess.run(
        ["make", "--dry-run", f"test-{which}", "PYTHONS=python3.12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert f'--pythons "python3.12" {which} -q unit_tests ' in planned
    reads = re.findall(r"(\S+\.py)::(\w+)", planned)
    assert reads
    for file, test in reads:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
