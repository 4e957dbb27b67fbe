"""Whatever rows there are, and in whatever order they come: what is written is what went in."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from destination_security_lake.parquet.row_line import row_line
from destination_security_lake.parquet.spill import Limits
from unit_tests.security_lake.events import ACCOUNT
from unit_tests.security_lake.lake import EPOCH, READERS, Attributes, by_pyarrow, event, scratch, unlike, written
from unit_tests.security_lake.test_any_row import USER, changed_records
from unit_tests.security_lake.test_fields import JSON
from unit_tests.security_lake.validation import faults

TIMES = st.datetimes(timezones=st.just(timezone.utc))
# Short texts of all characters, with what UTF-8 and databases refuse, and what JSON and our lines are made of.
TEXTS = st.text(st.characters() | st.sampled_from('\x00\ud800\udfff\t\n\r"\\{}[]\u2028\ufeff'), min_size=1, max_size=8)
USERS = st.fixed_dictionaries({"user_id": JSON | TEXTS}, optional=dict.fromkeys(USER, JSON | TEXTS))
TINY = Limits(memory=1_500, row_group=4_000, file=10_000)


def moment(time: datetime, digits: int) -> str:
    """Return a time as CloudTrail writes it."""
    fraction = f"{time.microsecond:06}"[:digits]
    text = time.replace(microsecond=0, tzinfo=None).isoformat()
    return f"{text}{'.' if fraction else ''}{fraction}Z"


@st.composite
def rows(draw: st.DrawFn) -> OcsfRow | None:
    """A row of any class, if the foreign text that it is made of makes one."""
    time = draw(TIMES)
    if draw(st.booleans()):
        stream = draw(st.sampled_from(["users", "identity_center_users"]))
        found = ocsf_row(stream, draw(USERS), time)
    else:
        record = draw(changed_records()) | {"eventTime": moment(time, draw(st.integers(0, 6)))}
        record |= draw(st.fixed_dictionaries({}, optional=dict.fromkeys(("userAgent", "eventID", "x\ty"), TEXTS)))
        # As from a message: all that JSON text can hold.
        found = ocsf_row("audit_events", {"account_id": ACCOUNT, "event": json.dumps(record)}, time)
    return found if isinstance(found, OcsfRow) else None


LISTS = st.lists(rows(), max_size=6).map(lambda found: [row for row in found if row is not None])


def once(found: list[OcsfRow]) -> list[OcsfRow]:
    """Return the rows that are to be written: one of each event."""
    kept: dict[Any, OcsfRow] = {}
    for row in sorted(found, key=lambda one: (len(row_line(one)), row_line(one))):
        uid = row.attributes["metadata"].get("uid") or row_line(row)
        kept[partition(row), row.attributes["time"], uid] = row
    return [*kept.values()]


def partition(row: OcsfRow) -> tuple[object, str, str]:
    account = row.attributes["cloud"].get("account", {}).get("uid") or row.attributes.get("user", {}).get("domain")
    day = (EPOCH + timedelta(milliseconds=row.attributes["time"])).date().isoformat().replace("-", "")
    return row.event_class, str(account), day


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=40)
@given(given_rows=LISTS)
def test_any_rows_come_back_valid_in_their_partition_and_sorted(
    reader: Callable[[Path], list[Attributes]], given_rows: list[OcsfRow]
) -> None:
    with scratch() as folder:
        files = written(given_rows, Path(folder), TINY)
        found = {file.key: [OcsfRow(file.event_class, row) for row in reader(file.path)] for file in files}

    every = [row for of_file in found.values() for row in of_file]
    assert unlike(every) == unlike(once(given_rows))
    assert [fault for row in every for fault in faults(row)] == []
    for key, of_file in found.items():
        times = [row.attributes["time"] for row in of_file]
        assert times == sorted(times)
        assert {partition(row)[0] for row in of_file} == {of_file[0].event_class}
        assert {f"eventDay={partition(row)[2]}" for row in of_file} == {key.split("/")[-2]}


@settings(max_examples=40)
@given(LISTS, st.randoms(use_true_random=False), st.sampled_from([None, TINY]))
def test_any_order_gives_the_same_names_and_contents(given_rows: list[OcsfRow], random: Any, limits: Any) -> None:
    shuffled = [*given_rows, *given_rows]
    random.shuffle(shuffled)
    contents = []
    for order in (given_rows, shuffled):
        with scratch() as folder:
            files = written(order, Path(folder), limits)
            contents.append({file.key: by_pyarrow(file.path) for file in files})

    assert contents[0] == contents[1]


EVENTS = [event(number, userAgent=agent) for number in range(3) for agent in ("a", "b")]
CHOICES = st.lists(st.sampled_from(EVENTS), min_size=1)


@settings(max_examples=40)
@given(CHOICES, CHOICES)
def test_two_files_have_the_same_name_where_they_have_the_same_rows_and_nowhere_else(
    one: list[OcsfRow], other: list[OcsfRow]
) -> None:
    names: defaultdict[str, list[Any]] = defaultdict(list)
    for chosen in (one, other):
        with scratch() as folder:
            for file in written(chosen, Path(folder)):
                names[file.key].append(by_pyarrow(file.path))

    assert all(content == contents[0] for contents in names.values() for content in contents)
    assert (len(names) == 1) is (unlike(once(one)) == unlike(once(other)))
