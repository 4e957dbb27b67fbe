"""Whether a lake holds what AWS holds: each event that can be mapped, and each user with the groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from embedded_aws import EmbeddedAws
from integration_tests.security_lake.messages import EVENTS, READ_AT

_MOST_NAMED = 5


def differences(aws: EmbeddedAws, accounts: Sequence[str], objects: Path) -> list[str]:
    """Return a sentence for each kind of difference."""
    return [*_of_events(aws, objects), *_of_users(aws, accounts, objects)]


def _of_events(aws: EmbeddedAws, objects: Path) -> Iterator[str]:
    expected = Counter(
        record["eventID"]
        for record in aws.events.visible()
        if isinstance(ocsf_row(EVENTS, {"event": record}, READ_AT), OcsfRow)
    )
    sources = [source for source in objects.iterdir() if source.name != "iam-user-inventory"]
    found = Counter(uid for source in sources for (uid,) in _read(source, "metadata.uid"))
    if expected != found:
        yield _told("events", expected, found)


def _of_users(aws: EmbeddedAws, accounts: Sequence[str], objects: Path) -> Iterator[str]:
    members: dict[str, list[str]] = {}
    for account in accounts:
        for one in aws.memberships_truth(account):
            members.setdefault(one["user_arn"], []).append(one["group_name"])
    expected = Counter(
        (user["arn"], tuple(sorted(members.get(user["arn"], []))))
        for account in accounts
        for user in aws.users_truth(account)
    )
    found = Counter(
        (arn, tuple(sorted(groups)))
        for arn, groups in _read(
            objects / "iam-user-inventory",
            '"user".uid, list_transform("user".groups, one -> one.name)',
            "metadata.product.name = 'IAM' AND \"user\".type_id = 1",
        )
    )
    if expected != found:
        yield _told("users of IAM with their groups", expected, found)


def _read(source: Path, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {columns} FROM '{source}/**/*.parquet' WHERE {where}").fetchall()  # noqa: S608


def _told(what: str, expected: Counter[Any], found: Counter[Any]) -> str:
    missing, more = expected - found, found - expected
    return (
        f"{what}: {sum(missing.values())} are missing, such as {[*missing][:_MOST_NAMED]}, "
        f"and {sum(more.values())} are too many, such as {[*more][:_MOST_NAMED]}."
    )
