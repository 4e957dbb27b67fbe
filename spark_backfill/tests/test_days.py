"""The folders of some days are read whole, and every event is of some run or told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_backfill.days import Days

DAYS = st.dates(date(2013, 1, 1), date(2031, 12, 31))


def days_of(folder: str) -> set[date]:
    """All days of a folder."""
    year, *rest = map(int, folder.split("/"))
    every = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return {day for day in every if day.year == year and [day.month, day.day][: len(rest)] == rest}


@given(DAYS, st.integers(0, 1500))
def test_the_folders_have_every_day_and_the_one_after_the_last(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    folders = list(Days(first, last).folders())
    wanted = {first + timedelta(days=number) for number in range(length + 2)}
    assert set.union(*map(days_of, folders)) == wanted
    assert sum(len(days_of(folder)) for folder in folders) == len(wanted)
    assert len(folders) < 100


def test_whole_years_and_months_are_one_folder() -> None:
    days = Days(date(2023, 12, 30), date(2025, 2, 1))
    assert [*days.folders()] == ["2023/12/30", "2023/12/31", "2024", "2025/01", "2025/02/01", "2025/02/02"]


@pytest.mark.parametrize(
    ("day", "folder_day", "missed"),
    [
        ("2026-03-01", "2026-03-01", False),
        ("2026-02-28", "2026-03-01", False),
        ("2026-02-27", "2026-03-01", True),
        ("2026-03-03", "2026-03-03", False),
        ("2026-03-04", "2026-03-03", True),
    ],
)
def test_an_event_of_another_day_is_missed_where_a_run_of_that_day_does_not_read_its_file(
    day: str, folder_day: str, missed: bool
) -> None:
    days = Days(date(2026, 3, 1), date(2026, 3, 2))
    assert days.miss(date.fromisoformat(day), date.fromisoformat(folder_day)) is missed
    assert not Days().miss(date.fromisoformat(day), date.fromisoformat(folder_day))
