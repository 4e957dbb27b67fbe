"""The packages of embedded AWS import each other in one direction only, and the connector imports none of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent
ROOMS = ("server", "scenarios", "truth", "control")
KNOWS = {
    "source_aws_iam": (),
    "aws_calls": (),
    "destination_security_lake": (),
    "embedded_aws/server": ("server",),
    "embedded_aws/scenarios": ("server", "scenarios"),
    "embedded_aws/truth": ("server", "truth"),
    "embedded_aws/control": ROOMS,
}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{one.name}" for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return found


@pytest.mark.parametrize("folder", KNOWS)
def test_a_room_imports_only_what_it_may_know(folder: str) -> None:
    files = sorted((PROJECT / folder).rglob("*.py"))
    assert files
    theirs = {(path.name, name) for path in files for name in imported(path) if name.startswith("embedded_aws")}
    allowed = tuple(f"embedded_aws.{room}." for room in KNOWS[folder])
    assert {(path, name) for path, name in theirs if not name.startswith(allowed)} == set()
