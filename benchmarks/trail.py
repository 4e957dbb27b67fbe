"""Measure audit_events from a trail's log files: python -m benchmarks.trail [CASE …] [--events 400000]"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.kept import keep
from benchmarks.process import Run, read_audit_events, watch
from benchmarks.report import table
from benchmarks.trail_bucket import ACCOUNT, deliver, deliver_to_organization
from embedded_aws import EmbeddedAws
from embedded_aws.scenarios.member_accounts import MEMBER_ROLE
from embedded_aws.scenarios.trail_writer import open_trail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embedded_aws.server.trail import Trail

MEGA: Final = 1_000_000
# The second one prints the rows that the connector makes: what they cost, nobody can save who prints them.
LOOPS: Final = {
    name: Path(__file__).with_name(file)
    for name, file in {"plain loop": "plain_trail.py", "plain loop, same rows": "plain_trail_rows.py"}.items()
}
# What reading costs is the slope between a part of the events and all of them: every start costs seconds.
PART: Final = 5
QUIET: Final = "quiet"
HEAD: Final = "case | process | events | files | seconds | CPU s | peak MB | CPU µs per event | x the plain loop"
QUIET_HEAD: Final = "accounts x Regions | requests | seconds | CPU s | peak MB | state kB"


@dataclass(frozen=True)
class Case:
    """So many events in files of so many `records`."""

    name: str
    title: str
    events: int
    records: int
    plain: bool = True


CASES: Final = (
    Case("large", "files of 200,000 records", 400_000, 200_000),
    Case("small", "9,000 files", 180_000, 20),
    Case("memory", "1 and 5 million events", 5 * MEGA, 200_000, plain=False),
)


@dataclass(frozen=True)
class Measured:
    """A part of the events, and all of them."""

    part: Run
    whole: Run

    @property
    def per_event(self) -> float:
        """Microseconds of CPU."""
        spent = self.whole.cpu_seconds - self.part.cpu_seconds
        return MEGA * spent / (self.whole.events - self.part.events)


def measure(case: Case) -> dict[str, Measured]:
    """Return what the connector took, and the plain loop beside it. Raises RuntimeError where events are missing."""
    part = replace(case, events=case.events // PART // case.records * case.records or case.records)
    few, many = (_runs(one) for one in (part, case))
    return {name: Measured(few[name], many[name]) for name in many}


def _runs(case: Case) -> dict[str, Run]:
    with EmbeddedAws(account_id=ACCOUNT) as aws, TemporaryDirectory() as scratch:
        trail = open_trail(aws)
        expected = deliver(trail, case.events, case.records, aws.now())
        key = aws.base_key
        env = {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}
        runs = {"connector": watch(read_audit_events(_config(aws, trail), Path(scratch)), {}, Path(scratch))}
        for name, loop in LOOPS.items() if case.plain else ():
            command = [sys.executable, str(loop), aws.url, trail.bucket.name, trail.folder(ACCOUNT)]
            runs[name] = watch(command, env, Path(scratch))
    for name, run in runs.items():
        _complete(name, run, expected)
    return runs


def quiet(accounts: int, regions: int) -> list[str]:
    """Return what a sync takes that finds nothing new in so many accounts and Regions."""
    with EmbeddedAws() as aws, TemporaryDirectory() as scratch:
        trail = deliver_to_organization(aws, accounts, regions)
        scope = {"scope": "organization", "role_name": MEMBER_ROLE}
        config = {**_config(aws, trail), "accounts": scope}
        first = watch(read_audit_events(config, Path(scratch)), {}, Path(scratch))
        _complete("the first sync", first, accounts * regions)
        aws.reset_requests()
        run = watch(read_audit_events(config, Path(scratch), first.last_state), {}, Path(scratch))
        _complete("the quiet sync", run, 0)
        return [
            f"{accounts:,} x {regions}",
            f"{aws.requests_total():,}",
            f"{run.seconds:.1f}",
            f"{run.cpu_seconds:.1f}",
            f"{run.peak_bytes / MEGA:.0f}",
            f"{len(json.dumps(run.last_state)) / 1000:.0f}",
        ]


def _config(aws: EmbeddedAws, trail: Trail) -> dict[str, object]:
    source = {"mode": "trail_bucket", "bucket": trail.bucket.name, "region": trail.bucket.region}
    return dict(aws.key_config(audit_source=source))


def _complete(name: str, run: Run, events: int) -> None:
    if run.exit_code or run.events != events:
        raise RuntimeError(f"{name}: exit code {run.exit_code}, {run.events} of {events} events. {run.last_words}")


def _rows(case: Case, found: dict[str, Measured]) -> list[list[str]]:
    base = found["plain loop"].per_event if case.plain else None
    return [
        [
            case.title,
            name,
            f"{run.events:,}",
            f"{-(-run.events // case.records):,}",
            f"{run.seconds:.1f}",
            f"{run.cpu_seconds:.1f}",
            f"{run.peak_bytes / MEGA:.0f}",
            f"{measured.per_event:.1f}",
            f"{measured.per_event / base:.2f}" if base else "-",
        ]
        for name, measured in found.items()
        for run in (measured.part, measured.whole)
    ]


def _ratio(found: dict[str, Measured]) -> str:
    measured = found["connector"]
    loops = [(name, found[name].per_event) for name in LOOPS if name in found]
    beside = "".join(f", {measured.per_event / per_event:.2f} x the {name}" for name, per_event in loops)
    growth = measured.whole.peak_bytes / measured.part.peak_bytes
    return f"{measured.per_event:.0f} µs CPU an event{beside}, memory {growth:.2f} x"


def main() -> None:
    """Measure the chosen cases, and print what they took."""
    arguments = _arguments()
    ratios: dict[str, str] = {}
    began = time.monotonic()
    for case in CASES:
        if case.name in (arguments.cases or ["large", "small"]):
            records = arguments.records or case.records
            chosen = replace(
                case, records=records, events=arguments.events or (arguments.files or 0) * records or case.events
            )
            found = measure(chosen)
            print("\n".join(table(HEAD, _rows(chosen, found))), flush=True)
            ratios[f"trail, {chosen.title}, {chosen.events:,} events"] = _ratio(found)
    if not arguments.cases or QUIET in arguments.cases:
        print("\n".join(table(QUIET_HEAD, [quiet(arguments.accounts, arguments.regions)])))
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    if arguments.keep:
        keep("trail", ratios)


def _arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    titles = ", ".join(f"{case.name}: {case.title}" for case in CASES)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trail", description=f"{titles}, quiet: nothing is new.")
    names = [*(case.name for case in CASES), QUIET]
    parser.add_argument("cases", nargs="*", metavar="CASE", choices=[*names, []], help="all but memory by default")
    parser.add_argument("--events", type=int, help="in the place of the case's number")
    parser.add_argument("--files", type=int, help="the same as so many files")
    parser.add_argument("--records", type=int, help="in each file")
    parser.add_argument("--accounts", type=int, default=20, help="of the quiet sync")
    parser.add_argument("--regions", type=int, default=17, help="of each of its accounts")
    parser.add_argument("--keep", action="store_true", help="append the ratios to benchmarks/history.md")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
