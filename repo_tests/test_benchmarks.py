"""The benchmark still measures what the connector does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from benchmarks.cases import REGIONS, Case
from benchmarks.kept import keep
from benchmarks.lake_loops import LOOPS
from benchmarks.measurement import PLAIN, Asked, Measurement, measure
from benchmarks.process import Run
from benchmarks.report import ratios, report
from benchmarks.security_lake import measure as measure_lake

FEW = dict(zip(REGIONS, (120, 60), strict=False))
FEW_EACH = dict.fromkeys(REGIONS[:2], 60)


@pytest.mark.parametrize(
    ("case", "requests", "plain"),
    [
        (Case("again", "nothing new", FEW, latency=0, quota=False, syncs=2), 2, [5]),
        (Case("cpu", "no quota", {REGIONS[0]: 100}, latency=0, quota=False, canned=True), 2, [2, 2]),
        (Case("pairs", "4 pairs", FEW_EACH, accounts=2, latency=0, canned=True, plain=False), 8, []),
        (Case("two", "two accounts", FEW, latency=0, quota=False, accounts=2, plain=False), 10, []),
    ],
    ids=lambda value: value.name if isinstance(value, Case) else "",
)
def test_a_case_counts_requests_and_makes_a_row(case: Case, requests: int, plain: list[int]) -> None:
    said: list[str] = []
    measured = measure(case, plain=True, say=said.append)
    # A window that is shared with idle readers ends in a page of its own.
    assert requests <= measured.connector.requests <= 3 * requests
    assert [loop.requests for loop in measured.loops.values()] == plain
    assert {loop.run.events for loop in measured.loops.values()} <= {case.total}
    assert any(f"| {case.title} | {case.total} |" in line for line in report([measured]))
    assert said


def test_what_is_kept_are_ratios_beside_the_machine_and_the_commit(tmp_path: Path) -> None:
    history = tmp_path / "benchmarks" / "history.md"
    history.parent.mkdir()
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.test", *command], cwd=tmp_path, check=True)
    limited = Case("limited", "3 Regions", {REGIONS[0]: 200}, latency=0)
    few, many = (Case("", "", {REGIONS[0]: size}, quota=False, canned=True) for size in (1_000, 3_000))
    done = [
        Measurement(limited, 1.0, Asked(Run(seconds=3.2, cpu_seconds=1.5), 4, throttled=1), {}),
        Measurement(many, 1.0, Asked(Run(cpu_seconds=1.3, peak_bytes=110)), loops(0.6, 0.9)),
        Measurement(few, 1.0, Asked(Run(cpu_seconds=1.1, peak_bytes=100)), loops(0.5, 0.7)),
    ]
    for _ in range(2):
        keep("audit", ratios(done), history)
    lines = history.read_text().splitlines()
    [commit] = {line.split(" | ")[1] for line in lines}
    assert re.fullmatch("[0-9a-f]{7,}", commit)
    assert [line.split(" | ", 4)[4] for line in lines[:2]] == [
        "3 Regions, 200 events | 1.100 x the limit, 1 (25.0 %) throttled, 1.5 s CPU |",
        "1,000 to 3,000 events | 100 µs CPU an event, 2.00 x the plain loop, 1.00 x the same rows, memory 1.10 x |",
    ]
    assert len(lines) == 4
    (tmp_path / "changed").touch()
    keep("audit", ratios(done), history)
    assert f"| {commit}+ |" in history.read_text().splitlines()[-1]


def loops(plain: float, same_rows: float) -> dict[str, Asked]:
    return {PLAIN: Asked(Run(cpu_seconds=plain)), "same rows": Asked(Run(cpu_seconds=same_rows))}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_of_the_security_lake_writes_all_rows(loop: str) -> None:
    run = measure_lake(loop, 400)

    assert run.figures["rows"] == 400
    assert ("files" in run.figures) is (loop not in ("events", "map"))
    assert run.peak_bytes > 0
