"""As a property: every event is delivered, whatever arrives late and whenever a sync crashes."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.read_range import RETENTION, SETTLING, ReadRange
from source_aws_iam.cloudtrail.history.windows import PAGES_PER_WINDOW
from source_aws_iam.cloudtrail.state import AuditState, Span, read_state, write_state
from unit_tests.cloudtrail.history.event_history import HOME, NOON, EventHistory, Happened, every, sync

LOOKBACK = timedelta(minutes=60)
minutes = st.integers(0, 60 * 24 * 2).map(lambda value: timedelta(minutes=value))
seconds = st.integers(0, 3600 * 36).map(lambda value: timedelta(seconds=value))


@st.composite
def happenings(draw: st.DrawFn) -> list[Happened]:
    """Events of a day and a half, some in bursts within one second, each listed up to the lookback later."""
    times = draw(st.lists(st.tuples(seconds, st.integers(1, 9)), max_size=40))
    delays = st.integers(0, 3600).map(lambda value: timedelta(seconds=value))
    events = [NOON + offset for offset, burst in times for _ in range(burst)]
    return [Happened(f"event-{number}", time, draw(delays)) for number, time in enumerate(events)]


@given(
    events=happenings(),
    pauses=st.lists(st.tuples(st.integers(1, 3600 * 12), st.none() | st.integers(0, 60)), min_size=1, max_size=8),
    page_size=st.integers(1, 4),
    idle=st.integers(0, 3),
)
@settings(deadline=None, max_examples=120)
def test_every_event_is_delivered_however_late_and_through_any_crash(
    events: list[Happened], pauses: list[tuple[int, int | None]], page_size: int, idle: int
) -> None:
    history = EventHistory(events, page_size)
    now, spans, delivered = NOON, dict[Feed, Span](), set[str]()
    for pause, crash in [*pauses, (3600 * 38, None)]:
        now += timedelta(seconds=pause)
        read_range = ReadRange(now, NOON - timedelta(days=1), LOOKBACK)
        result = sync({HOME: history}, read_range, spans, crash_after_events=crash, idle=idle)
        assert len(set(result.event_ids)) == len(result.event_ids), "one sync delivered an event twice"
        delivered |= set(result.event_ids)
        before = spans.get(HOME)
        spans = dict(read_state(write_state(AuditState(result.spans)), now).history)
        if before is not None:
            assert spans[HOME].through >= before.through, "the state went backwards"
        if HOME in spans:
            assert spans[HOME].through <= max(now - SETTLING, spans[HOME].since)
    assert delivered == {event.event_id for event in events}


@given(start_offsets=st.lists(minutes, min_size=1, max_size=5))
@settings(deadline=None)
def test_a_start_date_moved_back_and_forth_leaves_no_gap_behind_the_earliest(start_offsets: list[timedelta]) -> None:
    history = EventHistory([Happened(f"e{hour}", NOON - timedelta(hours=hour)) for hour in range(1, 50)])
    spans, delivered = dict[Feed, Span](), set[str]()
    for offset in start_offsets:
        result = sync({HOME: history}, ReadRange(NOON, NOON - offset, LOOKBACK), spans)
        delivered |= set(result.event_ids)
        spans = result.spans
    earliest = NOON - max(start_offsets)
    assert delivered >= {event.event_id for event in history.events if event.time >= earliest}


def test_a_region_that_joins_later_is_read_from_the_start_date_and_one_that_leaves_keeps_its_state() -> None:
    away = Feed(HOME.account_id, "eu-west-1")
    old = EventHistory([Happened("old", NOON - timedelta(days=20))])
    read_range = ReadRange(NOON, NOON - timedelta(days=30), LOOKBACK)
    first = sync({HOME: EventHistory([])}, read_range, {})
    second = sync({away: old}, read_range, first.spans)
    assert second.event_ids == ["old"]
    assert second.spans[HOME] == first.spans[HOME]


def test_a_quiet_region_costs_one_request_for_ninety_days() -> None:
    history = EventHistory(list(every(86_400, 50)))
    result = sync({HOME: history}, ReadRange(NOON, None, LOOKBACK), {})
    assert (len(result.event_ids), history.requests) == (50, 1)


def test_a_region_without_events_advances() -> None:
    result = sync({HOME: EventHistory([])}, ReadRange(NOON, None, LOOKBACK), {})
    assert result.spans[HOME].through == NOON - SETTLING


def test_cutting_a_busy_region_costs_hardly_more_requests_than_pages() -> None:
    history = EventHistory(list(every(10, 20_000)))
    result = sync({HOME: history}, ReadRange(NOON, NOON - timedelta(days=3), LOOKBACK), {})
    assert sorted(result.event_ids) == sorted(event.event_id for event in history.events)
    assert history.requests <= 400 * 1.05


def test_one_burst_in_a_quiet_region_costs_few_requests_more_than_its_pages() -> None:
    history = EventHistory(list(every(1, 2_900)))
    result = sync({HOME: history}, ReadRange(NOON, None, LOOKBACK), {})
    assert len(result.event_ids) == 2_900
    assert history.requests <= 2_900 / 50 + 20


def test_a_crash_in_a_busy_region_costs_one_window_and_not_the_sync() -> None:
    history = EventHistory(list(every(10, 20_000)))
    read_range = ReadRange(NOON, NOON - timedelta(days=3), LOOKBACK)
    crashed = sync({HOME: history}, read_range, {}, crash_after_events=15_000)
    resumed = sync({HOME: history}, read_range, crashed.spans)
    assert set(crashed.event_ids) | set(resumed.event_ids) == {event.event_id for event in history.events}
    again = len(crashed.event_ids) + len(resumed.event_ids) - len(history.events)
    lookback_events = LOOKBACK.total_seconds() / 10
    # The newest pages of the first window are read before anything is sealed; then windows go oldest first.
    assert again <= 50 * 2 * PAGES_PER_WINDOW + lookback_events


def test_a_second_with_more_events_than_a_window_holds_is_read_whole() -> None:
    count = 50 * (PAGES_PER_WINDOW + 3)
    burst = [Happened(f"burst-{number}", NOON - timedelta(hours=1)) for number in range(count)]
    history = EventHistory([*burst, Happened("old", NOON - RETENTION + timedelta(days=1))])
    result = sync({HOME: history}, ReadRange(NOON, None, LOOKBACK), {})
    assert len(result.event_ids) == len(set(result.event_ids)) == count + 1
