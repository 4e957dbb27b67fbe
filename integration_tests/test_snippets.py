"""The example for PyAirbyte in docs/running.md, run as it stands: it keeps nothing that was deleted in AWS."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from integration_tests.conftest import FAST
from integration_tests.embedded_aws import EmbeddedAws
from integration_tests.embedded_aws.changes import changes
from integration_tests.ground_truth import Row, truth_of
from integration_tests.needed import supported_pyairbyte
from integration_tests.project_copy import PROJECT
from integration_tests.reported import rows_of

COMMAND = Path(sys.executable).with_name("source-aws-iam")
KEYS = {"users": "user_id", "groups": "group_id", "group_members": "group_id, user_id", "audit_events": "event_id"}


class Here(ast.NodeTransformer):
    """The account and the command of the test in place of the reader's."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._values = {"config": repr(config), "local_executable": repr(str(COMMAND))}

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        if node.arg in self._values:
            return ast.keyword(node.arg, ast.parse(self._values.pop(node.arg), mode="eval").body)
        return node


@pytest.fixture
def script(aws: EmbeddedAws, tmp_path: Path) -> Iterator[Path]:
    supported_pyairbyte()
    section = (PROJECT / "docs" / "running.md").read_text(encoding="utf-8").split("\n## PyAirbyte\n")[1]
    found = re.search(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert found
    tree = Here(aws.config(**FAST)).visit(ast.parse(found[1]))
    file = tmp_path / "snippet.py"
    file.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")
    return file


def run(script: Path) -> dict[str, list[Row]]:
    """Run it as its reader does; returns the keys of all rows that the warehouse then holds."""
    quiet = {"AIRBYTE_PROJECT_DIR": str(script.parent), "DO_NOT_TRACK": "1", "NO_LIVE_PROGRESS": "1"}
    command = [sys.executable, "-W", "ignore", script.name]
    done = subprocess.run(
        command, cwd=script.parent, env={**os.environ, **quiet}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with closing(duckdb.connect(str(script.parent / "aws_iam.duckdb"), read_only=True)) as connection:
        return {
            stream: rows_of(connection, f"select {key} from main.{stream} order by all")  # noqa: S608 - our own names
            for stream, key in KEYS.items()
        }


def held(aws: EmbeddedAws) -> dict[str, list[Row]]:
    truth = truth_of(aws)
    keys = {stream: key.split(", ") for stream, key in KEYS.items()}
    rows = {stream: [{name: row[name] for name in keys[stream]} for row in truth[stream]] for stream in KEYS}
    return {stream: sorted(rows[stream], key=lambda row: tuple(row.values())) for stream in KEYS}


def test_what_is_removed_in_aws_is_gone_after_the_next_run_and_every_event_is_there_once(
    aws: EmbeddedAws, script: Path
) -> None:
    assert run(script) == held(aws)

    changes(aws)
    assert run(script) == held(aws)

    for group in aws.iam().groups.values():
        group.users.clear()
    del aws.iam().users["joined-later-1"]
    assert run(script) == held(aws)
    assert held(aws)["group_members"] == []
