"""A soak: new events, killed processes, and a warehouse that keeps what it got."""

from __future__ import annotations

import json
import math
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Protocol

from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.event_templates import TEMPLATES
from embedded_aws.scenarios.seed_events import record_of, stage_of
from embedded_aws.server.event_history import as_event_time
from integration_tests.connector import SMALL_WINDOWS, Json, catalog, clean_environment, written
from integration_tests.forked_command import NO_CONSTANTS, Forked

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


class Changing(Protocol):
    """An AWS that goes on while a sync runs."""

    rng: Random

    def show(self, share: float) -> None:
        """Let about that share of what is to come come to light."""


@dataclass
class Silent:
    """An AWS in which nothing happens any more."""

    rng: Random

    def show(self, share: float) -> None:
        pass


@dataclass
class World:
    """Accounts in which events happen; some come to light only some syncs later, or in the middle of one."""

    aws: EmbeddedAws
    rng: Random
    accounts: Sequence[EmbeddedAws] = ()
    """As `EmbeddedAws.within` shows them; none: the home account."""
    unseen: list[Json] = field(default_factory=list)

    def go_on(self) -> None:
        now = int(self.aws.now().timestamp())
        for _ in range(self.rng.randrange(60)):
            account = self.rng.choice(self.accounts or [self.aws])
            region, template = self.rng.choice(account.regions), self.rng.choice(TEMPLATES)
            time = now - self.rng.choice([0, 1, 2, self.rng.randrange(MOST_SECONDS_LATE)])
            self.unseen.append(record_of(stage_of(account, self.rng), template, time, region, account.regions[0]))
        self.show(self.rng.random())

    def second(self) -> datetime:
        """The present second, in which a sync that starts now begins."""
        return self.aws.now().replace(microsecond=0)

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


def sync(
    world: Changing,
    warehouse: Warehouse,
    folder: Path,
    config: Json,
    *,
    kill_after: float = math.inf,
    kill_with: Sequence[signal.Signals] = (signal.SIGKILL, signal.SIGTERM),
    small: Mapping[str, int] = SMALL_WINDOWS,
) -> int:
    """Run the command and kill it after so many lines, with one of these signals. Returns its exit code.

    `small` are constants that make many small parts, which most syncs have.
    """
    rng = world.rng
    kill = rng.choice(kill_with)
    goes_on_after, reads_the_rest = rng.randrange(3000), rng.random() < 0.5
    constants = small if rng.random() < 0.75 else NO_CONSTANTS
    files = {"config": config, "catalog": catalog(["audit_events"]), "state": warehouse.state}
    arguments = ["read", *written(folder, files)]
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as stdout, (folder / "stderr").open("w+") as stderr:
        run = Forked(
            arguments,
            folder=folder,
            env=clean_environment(folder),
            constants=constants,
            out=writing,
            err=stderr.fileno(),
        )
        os.close(writing)
        watch = threading.Timer(SECONDS_PER_SYNC, run.send_signal, [signal.SIGKILL])
        watch.start()
        lines: list[str] = []
        for line in stdout:
            lines.append(line)
            if len(lines) == goes_on_after:
                world.show(0.5)
            if len(lines) >= kill_after:
                run.send_signal(kill)
                break
        rest = list(stdout)
        exit_code = run.wait()
        assert watch.is_alive(), "the sync hung"
        watch.cancel()
        if reads_the_rest or exit_code == 0:
            lines += rest
        assert exit_code in {0, -kill}, (folder / "stderr").read_text() + "".join(lines[-5:])
    warehouse.take(lines)
    return exit_code
