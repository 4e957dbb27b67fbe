"""What the models of the dbt package cost on the tables of a large organization, in DuckDB.

Each model is made by a dbt of its own, whose memory is measured. Then a day of events comes, and the incremental model
runs again.

python -m benchmarks.dbt [EVENTS] [--keep]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import duckdb
import yaml

from benchmarks.dbt_tables import ABSENT, DAYS, NOW, add_day, make_tables
from benchmarks.kept import keep
from benchmarks.process import watch
from dbt_tests.project import INSTALLED, PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS: Final = 1_000_000
MOST_SECONDS: Final = 60
MOST_BYTES: Final = 2 * 10**9
INCREMENTAL: Final = "activity_by_identity"


@dataclass(frozen=True)
class Cost:
    """What one model took. `bytes` is the most memory of the whole process, dbt itself included."""

    model: str
    seconds: float
    bytes: int
    rows: int

    @property
    def is_too_much(self) -> bool:
        """Whether it is above what a model may cost."""
        return self.seconds > MOST_SECONDS or self.bytes > MOST_BYTES


class Bench:
    """A file of landed tables in `folder`, and the models that dbt makes in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.file = folder / "bench.duckdb"
        output = {"type": "duckdb", "path": str(self.file), "schema": "main", "threads": 1}
        profile = {"aws_iam": {"target": "bench", "outputs": {"bench": output}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")

    def dbt(self, command: str, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        """Run dbt. Returns its peak memory in bytes, and what it says of each model."""
        target = self._folder / "target"
        variables = {"aws_iam_absent_streams": ABSENT, "aws_iam_now": NOW}
        run = watch(
            [
                *(sys.executable, str(INSTALLED / "bin" / "dbt"), "--quiet", command, *arguments),
                *("--project-dir", str(PACKAGE), "--profiles-dir", str(self._folder), "--target-path", str(target)),
                *("--log-path", str(self._folder / "logs"), "--vars", json.dumps(variables)),
            ],
            {"PYTHONPATH": str(INSTALLED), "HOME": os.environ.get("HOME", str(self._folder))},
            self._folder,
        )
        if run.exit_code:
            sys.exit(f"dbt {command} {' '.join(arguments)}: {run.last_words}. See {self._folder / 'logs'}.")
        results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
        return run.peak_bytes, results

    def models(self) -> list[str]:
        """Make everything once. Returns the models that are stored, each after those that it is made of."""
        _, results = self.dbt("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        names = [str(one["unique_id"]).rpartition(".")[2] for one in results]
        with duckdb.connect(self.file, read_only=True) as connection:
            stored = connection.execute("select table_name from duckdb_tables()").fetchall()
        return [name for name in names if (name,) in stored and name != "finding_exceptions"]

    def cost(self, model: str, *arguments: str) -> Cost:
        """Make one model."""
        # A name alone is a folder too: findings.
        peak, [result] = self.dbt("run", "--select", f"file:{model}.sql", *arguments)
        with duckdb.connect(self.file, read_only=True) as connection:
            [rows] = connection.execute(f"select count(*) from {model}").fetchall()[0]  # noqa: S608 - our own name
        return Cost(model, result["execution_time"], peak, rows)


def measure(events: int) -> Iterator[Cost]:
    """Yield what each model costs, and the incremental one again with a day more."""
    with TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch))
        per_day = -(-events // DAYS)
        users, policies = make_tables(bench.file, per_day)
        print(f"{users:,} users, {policies:,} policies, {per_day * DAYS:,} events of {DAYS} days\n")
        print("| model | rows | seconds | memory in MB |\n| --- | --- | --- | --- |")
        for model in bench.models():
            yield bench.cost(model, "--full-refresh")
        add_day(bench.file, per_day)
        again = bench.cost(INCREMENTAL)
        yield Cost(f"{INCREMENTAL}, a day more", again.seconds, again.bytes, again.rows)


def main(events: int, *, keeps: bool = False) -> None:
    """Print seconds and memory of each model. Fails where one is above what a model may cost."""
    costs = []
    for cost in measure(events):
        costs.append(cost)
        print(f"| {cost.model} | {cost.rows:,} | {cost.seconds:.1f} | {cost.bytes / 10**6:,.0f} |", flush=True)
    if keeps:
        keep("dbt", {one.model: f"{one.seconds:.1f} s, {one.bytes / 10**6:,.0f} MB" for one in costs})
    too_much = [cost.model for cost in costs if cost.is_too_much]
    if too_much:
        sys.exit(f"\nAbove {MOST_SECONDS} seconds or {MOST_BYTES / 10**9:.0f} GB: {', '.join(too_much)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dbt", description="What the dbt models cost.")
    parser.add_argument("events", nargs="?", type=int, default=EVENTS, help="how many events there are")
    parser.add_argument("--keep", action="store_true", help="append the figures to benchmarks/history.md")
    given = parser.parse_args()
    main(given.events, keeps=given.keep)
