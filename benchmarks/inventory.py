"""Measure the inventory streams against a large embedded account: python -m benchmarks.inventory [CASE …] [--scale 0.1]

IAM answers in 80 ms and takes 20 calls a second. Beside it: the requests of a loop over users, as most tools have it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.kept import keep
from benchmarks.process import Run, watch
from benchmarks.report import table
from embedded_aws import EmbeddedAws, Latency, Seed
from integration_tests.connector import COMMAND, catalog, discovered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PER_SECOND: Final = 20
LATENCY: Final = 0.08
# users, groups, roles, policies
SIZES: Final = (5_000, 300, 1_000, 1_500)
MEGA: Final = 1_000_000
EVERY: Final = tuple(stream["name"] for stream in discovered() if stream["name"] != "audit_events")
# What a product asks for that reads users and groups alone.
USERS_AND_GROUPS: Final = (
    *("iam:ListUsers", "iam:ListGroups", "iam:GetUser", "iam:ListUserTags", "iam:ListGroupsForUser"),
    *("iam:ListMFADevices", "iam:ListAccessKeys", "iam:GetGroup"),
)


@dataclass(frozen=True)
class Case:
    """`streams` are read with `actions` allowed; none means all."""

    name: str
    title: str
    streams: Sequence[str]
    actions: Sequence[str] = ()


CASES: Final = (
    Case("people", "users, groups, group_members", ("users", "groups", "group_members")),
    Case("all", "every inventory stream", EVERY),
    Case("all-but-ssh", "every one but ssh_public_keys", tuple(name for name in EVERY if name != "ssh_public_keys")),
    Case("denied", "the first three, no bulk call allowed", ("users", "groups", "group_members"), USERS_AND_GROUPS),
)


def main() -> None:
    """Run the chosen cases one after another on one account, then print what they took."""
    arguments = _arguments()
    scale = arguments.scale
    users, groups, roles, policies = (round(size * scale) for size in SIZES)
    seed = Seed(users=users, groups=groups, roles=roles, policies=policies, events=0)
    chosen = [case for case in CASES if not arguments.cases or case.name in arguments.cases]
    with EmbeddedAws(seed=seed) as aws, TemporaryDirectory() as folder:
        loop = _loop(aws)
        aws.latency = [Latency(LATENCY)]
        aws.iam_rate = PER_SECOND
        done = [(case, *_measure(aws, case, Path(folder))) for case in chosen]
    rows = [_row(case, run, requests) for case, run, requests in done]
    head = "case | requests | seconds | rows | CPU s | peak MB | exit code"
    print("\n".join(table(head, [*rows, ["a loop over users", f"{loop:,}", *"-----"]])))
    if arguments.keep:
        keep("inventory", {case.title: _ratio(run, requests, loop) for case, run, requests in done})
    print()
    actions = sorted({action for _, _, requests in done for action in requests})
    counts = [[action, *(f"{requests[action]:,}" for _, _, requests in done)] for action in actions]
    print("\n".join(table(" | ".join(["requests", *(case.title for case in chosen)]), counts)))


def _measure(aws: EmbeddedAws, case: Case, folder: Path) -> tuple[Run, Counter[str]]:
    if case.actions:
        aws.allow(*case.actions)
    files = {"config": aws.config(), "catalog": catalog(case.streams)}
    arguments = [str(COMMAND), "read"]
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        arguments += [f"--{name}", str(path)]
    aws.reset_requests()
    run = watch(arguments, {}, folder)
    requests: Counter[str] = Counter()
    for (_, _, action), count in aws.requests.items():
        requests[action] += count
    aws.allow_everything()
    return run, requests


def _loop(aws: EmbeddedAws) -> int:
    """Return the requests of a loop that asks five things about every user, with AWS's default pages."""
    iam = aws.client_of(aws.base_key, "iam")
    aws.reset_requests()
    for user in _users(iam):
        name = user["UserName"]
        iam.get_user(UserName=name)
        iam.list_groups_for_user(UserName=name)
        iam.list_mfa_devices(UserName=name)
        iam.list_access_keys(UserName=name)
        iam.list_user_tags(UserName=name)
    return aws.requests_total()


def _users(iam: object) -> Iterator[dict[str, str]]:
    paginator = iam.get_paginator("list_users")  # type: ignore[attr-defined]
    for page in paginator.paginate():
        yield from page["Users"]


def _row(case: Case, run: Run, requests: Counter[str]) -> list[str]:
    return [
        case.title,
        f"{requests.total():,}",
        f"{run.seconds:,.1f}",
        f"{run.events:,}",
        f"{run.cpu_seconds:,.1f}",
        f"{run.peak_bytes / MEGA:,.0f}",
        str(run.exit_code),
    ]


def _ratio(run: Run, requests: Counter[str], loop: int) -> str:
    share = 100 * requests.total() / loop
    return f"{share:.1f} % of the requests of a loop over users, {1000 * run.cpu_seconds / run.events:.2f} ms CPU a row"


def _arguments() -> argparse.Namespace:
    titles = "\n".join(f"  {case.name:<12} {case.title}" for case in CASES)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.inventory",
        description=f"What the inventory of 5,000 users costs.\n\n{titles}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", choices=[*(case.name for case in CASES), []])
    parser.add_argument("--keep", action="store_true", help="append the ratios to benchmarks/history.md")
    parser.add_argument("--scale", type=float, default=1, help="the part of the account that is planted, e.g. 0.1")
    return parser.parse_args()


if __name__ == "__main__":
    main()
