"""The dbt command of build/dbt, with the package of dbt/ on one database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parent.parent
PACKAGE: Final = ROOT / "dbt"
INSTALLED: Final = ROOT / "build" / "dbt"
# Where the tests have dbt adapters of their own.
ADAPTERS: Final = Path(__file__).parent / "adapters"
_BETWEEN: Final = "\n-- next --\n"


@dataclass(frozen=True)
class Run:
    """What a dbt command said, and what became of each model, seed and test: {name: pass, success, fail, error, …}."""

    exit_code: int
    warnings: list[str]
    log: str
    statuses: dict[str, str]

    @property
    def failed(self) -> dict[str, str]:
        """What did not succeed, and is no warning."""
        return {name: status for name, status in self.statuses.items() if status not in {"pass", "success", "warn"}}


class Dbt:
    """Runs dbt as its users do. `output` is the output of a profile: the connection."""

    def __init__(
        self, output: Mapping[str, Any], folder: Path, variables: Mapping[str, Any], project: Path = PACKAGE
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        profile = {"aws_iam": {"target": "tests", "outputs": {"tests": dict(output)}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
        self._folder = folder
        self._project = project
        self._variables = dict(variables)

    @property
    def compiled(self) -> Path:
        """The folder of compiled SQL."""
        return self._folder / "target" / "compiled" / "aws_iam"

    def run(self, command: str, *arguments: str, **variables: Any) -> Run:
        """Run `dbt build --select …`, say; `variables` are those of the project."""
        results = self._folder / "target" / "run_results.json"
        results.unlink(missing_ok=True)
        places = {"project-dir": self._project, "profiles-dir": self._folder}
        done = subprocess.run(
            [
                *(sys.executable, str(INSTALLED / "bin" / "dbt"), "--no-version-check", "--no-use-colors"),
                *("--log-format", "json", "--log-path", str(self._folder / "logs"), command, *arguments),
                *(f"--{name}={place}" for name, place in places.items()),
                *("--vars", json.dumps({**self._variables, **variables})),
            ],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(map(str, (INSTALLED, ADAPTERS))),
                # `dbt deps` has no option for it.
                "DBT_TARGET_PATH": str(self._folder / "target"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        events = [json.loads(line)["info"] for line in done.stdout.splitlines() if line.startswith("{")]
        return Run(
            done.returncode,
            [event["msg"] for event in events if event["level"] == "warn" and event["name"] == "JinjaLogWarning"],
            "\n".join([event["msg"] for event in events] + [done.stderr]),
            _statuses(results),
        )

    def compile(self, *expressions: str) -> list[str]:
        """Return the SQL of expressions that use the macros of the package."""
        run = self.run("compile", "--inline", _BETWEEN.join(expressions), "--quiet", "--no-introspect")
        assert run.exit_code == 0, run.log
        return [sql.strip() for sql in run.log.split(_BETWEEN)]


def _statuses(results: Path) -> dict[str, str]:
    if not results.exists():
        return {}
    found: Sequence[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))["results"]
    return {result["unique_id"].split(".", 2)[2]: result["status"] for result in found}
