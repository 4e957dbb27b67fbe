"""Syncs that are killed at any moment and resumed, with new events meanwhile: the warehouse ends with exactly AWS's.

A few of them in CI; `make soak` runs 200. The choices of a run follow from its seed, which is printed; how far a
process has come when it is killed is the machine's business.
"""

from __future__ import annotations

import math
import os
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Any

from embedded_aws import EmbeddedAws, Seed, StoppedClock
from embedded_aws.scenarios.member_accounts import Account, account_ids
from embedded_aws.truth import truth_of
from embedded_aws.truth.comparison import first_differences
from embedded_aws.truth.trail import trail_events
from integration_tests.conftest import FAST
from integration_tests.connector import Json
from integration_tests.soak import Silent, Warehouse, World, sync
from integration_tests.soak_of_trail import REGIONS, TrailWorld
from integration_tests.test_accounts import roles
from integration_tests.test_incremental import at, hours_ago
from integration_tests.test_read import row
from integration_tests.test_trail import SMALL_BATCHES
from integration_tests.test_trail import config as config_of_trail

SYNCS = int(os.environ.get("SOAK") or 6)
SEED = int(os.environ.get("SOAK_SEED") or Random().randrange(10**6))  # noqa: S311 - chosen anew each time
SEEDED = Seed(users=30, groups=2, events=3_000)


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


def settings_of_trail(world: TrailWorld, rng: Random | None) -> Json:
    """A configuration of the trail's bucket as people change it between syncs, or without `rng` one that reads all."""
    chosen: dict[str, Any] = {}
    if rng:
        chosen["num_workers"] = rng.choice([1, 2, 10])
        if rng.random() < 0.2:
            chosen["regions"] = rng.sample(REGIONS, rng.randint(1, len(REGIONS)))
        if rng.random() < 0.4:
            chosen["start_date"] = at(hours_ago(rng.uniform(0.5, 48)))
        if rng.random() < 0.1:
            chosen["event_selection"] = {"mode": "write_only"}
    accounts = {"scope": "organization", "role_name": "reader"}
    return config_of_trail(world.aws, world.trail, accounts=accounts, **chosen)


def differences(truth: list[Json], warehouse: Warehouse, *, before: datetime) -> list[str]:
    """Compare the events before the second in which the last sync began: it leaves that second to the next sync."""
    stored = [row("audit_events", record) for record in warehouse.rows.values()]
    due, kept = ([one for one in rows if one["event_time"] < before] for rows in (truth, stored))
    return first_differences({"audit_events": due}, {"audit_events": kept})


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
        last = world.second()
        assert sync(world, warehouse, tmp_path, aws.config(**FAST)) == 0
        truth = truth_of(aws)["audit_events"]
    print(
        f"{killed} of {SYNCS} syncs killed, {warehouse.states} states, {warehouse.delivered:,} records for "
        f"{len(warehouse.rows):,} events of {len(truth):,}, {datetime.now(timezone.utc) - began}"
    )
    assert differences(truth, warehouse, before=last) == [], f"SEED={SEED}"
    assert killed or SYNCS < 6


def test_syncs_of_many_accounts_that_are_killed_and_resumed_end_with_exactly_the_events_of_all(tmp_path: Path) -> None:
    """The first account is suspended while it is read, so that the others get ahead of it."""
    rng, warehouse = Random(6), Warehouse()  # noqa: S311 - reproducible, not secret
    ids, kills = account_ids(6), 3
    with EmbeddedAws(lookup_rate=None) as aws:
        opened = aws.open_accounts([Account(one, users=10, groups=0, events=200) for one in ids])
        world = World(aws, rng, [aws.within(one) for one in ids])
        aws.after("cloudtrail:LookupEvents", 1, lambda: aws.suspend(ids[0]), account_id=ids[0])
        for _ in range(kills):
            world.go_on()
            config = roles(aws, opened, num_workers=rng.choice([1, 2, 10]))
            assert sync(world, warehouse, tmp_path, config, kill_after=rng.randrange(100, 300), kill_with=[SIGKILL])
        aws.mend(ids[0])
        world.show(1)
        before, last = warehouse.delivered, world.second()
        assert sync(world, warehouse, tmp_path, roles(aws, opened)) == 0
        truth = [row for account in world.accounts for row in truth_of(account, ["audit_events"])["audit_events"]]
    assert differences(truth, warehouse, before=last) == []
    assert warehouse.delivered - before < len(truth), "the states saved nothing"


def test_syncs_of_a_trail_that_are_killed_and_resumed_end_with_exactly_the_events_of_its_files(tmp_path: Path) -> None:
    """Late files, files that are delivered twice, and accounts that join come between the syncs and during them."""
    rng, warehouse, killed = Random(SEED), Warehouse(), 0  # noqa: S311 - reproducible, not secret
    syncs = SYNCS if "SOAK" in os.environ else 3
    print(f"{syncs} syncs of a trail with SEED={SEED}", flush=True)
    clock = StoppedClock(datetime.now(timezone.utc))
    with EmbeddedAws(seed=Seed(users=10, groups=1, events=0), now=clock) as aws:
        world = TrailWorld(aws, clock, rng, account_ids(8))
        for number in range(1, syncs + 1):
            world.go_on()
            lines = math.exp(rng.uniform(0, math.log(1_000)))
            settings = settings_of_trail(world, rng)
            killed += bool(sync(world, warehouse, tmp_path, settings, kill_after=lines, small=SMALL_BATCHES))
            if number % 10 == 0:
                print(f"{number} syncs, {killed} killed, {warehouse.states} states, {len(warehouse.rows)} events")
        assert sync(world, warehouse, tmp_path, settings_of_trail(world, None), small=SMALL_BATCHES) == 0
        # What was delivered during that sync is for the next one.
        assert sync(Silent(rng), warehouse, tmp_path, settings_of_trail(world, None), small=SMALL_BATCHES) == 0
        truth = list(trail_events(aws, world.trail))
    print(
        f"{killed} of {syncs} syncs killed, {warehouse.states} states, {warehouse.delivered:,} records for "
        f"{len(warehouse.rows):,} events of {len(truth):,} in {len(world.trail.files):,} files of "
        f"{len(world.accounts)} accounts"
    )
    stored = [row("audit_events", record) for record in warehouse.rows.values()]
    assert first_differences({"audit_events": truth}, {"audit_events": stored}) == [], f"SEED={SEED}"
