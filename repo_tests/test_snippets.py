"""The example for PyAirbyte in docs/running.md, run as it stands: it keeps nothing that was deleted in AWS."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.control.changes import changes
from embedded_aws.truth import truth_of
from integration_tests.conftest import FAST
from integration_tests.connector import clean_environment
from integration_tests.forked_command import forking_command
from integration_tests.needed import supported_pyairbyte
from integration_tests.project_copy import PROJECT

KEYS = {
    "users": ("user_id",),
    "groups": ("group_id",),
    "group_members": ("group_id", "user_id"),
    "audit_events": ("event_id",),
}
Keys = Counter[tuple[str, ...]]


class Here(ast.NodeTransformer):
    """The account and the command of the test in place of the reader's."""

    def __init__(self, config: dict[str, Any], command: Path) -> None:
        self._values = {"config": repr(config), "local_executable": repr(str(command))}

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        if node.arg in self._values:
            return ast.keyword(node.arg, ast.parse(self._values.pop(node.arg), mode="eval").body)
        return node


@pytest.fixture
def script(aws: EmbeddedAws, tmp_path: Path) -> Path:
    supported_pyairbyte()
    section = (PROJECT / "docs" / "running.md").read_text(encoding="utf-8").split("\n## PyAirbyte\n")[1]
    found = re.search(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert found
    tree = Here(aws.config(**FAST), forking_command()).visit(ast.parse(found[1]))
    file = tmp_path / "snippet.py"
    file.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")
    return file


def run(script: Path) -> Keys:
    """Run it as its reader does; returns the keys of all rows that the warehouse then holds."""
    quiet = {"AIRBYTE_PROJECT_DIR": str(script.parent), "DO_NOT_TRACK": "1", "NO_LIVE_PROGRESS": "1"}
    command = [sys.executable, "-W", "ignore", script.name]
    done = subprocess.run(
        command,
        cwd=script.parent,
        env=clean_environment(script.parent) | quiet,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with closing(duckdb.connect(str(script.parent / "aws_iam.duckdb"), read_only=True)) as connection:
        return Counter(
            (stream, *row)
            for stream, names in KEYS.items()
            for row in connection.execute(f"select {', '.join(names)} from main.{stream}").fetchall()  # noqa: S608 - our own names
        )


def held(aws: EmbeddedAws) -> Keys:
    """The same of AWS."""
    truth = truth_of(aws)
    return Counter((stream, *(row[name] for name in names)) for stream, names in KEYS.items() for row in truth[stream])


def differences(script: Path, aws: EmbeddedAws) -> tuple[Keys, Keys]:
    """What the warehouse holds too much, or more than once, after another run, and what it lacks."""
    found, expected = run(script), held(aws)
    return found - expected, expected - found


def test_what_is_removed_in_aws_is_gone_after_the_next_run_and_every_event_is_there_once(
    aws: EmbeddedAws, script: Path
) -> None:
    none: tuple[Keys, Keys] = (Counter(), Counter())
    assert differences(script, aws) == none

    changes(aws)
    for group in aws.iam().groups.values():
        group.users.clear()
    del aws.iam().users["joined-later-1"]
    assert differences(script, aws) == none
