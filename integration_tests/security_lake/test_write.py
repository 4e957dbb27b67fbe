"""Rows that come in are in the lake: each of them, as it is mapped, in its place, and the same in the same objects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integration_tests.security_lake.contents import expected, once, places, rows_by_source
from integration_tests.security_lake.in_process import confirmed
from integration_tests.security_lake.lake import SMALL_UPLOADS, Lake, finished, start, write
from integration_tests.security_lake.messages import (
    ACCOUNT,
    EVENTS,
    READ_AT,
    Json,
    catalog,
    event,
    record,
    records,
    state,
    user,
)

DAYS = 90


def test_every_event_is_in_the_lake_as_it_is_mapped(lake: Lake, tmp_path: Path) -> None:
    events = [event(number, account=f"{number % 3 + 1}" * 12) for number in range(300)]

    output = write(lake, [*records(EVENTS, events), state(EVENTS, "all")], tmp_path, constants=SMALL_UPLOADS)

    assert (output.exit_code, output.stderr) == (0, "")
    assert once(rows_by_source(lake, tmp_path / "lake")) == once(expected(events))
    assert {account for _, account, _ in places(lake)} == {"1" * 12, "2" * 12, "3" * 12}


def test_a_backfill_of_90_days_lands_in_90_days(lake: Lake, tmp_path: Path) -> None:
    """Newest first, as LookupEvents lists them, and all of them read today."""
    events = [event(4 * day, READ_AT - timedelta(days=day)) for day in range(DAYS)]

    output = write(lake, records(EVENTS, events), tmp_path)

    assert places(lake) == {
        ("iam-api-activity", ACCOUNT, (READ_AT - timedelta(days=day)).strftime("%Y%m%d")): 1 for day in range(DAYS)
    }
    assert any("90 rows in 90 files of 90 days" in line for line in output.log)


def test_the_same_rows_in_another_order_are_the_same_objects(lake: Lake, tmp_path: Path) -> None:
    messages = [*records(EVENTS, map(event, range(200))), *records("users", [user("ada")])]
    write(lake, messages, tmp_path)
    keys = lake.keys

    write(lake, reversed(messages), tmp_path)

    assert keys
    assert lake.keys == keys


def test_an_event_that_comes_twice_for_one_upload_is_there_once(lake: Lake, tmp_path: Path) -> None:
    events = records(EVENTS, map(event, range(40)))

    write(lake, events * 2, tmp_path)

    assert sum(map(len, rows_by_source(lake, tmp_path / "lake").values())) == 40


def test_what_cannot_be_mapped_is_counted_and_named_and_stops_nothing(lake: Lake, tmp_path: Path) -> None:
    timeless = event(1)
    del timeless["event"]["eventTime"]
    odd = [timeless, {"event": None}, {"event": {"a": "b"}, "account_id": 5}, {}]
    streams = ["roles", EVENTS, "roles", "of_another_source"]
    others = [record(stream, {"any": "row"}) for stream in streams]

    output = write(
        lake,
        [*records(EVENTS, odd), *others, *records(EVENTS, [event(0)]), state(EVENTS, 1)],
        tmp_path,
        streams=[EVENTS, "roles"],
    )

    assert output.exit_code == 0
    assert once(rows_by_source(lake, tmp_path / "lake")) == expected([event(0)])
    said = "\n".join(output.warnings)
    assert "audit_events: 2 rows in all, not mapped. The record has no eventTime in UTC." in said
    assert "audit_events: 3 rows in all, not mapped. The column event has no CloudTrail record" in said
    assert event(1)["event_id"] in said
    assert "Streams that are not mapped to OCSF, and were not written: roles (2 rows)." in said
    assert "Streams that are not in the catalog, and were not written: of_another_source (1 row)." in said
    # The platform compares it with the records that it handed over.
    [confirmed] = [message["state"] for message in output.messages if message["type"] == "STATE"]
    assert confirmed["destinationStats"] == {"recordCount": 6.0}


def test_rows_of_classes_that_are_not_chosen_are_left_out(lake: Lake, tmp_path: Path) -> None:
    output = write(lake, records(EVENTS, map(event, range(8))), tmp_path, classes=["authentication"])

    assert {source for source, _, _ in places(lake)} == {"iam-authentication"}
    assert (
        "Classes that are not chosen, and were not written: API Activity (2 rows), Account Change (2 rows), "
        "Group Management (2 rows)." in output.log
    )


@pytest.mark.parametrize("stream", [EVENTS, "roles"])
def test_states_of_rows_that_are_left_out_are_confirmed_with_time(lake: Lake, stream: str) -> None:
    """Or a sync of days would begin anew after a crash."""
    seen: list[Any] = []
    now = READ_AT

    def messages() -> Iterator[Json]:
        nonlocal now
        yield from records(stream, map(event, (0, 4)))
        yield state(stream, "first")
        assert seen == []
        now += timedelta(minutes=5)
        yield record(stream, event(8))
        assert seen == [(stream, "first")]

    for progress in confirmed(
        lake, messages(), clock=lambda: now, classes=["authentication"], streams=[EVENTS, "roles"], flush_age_minutes=5
    ):
        seen += [progress]
    assert lake.keys == []


def test_an_input_without_rows_writes_nothing_and_confirms_its_states(lake: Lake, tmp_path: Path) -> None:
    output = write(lake, [state(EVENTS, 1), state("roles", 2)], tmp_path)

    assert lake.keys == []
    assert [message["state"]["destinationStats"] for message in output.messages if message["type"] == "STATE"] == [
        {"recordCount": 0.0}
    ] * 2


@pytest.mark.parametrize("mode", ["overwrite", "append_dedup"])
def test_what_a_lake_cannot_do_is_refused_before_a_row_is_read(lake: Lake, tmp_path: Path, mode: str) -> None:
    output = finished(start("write", tmp_path, config=lake.config(), catalog=catalog([EVENTS], mode)))

    [error] = output.errors
    assert output.exit_code == 1
    assert error["failure_type"] == "config_error"
    assert error["message"].startswith("A lake only grows")
    assert error["message"].endswith(f"{EVENTS}.")
