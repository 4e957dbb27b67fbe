"""A window whose Region fails."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest

from aws_calls.errors import AwsError, Outcome, Target
from source_aws_iam.cloudtrail.feed import ALL
from source_aws_iam.cloudtrail.history.selection import Query
from source_aws_iam.cloudtrail.history.window_partition import Sync, WindowPartition
from source_aws_iam.cloudtrail.history.windows import SECOND, Window
from unit_tests.cloudtrail.history.event_history import HOME, NOON

TARGET = Target("cloudtrail:LookupEvents", HOME.account_id, HOME.region)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (AwsError(Outcome.ACT, "Refused.", code="AccessDenied", target=TARGET), nullcontext()),
        (KeyError("a value"), pytest.raises(KeyError)),
    ],
)
def test_a_failure_is_noted_before_its_window_is_counted(error: Exception, raised: AbstractContextManager[Any]) -> None:
    """The last window that is counted lets the sync look at what has failed: it must find this one."""
    order: list[str] = []

    def refuse(_: str) -> NoReturn:
        raise error

    def noted(*noted: object) -> bool:
        assert noted == ("audit_events", HOME.account_region, error)
        order.append("noted")
        return isinstance(error, AwsError)

    def counted(_: Window) -> bool:
        order.append("counted")
        return True

    scheduler = SimpleNamespace(has_failed=lambda _: False, fail=counted)
    context = SimpleNamespace(account=refuse, failed=noted)
    sync = Sync(cast(Any, scheduler), cast(Any, None), cast(Any, None), {ALL: Query(ALL)}, cast(Any, context))
    partition = WindowPartition(Window(HOME, NOON, NOON + SECOND), sync)
    with raised:
        assert list(partition.read()) == []
    assert (order, partition.sealed) == (["noted", "counted"], None)
