"""The history of the benchmarks: with --keep, a run appends its ratios to history.md, beside machine and commit.

Seconds of one machine say little on another. Ratios to a limit, or to a plain loop in the same run, can be compared.
"""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

HISTORY: Final = Path(__file__).with_name("history.md")
_CPUS: Final = Path("/proc/cpuinfo")


def keep(bench: str, ratios: Mapping[str, str], history: Path = HISTORY) -> None:
    """Append one line for each case to `history`: {case: what it took, in terms of something else}."""
    now = datetime.now(timezone.utc).date().isoformat()
    commit = _commit(history)
    with history.open("a", encoding="utf-8") as lines:
        for case, ratio in ratios.items():
            lines.write(f"| {now} | {commit} | {_machine()} | {bench} | {case} | {ratio} |\n")


def _commit(history: Path) -> str:
    """Return the commit, with a plus where other files than the history have changed since."""
    commit = _git(history.parent, "rev-parse", "--short", "HEAD")
    changed = _git(history.parent, "status", "--porcelain", "--", ":/", f":!{history.name}")
    return f"{commit}{'+' if changed else ''}"


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _machine() -> str:
    lines = _CPUS.read_text(encoding="utf-8").splitlines() if _CPUS.exists() else []
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}"
