"""The heartbeat: however slow AWS is, Airbyte gets a message every minute or two."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, AirbyteStreamStatusReasonType, AirbyteStreamStatusTraceMessage
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository

from aws_calls.rate_limits import RateLimiter
from source_aws_iam.cloudtrail.history.cursor import AuditCursor
from source_aws_iam.cloudtrail.history.heartbeat import SECONDS_BETWEEN_STATUSES, Heartbeat
from source_aws_iam.cloudtrail.history.read_range import ReadRange
from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
from source_aws_iam.cloudtrail.state import AuditState, Span, write_state
from source_aws_iam.cloudtrail.state_cursor import SECONDS_BETWEEN_STATES, SECONDS_OF_SILENCE
from unit_tests.cloudtrail.history.event_history import HOME, NOON

START = NOON - timedelta(days=10)


class Sync:
    """One Region whose only window is being read. Only answers and waiting move its clock."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.messages = InMemoryMessageRepository()
        self.cursor = AuditCursor("audit_events", ConnectorStateManager([]), self.messages, clock=lambda: self.now)
        self.heartbeat = Heartbeat("audit_events", self.cursor, self.messages, clock=lambda: self.now)
        self.limiter = RateLimiter(2, on_answer=self.heartbeat.answered, clock=lambda: self.now, sleep=self.wait)
        self.heard: list[float] = [self.now]
        self.states: list[object] = []
        self.statuses: list[AirbyteStreamStatusTraceMessage] = []

    def begin(self) -> Sync:
        read_range = ReadRange(NOON, START, timedelta(hours=1))
        window, continued = read_range.window(HOME, None)
        scheduler = WindowScheduler({HOME: window}, at_once=5)
        next(iter(scheduler))
        self.cursor.begin(read_range, scheduler, {HOME: continued}, AuditState())
        return self

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def request(self, seconds: float, *, refused: bool = False) -> None:
        turn = self.limiter.wait()
        self.wait(seconds)
        self.limiter.answered(turn, throttled=refused)
        for message in self.messages.consume_queue():
            if message.state:
                self.heard.append(self.now)
                self.states.append(message.state.stream.stream_state.__dict__)  # type: ignore[union-attr]
            elif message.trace and message.trace.stream_status:
                self.statuses.append(message.trace.stream_status)

    def longest_silence(self) -> float:
        return max(later - earlier for earlier, later in pairwise([*self.heard, self.now]))


@pytest.mark.parametrize("latency", [0.2, 4.0, 60.0])
def test_a_window_in_which_nothing_is_wanted_repeats_the_state_every_minute(latency: float) -> None:
    sync = Sync().begin()
    for _ in range(600):
        sync.request(latency)
    assert sync.longest_silence() <= SECONDS_OF_SILENCE + max(latency, 1)
    assert sync.states[-1] == write_state(AuditState({HOME: Span(START, START)})), "what is not sealed is not complete"
    assert len(sync.states) <= (sync.now - sync.heard[0]) / SECONDS_OF_SILENCE


def test_when_everything_is_throttled_the_state_still_comes() -> None:
    sync = Sync().begin()
    for _ in range(100):
        sync.request(20, refused=True)
    assert sync.longest_silence() <= SECONDS_OF_SILENCE + 20 + 10


def test_before_the_plan_is_known_there_is_no_state_to_repeat() -> None:
    sync = Sync()
    sync.request(SECONDS_OF_SILENCE * 3)
    assert sync.states == []


def test_a_state_that_was_just_emitted_is_not_repeated() -> None:
    sync = Sync().begin()
    sync.request(SECONDS_OF_SILENCE)
    sync.request(SECONDS_OF_SILENCE - 1)
    assert len(sync.states) == 1
    assert SECONDS_BETWEEN_STATES < SECONDS_OF_SILENCE


def test_waiting_for_ones_turn_at_the_full_pace_is_not_being_rate_limited() -> None:
    sync = Sync().begin()
    for _ in range(600):
        sync.request(0)
    assert sync.statuses == []


def test_aws_throttling_is_said_once_a_minute_with_the_time_of_the_next_request() -> None:
    sync = Sync().begin()
    sync.request(0)
    sync.request(0, refused=True)
    [status] = sync.statuses
    assert (status.stream_descriptor.name, status.status) == ("audit_events", AirbyteStreamStatus.RUNNING)
    assert status.reasons is not None
    [reason] = status.reasons
    assert reason.type is AirbyteStreamStatusReasonType.RATE_LIMITED
    assert reason.rate_limited is not None
    assert reason.rate_limited.quota_reset == round(sync.limiter.wait() * 1000) == round(sync.now * 1000)
    before = sync.now
    while sync.now < before + 10 * SECONDS_BETWEEN_STATUSES:
        sync.request(1, refused=True)
    assert 8 <= len(sync.statuses) <= 11
