"""The import contracts of pyproject.toml: each is kept, and each can be broken."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.locked_requirements import LOCK, toml

PROJECT = LOCK.parent / "pyproject.toml"
ALLOWED = {
    "run": "def run():\n    import source_aws_iam.cli.command",
    "cli.command": "import source_aws_iam.source",
    "source": "from airbyte_cdk.sources import AbstractSource",
    "check": "import source_aws_iam.iam.users\nimport source_aws_iam.cloudtrail",
    "iam.users": "from source_aws_iam.streams import account\nfrom airbyte_cdk.models import Type",
    "streams.account": "import source_aws_iam.sync",
    "sync.accounts": "import source_aws_iam.config\nimport source_aws_iam.aws.clients",
    "aws.clients": "import boto3\nfrom botocore.session import Session",
}
DIRECTION = "A package imports only what stands below it, and services do not import each other"
BOTO3 = "Only source_aws_iam.aws imports boto3 and botocore"
AIRBYTE = "source_aws_iam.aws knows nothing of Airbyte"
TESTS = "The connector imports no tests, no embedded AWS, no benchmarks and no tools"
CONTRACTS = {contract["name"]: contract for contract in toml(PROJECT)["tool"]["importlinter"]["contracts"]}
LAYERS = [name for layer in CONTRACTS[DIRECTION]["layers"] for name in layer.split(" | ")]
KEPT_OUT = CONTRACTS[TESTS]["forbidden_modules"]
FOR_TYPES = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "


def write(folder: Path, module: str, code: str) -> None:
    """Write a module of the package, and the packages that it lies in."""
    *parents, name = ["source_aws_iam", *module.split(".")]
    for parent in (folder.joinpath(*parents[:depth]) for depth in range(1, len(parents) + 1)):
        parent.mkdir(exist_ok=True)
        (parent / "__init__.py").touch()
    file = folder.joinpath(*parents, name)
    (file / "__init__.py" if file.is_dir() else file.with_suffix(".py")).write_text(f"{code}\n")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a package that has every layer and keeps every contract."""
    for layer in LAYERS:
        write(tmp_path, f"{layer}.some", "")
    for module, code in ALLOWED.items():
        write(tmp_path, module, code)
    return tmp_path


def lint(folder: Path) -> tuple[int, str]:
    """Check the contracts of this project in a folder. Return the exit code, and what was printed without colours."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(PROJECT)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, re.sub(r"\x1b\[[\d;]*m", "", done.stdout)


def test_a_package_that_imports_downwards_keeps_all_contracts(package: Path) -> None:
    code, output = lint(package)

    assert (code, output.splitlines()[-1]) == (0, "Contracts: 4 kept, 0 broken.")


@pytest.mark.parametrize(
    ("module", "code", "contract"),
    [
        ("cli.some", "import source_aws_iam.run", DIRECTION),
        ("source", "import source_aws_iam.cli", DIRECTION),
        ("check", "import source_aws_iam.source", DIRECTION),
        ("cloudtrail.some", "import source_aws_iam.check", DIRECTION),
        ("streams.some", "import source_aws_iam.iam", DIRECTION),
        ("sync.some", "import source_aws_iam.streams", DIRECTION),
        ("config", "import source_aws_iam.sync", DIRECTION),
        ("aws.some", "import source_aws_iam.config", DIRECTION),
        ("organizations.some", "import source_aws_iam.iam", DIRECTION),
        ("iam.some", "import source_aws_iam.cloudtrail", DIRECTION),
        ("aws.some", f"{FOR_TYPES}import source_aws_iam.config", DIRECTION),
        ("aws.some", "def later():\n    import source_aws_iam.config", DIRECTION),
        ("iam.some", "import boto3", BOTO3),
        ("sync.some", "from botocore.exceptions import ClientError", BOTO3),
        ("cli.some", f"{FOR_TYPES}import botocore.session", BOTO3),
        ("aws.some", "from airbyte_cdk.models import AirbyteMessage", AIRBYTE),
        ("aws.some", f"{FOR_TYPES}import airbyte_cdk", AIRBYTE),
        *(("sync.some", f"import {name}.some", TESTS) for name in KEPT_OUT),
    ],
)
def test_an_import_that_breaks_a_contract_is_named_with_the_rule(
    module: str, code: str, contract: str, package: Path
) -> None:
    write(package, module, code)

    exit_code, output = lint(package)

    broken = output.partition("Broken contracts")[2]
    assert exit_code == 1
    assert re.findall(r"^(.+)\n-{10,}$", broken, re.MULTILINE)[-1] == contract
    assert re.search(rf"source_aws_iam\.{module} -> \S+ \(l\.\d+\)", broken)


def test_a_new_package_has_to_be_given_a_place(package: Path) -> None:
    write(package, "rds.databases", "")

    code, output = lint(package)

    assert code == 1
    assert "The following modules are not listed as layers:\n\n- source_aws_iam.rds\n" in output


def test_every_folder_of_the_project_with_code_is_known_to_the_connector_or_kept_out_of_it() -> None:
    folders = {file.parent.name for file in PROJECT.parent.glob("*/*.py")} - {"source_aws_iam"}

    assert folders <= {*KEPT_OUT}
