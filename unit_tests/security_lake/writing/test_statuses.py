"""Users are joined with their memberships when all their streams have ended, and only with all of them."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, AirbyteStreamStatusTraceMessage, StreamDescriptor

from destination_security_lake.users import MEMBERSHIPS
from destination_security_lake.writing.statuses import Statuses

COMPLETE, INCOMPLETE, RUNNING = (
    AirbyteStreamStatus.COMPLETE,
    AirbyteStreamStatus.INCOMPLETE,
    AirbyteStreamStatus.RUNNING,
)
IAM = {"users": "group_members"}


def noted(statuses: Statuses, *told: tuple[str, AirbyteStreamStatus]) -> list[bool]:
    return [statuses.note(AirbyteStreamStatusTraceMessage(StreamDescriptor(name), status)) for name, status in told]


def test_the_last_stream_that_ends_lets_all_be_joined() -> None:
    statuses = Statuses(MEMBERSHIPS)
    ends = [(stream, COMPLETE) for pair in MEMBERSHIPS.items() for stream in pair]

    assert noted(statuses, ("users", RUNNING), ("audit_events", COMPLETE), *ends) == [False] * 5 + [True]
    assert statuses.complete() == {*MEMBERSHIPS.values()}


def test_streams_that_the_catalog_lacks_are_not_waited_for() -> None:
    assert noted(Statuses(IAM), ("users", COMPLETE), ("group_members", COMPLETE)) == [False, True]
    assert noted(Statuses({}), ("users", COMPLETE), ("group_members", COMPLETE)) == [False, False]


@pytest.mark.parametrize("later", [(), (("group_members", COMPLETE),)], ids=["alone", "then complete for the platform"])
def test_incomplete_memberships_stay_incomplete(later: tuple[tuple[str, AirbyteStreamStatus], ...]) -> None:
    """The platform says of every stream that it is complete, once a source has ended with 0."""
    statuses = Statuses(IAM)

    assert noted(statuses, ("group_members", INCOMPLETE), *later, ("users", COMPLETE))[-1]
    assert statuses.complete() == set()


def test_incomplete_users_have_the_groups_that_are_known() -> None:
    statuses = Statuses(IAM)

    assert noted(statuses, ("group_members", COMPLETE), ("users", INCOMPLETE)) == [False, True]
    assert statuses.complete() == {"group_members"}


def test_where_the_input_ends_early_memberships_are_not_known() -> None:
    statuses = Statuses(IAM)

    assert noted(statuses, ("users", COMPLETE)) == [False]
    assert statuses.complete() == set()


def test_what_comes_after_the_end_of_a_stream_is_not_joined_as_if_it_were_all() -> None:
    statuses = Statuses(IAM)
    noted(statuses, ("users", COMPLETE), ("group_members", COMPLETE))

    assert statuses.complete() == {"group_members"}
    assert noted(statuses, ("group_members", COMPLETE)) == [False]
    assert statuses.complete() == set()
