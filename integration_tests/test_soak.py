"""Syncs killed at any moment and resumed, while events go on happening: the warehouse ends with exactly AWS's.

A few of them in CI; `make soak` runs 200. The choices of a run follow from its seed, which is printed; how far a
process has come when it is killed is the machine's business.
"""

from __future__ import annotations

import json
import math
import os
import signal
import threading
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from typing import Any

from integration_tests.comparison import first_differences
from integration_tests.conftest import FAST
from integration_tests.connector import SMALL_WINDOWS, Json, catalog, start
from integration_tests.embedded_aws import EmbeddedAws, Seed
from integration_tests.embedded_aws.event_history import as_event_time
from integration_tests.embedded_aws.event_templates import TEMPLATES
from integration_tests.embedded_aws.seed_events import record_of, stage_of
from integration_tests.ground_truth import truth_of
from integration_tests.test_incremental import at, hours_ago
from integration_tests.test_read import row
from source_aws_iam.stopping import EXIT_CODE

SYNCS = int(os.environ.get("SOAK") or 6)
SEED = int(os.environ.get("SOAK_SEED") or Random().randrange(10**6))  # noqa: S311 - chosen anew each time
SEEDED = Seed(users=30, groups=2, events=3_000)
# A sync takes seconds. One that takes this long hangs.
SECONDS_PER_SYNC = 120
# Events come to light this much later at most, which is well within the lookback of an hour.
MOST_SECONDS_LATE = 20 * 60


@dataclass
class Warehouse:
    """What a destination holds that commits with each state, and loses what came after the last one."""

    rows: dict[str, Json] = field(default_factory=dict)
    state: list[Json] = field(default_factory=list)
    delivered: int = 0
    states: int = 0

    def take(self, lines: list[str]) -> None:
        """Take what one sync printed. Its last line may have been cut by the kill."""
        uncommitted: list[Json] = []
        for number, line in enumerate(lines, start=1):
            if number == len(lines) and not line.endswith("\n"):
                break
            message = json.loads(line)
            if message["type"] == "RECORD":
                uncommitted.append(message["record"]["data"])
                self.delivered += 1
            elif message["type"] == "STATE":
                self.rows |= {record["event_id"]: record for record in uncommitted}
                self.state = [{name: message["state"][name] for name in ("type", "stream")}]
                self.states += 1
                uncommitted = []


@dataclass
class World:
    """An account in which events happen; some come to light only some syncs later, or in the middle of one."""

    aws: EmbeddedAws
    rng: Random
    unseen: list[Json] = field(default_factory=list)

    def go_on(self) -> None:
        now = int(self.aws.now().timestamp())
        for _ in range(self.rng.randrange(60)):
            region, template = self.rng.choice(self.aws.regions), self.rng.choice(TEMPLATES)
            time = now - self.rng.choice([0, 1, 2, self.rng.randrange(MOST_SECONDS_LATE)])
            self.unseen.append(record_of(stage_of(self.aws, self.rng), template, time, region, self.aws.regions[0]))
        self.show(self.rng.random())

    def show(self, share: float) -> None:
        """Let about that share of the events come to light, and all that would be too late otherwise."""
        oldest = as_event_time(int(self.aws.now().timestamp()) - 2 * MOST_SECONDS_LATE)
        still_unseen = []
        for record in self.unseen:
            if self.rng.random() < share or record["eventTime"] < oldest:
                self.aws.events.add(record)
            else:
                still_unseen.append(record)
        self.unseen = still_unseen


def settings_of(aws: EmbeddedAws, rng: Random) -> Json:
    """A configuration as people change it between syncs."""
    chosen: dict[str, Any] = {"num_workers": rng.choice([1, 2, 10])}
    if rng.random() < 0.3:
        chosen["regions"] = rng.sample(aws.regions, rng.randint(1, len(aws.regions)))
    if rng.random() < 0.6:
        chosen["start_date"] = at(hours_ago(24 * rng.uniform(0.5, 35)))
    if rng.random() < 0.1:
        chosen["event_selection"] = {"mode": "write_only"}
    return aws.config(**chosen, **FAST)


def sync(world: World, warehouse: Warehouse, folder: Path, config: Json, *, kill_after: float = math.inf) -> int:
    """Run the command and kill it after so many lines. Returns its exit code."""
    rng = world.rng
    kill = rng.choice([signal.SIGKILL, signal.SIGTERM])
    goes_on_after, reads_the_rest = rng.randrange(3000), rng.random() < 0.5
    constants = SMALL_WINDOWS if rng.random() < 0.75 else None
    process = start(
        "read",
        folder=folder,
        config=config,
        catalog=catalog(["audit_events"]),
        state=warehouse.state,
        constants=constants,
    )
    assert process.stdout is not None
    watch = threading.Timer(SECONDS_PER_SYNC, process.kill)
    watch.start()
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if len(lines) == goes_on_after:
            world.show(0.5)
        if len(lines) >= kill_after:
            process.send_signal(kill)
            break
    rest = list(process.stdout)
    _, stderr = process.communicate()
    assert watch.is_alive(), "the sync hung"
    watch.cancel()
    if reads_the_rest or process.returncode == 0:
        lines += rest
    # A process that has only begun has no handler yet.
    assert process.returncode in {0, -kill, EXIT_CODE if kill == signal.SIGTERM else -kill}, stderr + "".join(
        lines[-5:]
    )
    warehouse.take(lines)
    return process.returncode


def test_syncs_that_are_killed_at_any_moment_and_resumed_end_with_exactly_the_events_of_aws(tmp_path: Path) -> None:
    rng, warehouse, killed = Random(SEED), Warehouse(), 0  # noqa: S311 - reproducible, not secret
    print(f"{SYNCS} syncs with SEED={SEED}", flush=True)
    began = datetime.now(timezone.utc)
    with EmbeddedAws(seed=SEEDED, lookup_rate=None) as aws:
        world = World(aws, rng)
        for number in range(1, SYNCS + 1):
            world.go_on()
            lines = math.exp(rng.uniform(0, math.log(6_000)))
            killed += bool(sync(world, warehouse, tmp_path, settings_of(aws, rng), kill_after=lines))
            if number % 10 == 0:
                print(f"{number} syncs, {killed} killed, {warehouse.states} states, {len(warehouse.rows)} events")
        world.show(1)
        assert sync(world, warehouse, tmp_path, aws.config(**FAST)) == 0
        truth = truth_of(aws)["audit_events"]
    print(
        f"{killed} of {SYNCS} syncs killed, {warehouse.states} states, {warehouse.delivered:,} records for "
        f"{len(warehouse.rows):,} events of {len(truth):,}, {datetime.now(timezone.utc) - began}"
    )
    stored = [row("audit_events", record) for record in warehouse.rows.values()]
    assert first_differences({"audit_events": truth}, {"audit_events": stored}) == [], f"SEED={SEED}"
    assert killed or SYNCS < 6
