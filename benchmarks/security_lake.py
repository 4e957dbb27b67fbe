"""Measure the files of a Security Lake beside plain loops: python -m benchmarks.security_lake [--events 1000000]"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from benchmarks.kept import keep
from benchmarks.lake_loops import LOOPS
from benchmarks.process import MEASURED, PROJECT
from benchmarks.report import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEGA: Final = 1_000_000
HEAD: Final = (
    "process | rows | seconds | rows/s | CPU s | CPU µs per row beyond the events | peak MB | disk MB | files | "
    "Parquet MB"
)
SPILL: Final = "spilling, with the events and the mapping | writing files"


@dataclass(frozen=True)
class Run:
    """What a loop took. `figures` are its own words."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    figures: Mapping[str, Any]


def measure(loop: str, count: int) -> Run:
    """Run a loop in a process of its own. Raises RuntimeError where rows are missing."""
    with TemporaryDirectory() as scratch:
        used = Path(scratch) / "used.json"
        loop_of_events = [sys.executable, "-m", "benchmarks.lake_loops", loop, str(count), scratch]
        command = [sys.executable, "-I", "-S", str(MEASURED), str(used), *loop_of_events]
        began = time.monotonic()
        done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
        seconds = time.monotonic() - began
        run = Run(seconds, **json.loads(used.read_bytes()), figures=json.loads(done.stdout))
    if run.figures["rows"] != count:
        raise RuntimeError(f"{loop}: {run.figures['rows']} of {count} rows.")
    return run


def per_row(run: Run, events: Run) -> float:
    """Return microseconds of CPU beyond what making the events takes."""
    rows: int = run.figures["rows"]
    return MEGA * (run.cpu_seconds - events.cpu_seconds) / rows


def _row(name: str, run: Run, events: Run) -> list[str]:
    figures = run.figures
    return [
        name,
        f"{figures['rows']:,}",
        f"{run.seconds:.1f}",
        f"{figures['rows'] / run.seconds:,.0f}",
        f"{run.cpu_seconds:.1f}",
        f"{per_row(run, events):.0f}",
        f"{run.peak_bytes / MEGA:.0f}",
        f"{figures['disk'] / MEGA:.0f}" if "disk" in figures else "-",
        f"{figures['files']:,}" if "files" in figures else "-",
        f"{figures['parquet'] / MEGA:.1f}" if "parquet" in figures else "-",
    ]


def main() -> None:
    """Measure all loops, and print what they took."""
    arguments = _arguments()
    count = arguments.events
    runs = {loop: measure(loop, count) for loop in LOOPS}
    events, lake = runs["events"], runs["lake"]
    print("\n".join(table(HEAD, [_row(name, run, events) for name, run in runs.items()])))
    seconds = [f"{lake.figures[name]:.1f} s" for name in ("spill_seconds", "file_seconds")]
    print("\n".join(table(SPILL, [seconds])))
    if arguments.keep:
        beside = per_row(lake, events) / per_row(runs["map"], events)
        cost = f"{per_row(lake, events):.0f} µs CPU a row, {beside:.2f} x the mapping alone"
        keep("security-lake", {f"{count:,} events": f"{cost}, memory {lake.peak_bytes / MEGA:.0f} MB"})


def _arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.security_lake", description="Write a million events.")
    parser.add_argument("--events", type=int, default=MEGA)
    parser.add_argument("--keep", action="store_true", help="append the ratios to benchmarks/history.md")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
