"""A process that prints one line per event, watched from outside: when which event came, and what it used."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from integration_tests.connector import COMMAND, catalog, clean_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEASURED = Path(__file__).with_name("measured.py")
PROJECT = Path(__file__).parent.parent
RECORD = b'{"type":"RECORD"'
STATE = b'{"type":"STATE"'
LINE_OF_EVENT = b'{"EventId"'
PAIR = re.compile(rb'"account_id":"([0-9]{12})".*?"region":"([a-z0-9-]+)"')

Arrivals = dict[tuple[str, str], "array[float]"]


@dataclass
class Run:
    """What one process did. `arrivals` are seconds since its start, by account and Region where the lines tell."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    exit_code: int = 0
    events: int = 0
    arrivals: Arrivals = field(default_factory=lambda: defaultdict(lambda: array("d")))
    last_state: Mapping[str, Any] | None = None
    last_words: str = ""


def read_audit_events(config: Any, folder: Path, state: Any = None) -> list[str]:
    """Return the command that reads them, whose files are written into `folder`."""
    arguments = [str(COMMAND), "read"]
    files = {"config": config, "catalog": catalog(["audit_events"]), "state": [state] if state else []}
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        arguments += [f"--{name}", str(path)]
    return arguments


def watch(command: Sequence[str], env: Mapping[str, str], folder: Path) -> Run:
    """Run `command` to its end. Its lines are counted and thrown away; only the last state is kept."""
    run = Run()
    state = b""
    began = time.monotonic()
    with TemporaryDirectory() as scratch, (Path(scratch) / "stderr").open("w+b") as stderr:
        figures = Path(scratch) / "figures.json"
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(MEASURED), str(figures), *command],
            cwd=folder,
            env={**clean_environment(folder), "PYTHONPATH": str(PROJECT), **env},
            stdout=subprocess.PIPE,
            stderr=stderr,
            bufsize=1 << 20,
        )
        with process:
            for line in process.stdout or ():
                if line.startswith(RECORD):
                    run.events += 1
                    _arrived(run.arrivals, line, time.monotonic() - began)
                elif line.startswith(LINE_OF_EVENT):
                    run.events += 1
                elif line.startswith(STATE):
                    state = line
                elif b'"ERROR"' in line:
                    run.last_words = line.decode(errors="replace").strip()
        run.seconds = time.monotonic() - began
        run.exit_code = process.returncode
        stderr.seek(0)
        run.last_words = run.last_words or stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
        used = json.loads(figures.read_bytes())
    run.cpu_seconds, run.peak_bytes = used["cpu_seconds"], used["peak_bytes"]
    run.last_state = json.loads(state)["state"] if state else None
    return run


def _arrived(arrivals: Arrivals, line: bytes, seconds: float) -> None:
    found = PAIR.search(line)
    if found:
        account_id, region = found.groups()
        arrivals[account_id.decode(), region.decode()].append(seconds)
