"""Read times, compared with a plain model: for each hour in a key, what was read of it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.read_times import ReadTimes, Step, parsed, text

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
LAST = 12


def hour(number: int) -> datetime:
    return BEGIN + number * HOUR


def stored_at(times: ReadTimes, number: int) -> datetime | None:
    return [step.stored for step in times.steps if step.start <= hour(number)][-1]


changes = st.lists(
    st.tuples(st.integers(0, LAST), st.none() | st.integers(1, LAST + 1), st.integers(100, 104)), max_size=8
)


@given(st.integers(0, 5), changes, st.none() | st.integers(0, LAST))
def test_each_change_concerns_its_own_keys_only(
    since: int, changed: list[tuple[int, int | None, int]], moved: int | None
) -> None:
    times = ReadTimes.nothing(hour(since))
    model: dict[int, datetime | None] = dict.fromkeys(range(since, LAST + 1))
    for begun, end, stored in changed:
        start = max(begun, since)
        if end is not None and end <= start:
            continue
        times = times.read(hour(start), None if end is None else hour(end), hour(stored))
        model.update(dict.fromkeys(range(start, LAST + 1 if end is None else min(end, LAST + 1)), hour(stored)))
    if moved is not None:
        times = times.beginning(hour(moved))
        model = {number: model.get(number) for number in range(moved, LAST + 1)}
        since = moved
    assert {number: stored_at(times, number) for number in model} == model
    assert times.since == hour(since)
    assert parsed(text(times)) == times
    starts = [step.start for step in times.steps]
    assert starts == sorted(set(starts))
    assert all(one.stored != other.stored for one, other in zip(times.steps, times.steps[1:], strict=False))
    parts = [*times.parts]
    assert [part.end for part in parts] == [*(part.start for part in parts[1:]), None]


def test_after_a_complete_sync_there_is_one_step() -> None:
    times = ReadTimes.nothing(BEGIN).read(BEGIN, hour(5), hour(50)).read(hour(5), None, hour(50))
    assert text(times) == "2026-01-01T00:00:00Z/2026-01-03T02:00:00Z"
    assert times.steps == (Step(BEGIN, hour(50)),)


@pytest.mark.parametrize(
    "odd", ["", "x", "2026-01-01T00:00:00Z", f"{text(ReadTimes.nothing(hour(2)))} 2026-01-01T00:00:00Z/-"]
)
def test_another_text_is_refused(odd: str) -> None:
    with pytest.raises(ValueError):
        parsed(odd)
