"""Measure many accounts in one sync: python -m benchmarks.accounts [10 100 1000] [--users 100]

Users, groups and memberships of every account of an organization, with 80 ms for each answer.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.kept import keep
from benchmarks.process import watch
from benchmarks.report import table
from embedded_aws import EmbeddedAws, Latency
from embedded_aws.scenarios.member_accounts import MEMBER_ROLE, Account, account_ids
from embedded_aws.server.organization import Member, Organization
from integration_tests.connector import COMMAND, catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

LATENCY: Final = 0.08
WORKERS: Final = 50
MEGA: Final = 1_000_000
STREAMS: Final = ("users", "groups", "group_members", "accounts")
EXTERNAL_ID: Final = "of-the-whole-organization"


def main() -> None:
    """Read organizations of the chosen sizes, then print what they took."""
    arguments = _arguments()
    rows = [_measure(size, arguments.users) for size in (0, *arguments.sizes)]
    if arguments.keep:
        keep("accounts", _ratios(rows))
    head = "accounts | requests | each | requests x latency / workers s | seconds | rows | CPU s | peak MB | exit code"
    print("\n".join(table(head, rows)))


def _measure(size: int, users: int) -> list[str]:
    """Read `size` accounts; 0 is the home account alone, for what starting takes."""
    with EmbeddedAws() as aws, TemporaryDirectory() as folder:
        ids = account_ids(size)
        aws.open_accounts([Account(one, users=users, groups=4, external_id=EXTERNAL_ID) for one in ids])
        aws.organize(Organization(accounts=[Member(one) for one in ids]))
        scope = {"scope": "organization", "role_name": MEMBER_ROLE, "external_id": EXTERNAL_ID}
        config = aws.config(num_workers=WORKERS, **({"accounts": scope} if size else {}))
        for one in ids:  # planted when first looked at, which is not the connector's time
            aws.within(one).users_truth()
        aws.latency = [Latency(LATENCY)]
        arguments = [str(COMMAND), "read"]
        for name, content in {"config": config, "catalog": catalog(STREAMS)}.items():
            path = Path(folder) / f"{name}.json"
            path.write_text(json.dumps(content), encoding="utf-8")
            arguments += [f"--{name}", str(path)]
        began = time.monotonic()
        run = watch(arguments, {}, Path(folder))
        seconds = time.monotonic() - began
        requests = aws.requests_total()
    return [
        f"{size:,}",
        f"{requests:,}",
        f"{requests / max(size, 1):.1f}",
        f"{requests * LATENCY / WORKERS:,.1f}",
        f"{seconds:,.1f}",
        f"{run.events:,}",
        f"{run.cpu_seconds:,.1f}",
        f"{run.peak_bytes / MEGA:,.0f}",
        str(run.exit_code),
    ]


def _ratios(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the CPU of one request, and the seconds in terms of what answers take: what starting takes is left out."""
    _, start_requests, _, _, start_seconds, _, start_cpu, *_ = _numbers(rows[0])
    found = {}
    for row in rows[1:]:
        size, requests, _, shortest, seconds, _, cpu, *_ = _numbers(row)
        each = 1000 * (cpu - start_cpu) / (requests - start_requests)
        times = (seconds - start_seconds) / shortest
        found[f"{size:,.0f} accounts"] = f"{each:.1f} ms CPU a request, {times:.1f} x requests x latency / workers"
    return found


def _numbers(row: Sequence[str]) -> list[float]:
    return [float(cell.replace(",", "")) for cell in row]


def _arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accounts", description="What an organization costs.")
    parser.add_argument("sizes", nargs="*", type=int, default=[10, 100, 1000], help="accounts; 10 100 1000 by default")
    parser.add_argument("--users", type=int, default=100, help="in each account")
    parser.add_argument("--keep", action="store_true", help="append the ratios to benchmarks/history.md")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
