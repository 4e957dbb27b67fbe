"""Users are mapped with their groups, in whatever order the rows of the streams come."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from destination_security_lake.disk.work_folder import WorkFolder, work_folder
from destination_security_lake.ocsf.mapping import LEVELS_OF_A_ROW, ocsf_row
from destination_security_lake.ocsf.results import OcsfRow, Reason, UnmappedRow
from destination_security_lake.ocsf.user_inventory import USER_KEYS, user_key
from destination_security_lake.users import MEMBERSHIPS, Users
from unit_tests.security_lake.events import NOW
from unit_tests.security_lake.lake import scratch
from unit_tests.security_lake.test_any_row import USER
from unit_tests.security_lake.test_fields import JSON, OBJECTS
from unit_tests.security_lake.test_parquet_any_row import TEXTS
from unit_tests.security_lake.test_user_inventory import ADA, ADMINS, NOOR, STAFF
from unit_tests.security_lake.validation import faults

Row = dict[str, Any]
Result = OcsfRow | UnmappedRow
EVERY = [*MEMBERSHIPS.values()]
ACCOUNTS = [f"{number:012}" for number in range(3)]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[WorkFolder]:
    with work_folder(tmp_path) as found:
        yield found


def joined(
    folder: WorkFolder, rows: Sequence[tuple[str, Row]], complete: Sequence[str] = EVERY, memory: int = 1_000
) -> list[Result]:
    users = Users(folder, memory=memory)
    at_once = [users.add(stream, row, NOW) for stream, row in rows]
    later = [*users.rows(complete)]
    assert users.bytes == 0
    return [*(found for found in at_once if found), *later]


def groups(found: Result) -> Any:
    assert isinstance(found, OcsfRow), str(found)
    assert faults(found) == []
    return found.attributes["user"].get("groups")


def nested(levels: int) -> Any:
    return {"a": nested(levels - 1)} if levels else "x"


def test_the_streams_that_wait_for_each_other_are_those_that_have_users_and_memberships() -> None:
    assert {*MEMBERSHIPS, *MEMBERSHIPS.values()} == USER_KEYS.keys()


ROWS = [
    *(("users", {**ADA, "account_id": account, "group_names": None}) for account in ACCOUNTS),
    *(("group_members", {**ADMINS, "account_id": account, "group_name": f"of-{account}"}) for account in ACCOUNTS),
    ("identity_center_users", NOOR),
    ("identity_center_group_members", STAFF),
    ("identity_center_group_members", {**STAFF, "group_id": "0002", "group_name": "core"}),
    ("identity_center_group_members", {**STAFF, "user_id": "somebody else"}),
]


@pytest.mark.parametrize("order", [ROWS, ROWS[::-1], [*ROWS[::2], *ROWS[1::2]]])
def test_each_user_gets_the_groups_of_its_account_or_store(order: list[tuple[str, Row]], folder: WorkFolder) -> None:
    found = joined(folder, order)

    assert sorted(str(groups(row)) for row in found) == sorted(
        [
            *(str([{"uid": ADMINS["group_arn"], "name": f"of-{account}"}]) for account in ACCOUNTS),
            str([{"uid": "0001", "name": "staff"}, {"uid": "0002", "name": "core"}]),
        ]
    )


@pytest.mark.parametrize(
    ("memberships", "complete", "expected"),
    [
        ([], EVERY, []),
        ([], [], None),
        ([], ["group_members"], None),
        ([STAFF], [], None),
        ([STAFF], EVERY, [{"uid": "0001", "name": "staff"}]),
        ([STAFF, STAFF], EVERY, [{"uid": "0001", "name": "staff"}]),
        ([STAFF, dict(reversed(STAFF.items()))], EVERY, [{"uid": "0001", "name": "staff"}]),
        ([{**STAFF, "deep": nested(300)}], EVERY, [{"uid": "0001", "name": "staff"}]),
        ([{**STAFF, "identity_store_id": "d-2"}], EVERY, []),
    ],
)
def test_groups_are_those_of_all_memberships_or_not_known(
    memberships: list[Row], complete: list[str], expected: Any, folder: WorkFolder
) -> None:
    rows = [("identity_center_users", NOOR), *(("identity_center_group_members", one) for one in memberships)]

    [found] = joined(folder, rows, complete)

    assert groups(found) == expected


def test_a_user_has_the_time_at_which_it_was_read(folder: WorkFolder) -> None:
    users = Users(folder)
    times = [NOW, NOW + timedelta(microseconds=1_500)]
    for time in times:
        users.add("users", ADA, time)

    assert [*users.rows(EVERY)] == [ocsf_row("users", ADA, time, []) for time in times]


KEYS = st.sampled_from(["1", "2"])
USERS = st.fixed_dictionaries({"user_id": KEYS}, optional={**dict.fromkeys(USER, JSON | TEXTS), "account_id": KEYS})
MEMBERS = st.builds(
    lambda row, more: {**more, **row},
    st.fixed_dictionaries({"user_id": KEYS, "account_id": KEYS, "group_name": JSON | TEXTS}),
    OBJECTS,
)


@given(st.lists(st.tuples(st.just("users"), USERS) | st.tuples(st.just("group_members"), MEMBERS), max_size=8))
def test_any_rows_become_what_the_mapping_makes_of_all_of_them_at_once(rows: list[tuple[str, Row]]) -> None:
    members = [row for stream, row in rows if stream == "group_members"]
    expected = [
        ocsf_row(
            "users", row, NOW, [one for one in members if user_key("group_members", one) == user_key("users", row)]
        )
        for stream, row in rows
        if stream == "users"
    ]
    with scratch() as parent, work_folder(Path(parent)) as folder:
        found = joined(folder, rows, memory=100)

    assert sorted(map(comparable, found)) == sorted(map(comparable, expected))


def comparable(found: Result) -> str:
    """Return a result as text, with groups in one order."""
    if isinstance(found, UnmappedRow):
        return str(found)
    attributes = dict(found.attributes)
    user = attributes["user"]
    in_order = {"groups": sorted(user["groups"], key=str)} if "groups" in user else {}
    return str({**attributes, "user": {**user, **in_order}})


def test_a_user_that_nests_too_deep_is_named_at_once(folder: WorkFolder) -> None:
    users = Users(folder)

    found = users.add("users", {**ADA, "tags": nested(LEVELS_OF_A_ROW)}, NOW)

    assert isinstance(found, UnmappedRow)
    assert found.reason is Reason.TOO_DEEP
    assert [*users.rows(EVERY)] == []


def test_a_row_of_another_stream_is_a_bug(folder: WorkFolder) -> None:
    with pytest.raises(KeyError, match="roles"):
        Users(folder).add("roles", {}, NOW)


def test_all_rows_are_kept_where_not_all_users_were_taken(folder: WorkFolder) -> None:
    users = Users(folder)
    for stream, row in ROWS:
        users.add(stream, row, NOW)
    before = users.bytes
    next(iter(users.rows(EVERY)))

    assert users.bytes == before > 0
    assert len([*users.rows(EVERY)]) == 4
    assert [*users.rows(EVERY)] == []


def test_memory_does_not_grow_with_users_and_memberships(folder: WorkFolder) -> None:
    users = Users(folder, memory=300_000)
    tracemalloc.start()
    try:
        for number in range(8_000):
            users.add("users", {**ADA, "user_id": f"{number}", "group_names": None, "note": "x" * 500}, NOW)
            users.add("group_members", {**ADMINS, "user_id": f"{7_999 - number}"}, NOW)
        size = users.bytes
        assert sum(len(groups_of(row)) for row in users.rows(EVERY)) == 8_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < size / 4


def groups_of(found: Result) -> list[Any]:
    assert isinstance(found, OcsfRow)
    return list(found.attributes["user"]["groups"])
