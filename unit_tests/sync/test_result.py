"""Single accounts that fail do not fail a sync; everything else does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from airbyte_cdk.models import (
    AirbyteErrorTraceMessage,
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteTraceMessage,
    Level,
    TraceType,
    Type,
)

from aws_calls.errors import AwsError, Outcome, Target
from source_aws_iam.config import Accounts
from source_aws_iam.sync.account_region import WHOLE, AccountRegion
from source_aws_iam.sync.context import SyncContext
from source_aws_iam.sync.failures import Failures
from source_aws_iam.sync.result import SyncResult
from source_aws_iam.sync.traces import ACCOUNTS_FAILED

ACCOUNTS = ["111111111111", "222222222222"]


def context(*failed: tuple[str, str], fail_on_error: bool = False, region: str = WHOLE) -> SyncContext:
    """Two accounts, in some of which streams failed, or failed in a Region."""
    failures = Failures()
    for stream, account_id in failed:
        target = Target("iam:ListUsers", account_id, "us-east-1")
        error = AwsError(Outcome.ACT, "Refused.", code="AccessDenied", target=target)
        failures.add(stream, AccountRegion(account_id, region), error)
    settings = SimpleNamespace(accounts=Accounts(scope="organization", fail_on_error=fail_on_error))
    return cast(SyncContext, SimpleNamespace(settings=settings, failures=failures, accounts=lambda: ACCOUNTS))


def trace(internal_message: str | None) -> AirbyteMessage:
    error = AirbyteErrorTraceMessage(message="…", internal_message=internal_message)
    return AirbyteMessage(type=Type.TRACE, trace=AirbyteTraceMessage(type=TraceType.ERROR, emitted_at=0.0, error=error))


def excused(context: SyncContext, *messages: AirbyteMessage) -> bool:
    result = SyncResult()
    for message in messages:
        result.see(message)
    return result.excuses(context)


def test_a_stream_that_one_account_refused_is_excused() -> None:
    assert excused(context(("users", ACCOUNTS[0])), trace(ACCOUNTS_FAILED))


def test_two_streams_that_fail_in_different_accounts_are_excused() -> None:
    failed = context(("users", ACCOUNTS[0]), ("groups", ACCOUNTS[1]))

    assert excused(failed, trace(ACCOUNTS_FAILED), trace(ACCOUNTS_FAILED))


def test_a_stream_that_every_account_refused_is_not_excused() -> None:
    assert not excused(context(*(("users", account_id) for account_id in ACCOUNTS)), trace(ACCOUNTS_FAILED))


def test_a_region_that_failed_in_every_account_is_excused_unless_that_is_not_wanted() -> None:
    failed = [("audit_events", account_id) for account_id in ACCOUNTS]

    assert excused(context(*failed, region="ap-east-1"), trace(ACCOUNTS_FAILED))
    assert not excused(context(*failed, region="ap-east-1", fail_on_error=True), trace(ACCOUNTS_FAILED))


def test_nothing_is_excused_for_those_who_want_the_sync_to_fail() -> None:
    assert not excused(context(("users", ACCOUNTS[0]), fail_on_error=True), trace(ACCOUNTS_FAILED))


@pytest.mark.parametrize("internal_message", ["a bug", None])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_another_failure_is_not_excused_by_an_account_that_failed_too(
    internal_message: str | None, first: bool
) -> None:
    other, account = trace(internal_message), trace(ACCOUNTS_FAILED)

    assert not excused(context(("users", ACCOUNTS[0])), *([other, account] if first else [account, other]))


@pytest.mark.parametrize(
    "message",
    [
        AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=Level.ERROR, message=ACCOUNTS_FAILED)),
        AirbyteMessage(type=Type.TRACE, trace=AirbyteTraceMessage(type=TraceType.STREAM_STATUS, emitted_at=0.0)),
    ],
    ids=["a log line", "a stream's status"],
)
def test_what_is_no_error_excuses_nothing_and_spoils_nothing(message: AirbyteMessage) -> None:
    failed = context(("users", ACCOUNTS[0]))

    assert not excused(failed, message), "the sync failed for a reason that nobody told"
    assert excused(failed, message, trace(ACCOUNTS_FAILED))
