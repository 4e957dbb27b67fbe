"""A window whose Region fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NoReturn, cast

from source_aws_iam.audit.selection import ALL, Query
from source_aws_iam.audit.stream import Sync, WindowPartition
from source_aws_iam.audit.windows import SECOND, Window
from source_aws_iam.aws.errors import AwsError, Outcome, Target
from unit_tests.audit.event_history import HOME, NOON


def test_a_failure_is_noted_before_its_window_is_counted() -> None:
    """The last window that is counted lets the sync look at what has failed: it must find this one."""
    order: list[str] = []

    def refuse(account_id: str) -> NoReturn:
        target = Target("cloudtrail:LookupEvents", account_id, "us-east-1")
        raise AwsError(Outcome.ACT, "Refused.", code="AccessDenied", target=target)

    def noted(*_: object, region: str) -> bool:
        assert region == HOME.region
        order.append("noted")
        return True

    def counted(_: Window) -> bool:
        order.append("counted")
        return True

    plan = SimpleNamespace(has_failed=lambda _: False, fail=counted)
    connection = SimpleNamespace(member=refuse, failed=noted)
    sync = Sync(cast(Any, plan), cast(Any, None), {ALL: Query(ALL)}, cast(Any, connection), lambda: NOON)
    partition = WindowPartition(Window(HOME, NOON, NOON + SECOND), sync)
    assert list(partition.read()) == []
    assert (order, partition.sealed) == (["noted", "counted"], None)
