"""CONTRIBUTING.md names modules, classes and functions that exist."""

import ast
import re
from pathlib import Path

from tools import docs
from unit_tests.private_uses.uses import table

ROOT = docs.ROOT
PACKAGE = ROOT / "source_aws_iam"
WHOLE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# The table of private uses names modules of libraries too. Its canaries compare what is ours.
TEXT = WHOLE.replace(table(), "")
# `aws/reader.py`: `Reader.rows`, `Reader.once`
NAMED = re.compile(r"`([\w/]+\.py)`: (`[\w.]+`(?:, `[\w.]+`)*)")


def names(module: Path) -> set[str]:
    """Return what a module defines: functions, classes, constants, and methods as "Class.method"."""
    found = set()
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def test_the_table_of_private_uses_is_that_of_the_canaries() -> None:
    assert table() in WHOLE, "python -m unit_tests.private_uses prints it"


def found(module: str) -> Path:
    """Return the file of a module that is named by its path in the repository, or in the connector."""
    return next(root / module for root in (ROOT, PACKAGE) if (root / module).is_file())


def test_every_name_that_is_said_to_be_in_a_module_is_defined_there() -> None:
    named = [(module, name) for module, cell in NAMED.findall(TEXT) for name in re.findall(r"[\w.]+", cell)]

    assert len(named) > 50
    assert [f"{module}: {name}" for module, name in named if name not in names(found(module))] == []


def test_every_module_that_is_named_exists() -> None:
    modules = set(re.findall(r"`([\w/]+\.py)`", TEXT))

    assert sorted(name for name in modules if not any((root / name).is_file() for root in (ROOT, PACKAGE))) == []


def test_every_package_of_the_connector_has_a_row_and_every_folder_of_a_row_exists() -> None:
    rows = set(re.findall(r"^\| `([\w/]+)/` \|", TEXT, re.MULTILINE))

    assert [name for name in sorted(rows) if not (ROOT / name).is_dir()] == []
    assert [path.name for path in PACKAGE.iterdir() if path.is_dir() and f"source_aws_iam/{path.name}" not in rows] == [
        name for name in ("__pycache__",) if (PACKAGE / name).is_dir()
    ]
