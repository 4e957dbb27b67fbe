"""Users are written with their groups, once all of both have come, and never with a part of the groups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from destination_security_lake.ocsf.classes import ACCOUNT_CHANGE, API_ACTIVITY, AUTHENTICATION, GROUP_MANAGEMENT
from integration_tests.security_lake.contents import places, rows_by_source, source_of
from integration_tests.security_lake.in_process import confirmed
from integration_tests.security_lake.lake import Lake
from integration_tests.security_lake.messages import (
    ACCOUNT,
    EVENTS,
    READ_AT,
    Json,
    event,
    membership,
    record,
    records,
    state,
    status,
    user,
)

USERS, MEMBERS = "users", "group_members"
CLASSES_OF_EVENTS = (API_ACTIVITY, ACCOUNT_CHANGE, AUTHENTICATION, GROUP_MANAGEMENT)
COMPLETE = (status(USERS), status(MEMBERS))


def groups(lake: Lake, folder: Path) -> dict[str, list[str] | None]:
    """The names of the groups of each user in the lake."""
    rows = rows_by_source(lake, folder)["iam-user-inventory"]
    found = {row["user"]["name"]: row["user"].get("groups") for row in rows}
    return {name: None if of is None else sorted(group["name"] for group in of) for name, of in found.items()}


ADA, BOB = record(USERS, user("ada")), record(USERS, user("bob"))
OF_ADA = records(MEMBERS, [membership("ada", "admins"), membership("ada", "core")])


@pytest.mark.parametrize(
    "messages",
    [
        [ADA, BOB, *OF_ADA, *COMPLETE],
        [*OF_ADA, status(MEMBERS), ADA, BOB, status(USERS)],
        [OF_ADA[0], ADA, status(MEMBERS, "RUNNING"), BOB, OF_ADA[1], *COMPLETE],
        [ADA, BOB, *OF_ADA, status(MEMBERS)],
    ],
    ids=["users first", "memberships first", "mixed", "users without an end"],
)
def test_users_have_all_of_their_groups_in_whatever_order_these_come(
    lake: Lake, tmp_path: Path, messages: list[Json]
) -> None:
    [*confirmed(lake, messages)]

    assert groups(lake, tmp_path) == {"ada": ["admins", "core"], "bob": []}


@pytest.mark.parametrize(
    "end",
    [
        [status(USERS)],
        [],
        [status(USERS), status(MEMBERS, "INCOMPLETE")],
        [status(MEMBERS, "INCOMPLETE"), *COMPLETE],
        [status(USERS), status(MEMBERS, "RUNNING")],
    ],
    ids=["no end", "no end of either", "incomplete", "complete in the platform's words", "in the middle"],
)
def test_where_memberships_are_missing_groups_are_not_known(lake: Lake, tmp_path: Path, end: list[Json]) -> None:
    """A part of the groups would read as all of them."""
    named = record(USERS, user("eve", group_names=["admins"]))

    [*confirmed(lake, [ADA, OF_ADA[0], named, *end])]

    assert groups(lake, tmp_path) == {"ada": None, "eve": ["admins"]}


def test_where_the_catalog_has_no_memberships_users_wait_for_nothing(lake: Lake, tmp_path: Path) -> None:
    [*confirmed(lake, [ADA, BOB], streams=[USERS])]

    assert groups(lake, tmp_path) == {"ada": None, "bob": None}


def test_a_user_that_comes_after_the_end_of_its_stream_is_written_without_groups(lake: Lake, tmp_path: Path) -> None:
    [*confirmed(lake, [ADA, *OF_ADA, *COMPLETE, BOB, *COMPLETE])]

    assert groups(lake, tmp_path) == {"ada": ["admins", "core"], "bob": None}


def test_users_of_identity_center_have_their_groups_too(lake: Lake, tmp_path: Path) -> None:
    noor = {"identity_store_id": "d-1", "user_id": "u-1", "user_name": "noor", "account_id": ACCOUNT}
    staff = {"identity_store_id": "d-1", "user_id": "u-1", "group_id": "g-1", "group_name": "staff"}
    streams = ["identity_center_users", "identity_center_group_members"]

    [*confirmed(lake, [record(streams[0], noor), record(streams[1], staff), *map(status, streams)], streams=streams)]

    assert groups(lake, tmp_path) == {"noor": ["staff"]}


def test_states_of_users_wait_for_their_groups_and_those_of_events_do_not(lake: Lake) -> None:
    seen: list[Any] = []
    now = READ_AT

    def messages() -> Iterator[Json]:
        nonlocal now
        yield from records(USERS, [user("ada")])
        yield state(USERS, "users")
        yield from records(EVENTS, map(event, range(4)))
        yield state(EVENTS, "events")
        yield from records(MEMBERS, [membership("ada", "core")])
        assert (seen, lake.keys) == ([], [])
        now += timedelta(minutes=5)
        yield from records(MEMBERS, [membership("ada", "admins")])
        assert seen == [(EVENTS, "events")]
        assert {source for source, _, _ in places(lake)} == {source_of(one) for one in CLASSES_OF_EVENTS}
        yield state(MEMBERS, "memberships")
        yield from COMPLETE
        assert seen[1:] == [(USERS, "users"), (MEMBERS, "memberships")]
        assert any(key.startswith("ext/iam-user-inventory/") for key in lake.keys)
        yield state("roles", "of a stream that is not mapped")

    for progress in confirmed(lake, messages(), clock=lambda: now, flush_age_minutes=5):
        seen += [progress]

    assert seen[3:] == [("roles", "of a stream that is not mapped")]
