"""sync_coverage: when it comes, and which rows it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest

from aws_calls.errors import AwsError
from source_aws_iam.config import Settings
from source_aws_iam.streams.sync_coverage import SyncCoverage
from source_aws_iam.sync.account_handle import AccountHandle
from source_aws_iam.sync.account_region import AccountRegion
from source_aws_iam.sync.context import SYNC_CONTEXT, SelectedStreams, SyncContext
from unit_tests.sync.test_context import IDS, KEY, handles
from unit_tests.sync.test_failures import refusal

HUB = "999999999999"
TOGETHER, APART = frozenset({"users"}), frozenset({"audit_events"})


class Stranger:
    """A session that nobody says whose it is."""

    region = "eusc-de-east-1"

    @property
    def account_id(self) -> NoReturn:
        raise refusal(action="sts:GetCallerIdentity")


def run(
    *others: str, find: Callable[[], list[AccountHandle]] = handles, hub: Any = None
) -> tuple[SyncContext, SyncCoverage]:
    """A run of `users`, `audit_events`, `organization` and `others`."""
    every = TOGETHER | APART | {"organization", "sync_coverage", *others}
    session = hub or SimpleNamespace(account_id=HUB, partition="aws", region="us-east-1")
    context = SyncContext(
        Settings.of({"credentials": KEY}), cast(Any, session), find, SelectedStreams(TOGETHER, APART, every)
    )
    return context, SyncCoverage(name="sync_coverage", config={SYNC_CONTEXT: context})


def ended(context: SyncContext, *but: str) -> None:
    for stream in context.streams.every - {"sync_coverage", *but}:
        context.end(stream)


def told(stream: SyncCoverage, *columns: str) -> list[tuple[Any, ...]]:
    wanted: Sequence[str] = columns or ("account_id", "region", "stream", "status", "error")
    return [tuple(row[column] for column in wanted) for row in stream.read_records({})]


def test_it_waits_for_all_other_streams() -> None:
    context, stream = run("credential_report")
    ended(context, "credential_report")
    with ThreadPoolExecutor(1) as pool:
        rows = pool.submit(told, stream)
        assert not wait([rows], timeout=0.2).done
        context.end("credential_report")
        assert rows.result(60)
    context.wait_for({"sync_coverage"})


def test_every_stream_has_a_row_in_every_account_and_region_that_it_read_and_no_other() -> None:
    context, stream = run()
    coverage = context.coverage
    for account_id in IDS:
        coverage.at("users", AccountRegion(account_id)).is_read = True
    coverage.at("audit_events", AccountRegion(IDS[0], "us-east-1")).is_read = True
    coverage.not_enabled("audit_events", IDS[0], ["me-south-1"])
    coverage.failed("audit_events", AccountRegion(IDS[1]), refusal("No role.", action="sts:AssumeRole"))
    coverage.at("organization").is_read = True
    ended(context)
    assert told(stream) == [
        (IDS[0], "me-south-1", "audit_events", "not_enabled", None),
        (IDS[0], "us-east-1", "audit_events", "complete", None),
        (IDS[1], "global", "audit_events", "failed", "No role."),
        (HUB, "global", "organization", "complete", None),
        (IDS[0], "global", "users", "complete", None),
        (IDS[1], "global", "users", "complete", None),
    ]


def test_a_row_has_the_numbers_the_span_and_the_missing_actions() -> None:
    context, stream = run()
    covered = context.coverage.at("users", AccountRegion(IDS[0]))
    covered.rows, covered.comparable, covered.by_aws, covered.is_read = 4, 3, 5, True
    context.coverage.lacks(covered, ("iam:GetUser", "iam:ListRoles"))
    events = context.coverage.at("audit_events", AccountRegion(IDS[0], "us-east-1"))
    events.since, events.through = (datetime(2026, 1, day, tzinfo=timezone.utc) for day in (1, 2))
    ended(context)
    rows = {(row["account_id"], row["stream"]): row for row in stream.read_records({})}
    assert rows[IDS[0], "users"] == {
        "account_id": IDS[0],
        "partition": "aws",
        "region": "global",
        "stream": "users",
        "status": "complete",
        "rows_read": 4,
        "rows_comparable": 3,
        "rows_counted_by_aws": 5,
        "complete_since": None,
        "complete_through": None,
        "missing_action": "iam:GetUser, iam:ListRoles",
        "error": None,
    }
    events_row = rows[IDS[0], "audit_events"]
    assert (events_row["complete_since"], events_row["complete_through"]) == (
        "2026-01-01T00:00:00Z",
        "2026-01-02T00:00:00Z",
    )


def test_a_stream_that_never_came_to_an_account_has_failed_there() -> None:
    context, stream = run()
    context.coverage.at("organization").is_read = True
    with pytest.raises(KeyError), context.noting("users"):
        raise KeyError("a value of a record")
    ended(context)
    rows = told(stream, "account_id", "stream", "status", "error")
    assert [row[:3] for row in rows if row[1] != "organization"] == [
        (account_id, name, "failed") for name in ("audit_events", "users") for account_id in IDS
    ]
    assert ["unexpected KeyError" in row[3] for row in rows if row[1] == "users"] == [True, True]


def refuse() -> NoReturn:
    raise refusal("Organizations refuses.", action="organizations:ListAccounts")


def fault() -> NoReturn:
    raise KeyError("a value of a record")


@pytest.mark.parametrize(
    ("find", "status", "sentence"), [(refuse, "denied", "Organizations refuses."), (fault, "failed", "a fault of")]
)
def test_where_the_accounts_cannot_be_found_each_stream_has_a_row(
    find: Callable[[], NoReturn], status: str, sentence: str
) -> None:
    context, stream = run(find=find)
    context.coverage.at("organization").is_read = True
    ended(context)
    rows: list[Any] = []
    try:
        rows.extend(stream.read_records({}))
    except KeyError:
        assert find is fault, "what is a fault of ours is told, and then raised"
    else:
        assert find is refuse
    assert [(row["account_id"], row["region"], row["stream"], row["status"]) for row in rows] == [
        ("unknown", "global", "audit_events", status),
        (HUB, "global", "organization", "complete"),
        ("unknown", "global", "users", status),
    ]
    assert all(sentence in row["error"] for row in rows if row["account_id"] == "unknown")
    context.wait_for({"sync_coverage"})


def test_what_aws_denies_before_there_are_accounts_is_named() -> None:
    context, stream = run(find=refuse)
    ended(context)
    assert {row["missing_action"] for row in stream.read_records({}) if row["account_id"] == "unknown"} == {
        "organizations:ListAccounts"
    }


def test_where_nobody_knows_whose_the_credentials_are_the_region_says_the_partition() -> None:
    context, stream = run(hub=Stranger())
    with pytest.raises(AwsError), context.noting("organization"):
        context.hub.account_id  # noqa: B018 - it asks AWS
    ended(context)
    assert ("unknown", "aws-eusc", "organization", "failed") in told(
        stream, "account_id", "partition", "stream", "status"
    )


def test_whoever_stops_reading_ends_it() -> None:
    context, stream = run()
    ended(context)
    rows = iter(stream.read_records({}))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    context.wait_for({"sync_coverage"})
