"""The import contracts of pyproject.toml: each is kept, and each can be broken."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.locked_requirements import LOCK, toml

PROJECT = LOCK.parent / "pyproject.toml"
LAKE = "destination_security_lake"
ALLOWED = {
    "run": "def run():\n    import source_aws_iam.cli.command",
    "cli.command": "import source_aws_iam.source",
    "source": "from airbyte_cdk.sources import AbstractSource",
    "check": "import source_aws_iam.iam.users\nimport source_aws_iam.cloudtrail",
    "iam.users": "from source_aws_iam.streams import account\nfrom airbyte_cdk.models import Type",
    "streams.account": "import source_aws_iam.sync",
    "sync.accounts": "import source_aws_iam.config\nimport aws_calls.clients",
    "aws.clients": "import aws_calls.clients\nfrom botocore.session import Session",
    "aws_calls.clients": "import boto3",
    f"{LAKE}.aws.bucket": f"import botocore\nimport {LAKE}.config.settings\nimport aws_calls.clients",
    f"{LAKE}.config.settings": f"import {LAKE}.ocsf.classes\nimport aws_calls.options",
    f"{LAKE}.parquet.schema": "import pyarrow",
    f"{LAKE}.users": f"from {LAKE}.disk import some",
    f"{LAKE}.writing.write_loop": f"import airbyte_cdk\nimport {LAKE}.parquet.spill\nimport {LAKE}.aws.bucket",
}
OCSF = f"{LAKE}.ocsf"
DIRECTION = "A package imports only what stands below it, and services do not import each other"
BOTO3 = "Only aws_calls and the packages that are named aws import boto3 and botocore"
AIRBYTE = "What calls AWS knows nothing of the CDK"
DESTINATION = "The destination imports only what stands below it"
SHARED = "aws_calls knows nothing of those that call"
TESTS = "What users get imports no tests, no embedded AWS, no benchmarks and no tools"
APART = "The connector and the destination do not import each other"
PYARROW = "Only destination_security_lake.parquet imports pyarrow"
FILES = "What makes files of rows imports only what stands below it"
MAPPING = "The mapping to OCSF imports only what stands below it"
PURE = "The mapping to OCSF imports the standard library alone"
CONTRACTS = {contract["name"]: contract for contract in toml(PROJECT)["tool"]["importlinter"]["contracts"]}
KEPT_OUT = CONTRACTS[TESTS]["forbidden_modules"]
PACKAGES = [*CONTRACTS[APART]["modules"], "aws_calls"]
FOR_TYPES = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "


def layers() -> Iterator[str]:
    """Yield the modules that have a place, lowest packages last. Of a package that has layers itself, yield these."""
    contracts = [CONTRACTS[name] for name in (DIRECTION, DESTINATION, FILES, MAPPING)]
    divided = [contract["containers"][0] for contract in contracts]
    for container, contract in zip(divided, contracts, strict=True):
        names = [name for layer in contract["layers"] for name in layer.split(" | ")]
        yield from (f"{container}.{name}" for name in names if f"{container}.{name}" not in divided)


def write(folder: Path, module: str, code: str) -> None:
    """Write a module, and the packages that it lies in. Without the name of a package it is of source_aws_iam."""
    path = module.split(".")
    *parents, name = path if path[0] in PACKAGES else ["source_aws_iam", *path]
    for parent in (folder.joinpath(*parents[:depth]) for depth in range(1, len(parents) + 1)):
        parent.mkdir(exist_ok=True)
        (parent / "__init__.py").touch()
    file = folder.joinpath(*parents, name)
    (file / "__init__.py" if file.is_dir() else file.with_suffix(".py")).write_text(f"{code}\n")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with packages that have every layer and keep every contract."""
    for layer in layers():
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

    assert (code, output.splitlines()[-1]) == (0, f"Contracts: {len(CONTRACTS)} kept, 0 broken.")


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
        ("aws_calls.some", "from airbyte_cdk.models import AirbyteMessage", AIRBYTE),
        (f"{LAKE}.aws.some", "import airbyte_cdk", AIRBYTE),
        (f"{LAKE}.config.some", "import boto3", BOTO3),
        (f"{LAKE}.config.some", f"import {LAKE}.aws.some", DESTINATION),
        (f"{LAKE}.aws.some", f"import {LAKE}.writing.upload", DESTINATION),
        (f"{LAKE}.writing.some", f"import {LAKE}.cli.output", DESTINATION),
        (f"{OCSF}.mapping", f"import {LAKE}.config.some", DESTINATION),
        ("aws_calls.some", f"import {LAKE}.config.some", SHARED),
        ("aws_calls.some", "import source_aws_iam.aws.some", SHARED),
        ("aws_calls.some", f"import {OCSF}.mapping", SHARED),
        *(("sync.some", f"import {name}.some", TESTS) for name in KEPT_OUT),
        (f"{OCSF}.mapping", "import tools.security_lake", TESTS),
        ("iam.some", f"import {OCSF}.mapping", APART),
        (f"{OCSF}.mapping", "import source_aws_iam.config", APART),
        (f"{LAKE}.disk.some", f"import {OCSF}.results", DESTINATION),
        (f"{OCSF}.mapping", f"import {LAKE}.disk", DESTINATION),
        (f"{LAKE}.users.some", f"import {LAKE}.parquet.spill", DESTINATION),
        (f"{LAKE}.users.some", "import pyarrow", PYARROW),
        (f"{LAKE}.disk.some", "from pyarrow import parquet", PYARROW),
        (f"{LAKE}.parquet.schema.some", f"import {LAKE}.parquet.row_line", FILES),
        (f"{LAKE}.parquet.parquet_file.some", f"import {LAKE}.parquet.spill", FILES),
        (f"{OCSF}.fields", f"import {OCSF}.cloudtrail", MAPPING),
        (f"{OCSF}.authentication", f"from {OCSF}.account_change import some", MAPPING),
        *((f"{OCSF}.some", f"import {name}", PURE) for name in CONTRACTS[PURE]["forbidden_modules"]),
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
    name = module if module.split(".", maxsplit=1)[0] in PACKAGES else f"source_aws_iam.{module}"
    assert re.search(rf"{re.escape(name)}\S* -> \S+ \(l\.\d+\)", broken)


@pytest.mark.parametrize("module", ["source_aws_iam.rds", f"{LAKE}.extra", f"{OCSF}.extra"])
def test_a_new_package_has_to_be_given_a_place(module: str, package: Path) -> None:
    write(package, f"{module}.some", "")

    code, output = lint(package)

    assert code == 1
    assert f"The following modules are not listed as layers:\n\n- {module}\n" in output


def test_the_mapping_to_ocsf_imports_the_standard_library_alone() -> None:
    """A contract can only name packages. This refuses those that nobody has thought of."""
    imported = {
        name.split(".")[0]
        for file in (PROJECT.parent / "destination_security_lake" / "ocsf").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in imports(node)
    }

    assert imported - sys.stdlib_module_names == {"destination_security_lake"}


def imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or "relative"] if isinstance(node, ast.ImportFrom) else []


def test_every_folder_of_the_project_with_code_is_known_to_the_connector_or_kept_out_of_it() -> None:
    folders = {file.parent.name for file in PROJECT.parent.glob("*/*.py")} - {*PACKAGES}

    assert folders <= {*KEPT_OUT}
