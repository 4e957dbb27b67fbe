from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from destination_security_lake.ocsf.times import epoch_milliseconds, parsed_time, time_columns

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:05Z",
        "20260301T120005Z",
        "2026-03-01T12:00:05+00:00",
        "Mar 1, 2026, 12:00:05 PM",
        "Mar 1, 2026 12:00:05 PM",
        "Mar 1, 2026, 12:00:05\u202fPM",
    ],
)
def test_the_forms_in_which_aws_writes_a_time_are_read(text: str) -> None:
    assert parsed_time(text) == epoch_milliseconds(NOON)


@pytest.mark.parametrize(("text", "hour"), [("12:00:05 AM", 0), ("1:00:05 AM", 1), ("11:00:05 PM", 23)])
def test_hours_are_of_a_day_of_twice_twelve(text: str, hour: int) -> None:
    assert parsed_time(f"Mar 1, 2026, {text}") == epoch_milliseconds(NOON.replace(hour=hour))


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-03-01", "2026-02-30T12:00:05Z", "2026-03-01T24:00:05Z", "2026-03-01T12:00:05"),
        *("2026-03-01T12:00:05+02:00", "Mrz 1, 2026, 12:00:05 PM", "Mar 1, 2026, 13:00:05 PM", "Mar 1, 2026"),
        *("0000-03-01T12:00:05Z", "2026-03-01T12:00:05Z\n", "٢٠٢٦-03-01T12:00:05Z"),
    ],
)
def test_any_other_text_is_no_time(text: str) -> None:
    assert parsed_time(text) is None


def test_fractions_are_milliseconds() -> None:
    assert parsed_time("2026-03-01T12:00:05.1239Z") == epoch_milliseconds(NOON) + 123


@given(st.datetimes(timezones=st.just(timezone.utc)))
def test_a_time_and_its_text_are_the_same(time: datetime) -> None:
    columns = time_columns("time", epoch_milliseconds(time))

    assert parsed_time(str(columns["time_dt"])) == columns["time"]
