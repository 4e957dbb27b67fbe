"""What each command imports: `spec` neither streams nor AWS, `discover` nothing that only `read` needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import source_aws_iam

CODE = """
import atexit, json, sys
def imported():
    print(json.dumps([*sys.modules]), file=sys.stderr)
atexit.register(imported)
from source_aws_iam.run import run
run()
"""
CONFIG = {
    "credentials": {
        "auth_type": "access_key",
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": "none" * 10,
    },
    "region": "us-east-1",
}
READING = {
    "source_aws_iam.check",
    "source_aws_iam.cloudtrail.record",
    "source_aws_iam.cloudtrail.digests.reading",
    "source_aws_iam.cloudtrail.history.window_generator",
    "source_aws_iam.cloudtrail.history.window_partition",
    "source_aws_iam.cloudtrail.history.reading",
}
STREAMS = {
    "source_aws_iam.cloudtrail.stream",
    "aws_calls.clients",
    "source_aws_iam.aws.session",
    "source_aws_iam.streams.stream",
    "source_aws_iam.iam",
    "source_aws_iam.organizations",
    "source_aws_iam.sync.context",
    "pendulum",
}


@pytest.mark.parametrize(("command", "unneeded"), [("spec", READING | STREAMS), ("discover", READING)])
def test_a_command_imports_nothing_that_only_others_need(command: str, unneeded: set[str], tmp_path: Path) -> None:
    arguments = [command]
    if command != "spec":
        (tmp_path / "config.json").write_text(json.dumps(CONFIG))
        arguments += ["--config", "config.json"]
    run = subprocess.run(
        [sys.executable, "-c", CODE, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert f'"type":"{"SPEC" if command == "spec" else "CATALOG"}"' in run.stdout
    imported = set(json.loads(run.stderr.strip().splitlines()[-1]))
    assert "source_aws_iam.source" in imported
    assert unneeded & imported == set()
    missing = [name for name in unneeded if not _exists(name)]
    assert missing == [], "they were renamed"


def _exists(name: str) -> bool:
    path = Path(source_aws_iam.__file__).parent.parent / name.replace(".", "/")
    return name == "pendulum" or path.is_dir() or path.with_suffix(".py").exists()
