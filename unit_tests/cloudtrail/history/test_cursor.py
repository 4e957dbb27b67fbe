"""The cursor: which state is emitted, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.cursor import AuditCursor
from source_aws_iam.cloudtrail.history.read_range import SETTLING, ReadRange
from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
from source_aws_iam.cloudtrail.history.windows import SECOND, Window
from source_aws_iam.cloudtrail.state import AuditState, Span, write_state
from source_aws_iam.cloudtrail.state_cursor import SECONDS_BETWEEN_STATES, SECONDS_OF_SILENCE
from unit_tests.cloudtrail.history.event_history import HOME, NOON

DAY = timedelta(days=1)
LEFT = Feed("123456789012", "sa-east-1")


class Read:
    """A partition that was read: `sealed` is what of it is certain."""

    def __init__(self, sealed: Window | None) -> None:
        self.sealed = sealed


class Slow(ConnectorStateManager):
    """Takes its time to make a state."""

    def __init__(self, sync: Sync) -> None:
        super().__init__([])
        self._sync = sync

    def create_state_message(self, stream_name: str, namespace: str | None) -> AirbyteMessage:
        self._sync.time += self._sync.seconds_per_state
        return super().create_state_message(stream_name, namespace)


class Sync:
    """A cursor on one Region of ten days, and the states it emits."""

    def __init__(self, known: dict[Feed, Span], *, seconds_per_state: float = 0) -> None:
        self.time = 0.0
        self.seconds_per_state = seconds_per_state
        self.messages = InMemoryMessageRepository()
        self.cursor = AuditCursor("audit_events", Slow(self), self.messages, clock=lambda: self.time)
        read_range = ReadRange(NOON, NOON - 10 * DAY, timedelta(hours=1))
        window, continued = read_range.window(HOME, known.get(HOME))
        self.scheduler = WindowScheduler({HOME: window}, at_once=5)
        self.window = next(iter(self.scheduler))
        self.cursor.begin(read_range, self.scheduler, {HOME: continued}, AuditState(known))

    def close(self, sealed: Window | None) -> None:
        self.cursor.close_partition(Read(sealed))  # type: ignore[arg-type]

    def states(self) -> list[Any]:
        return [message.state.stream.stream_state.__dict__ for message in self.messages.consume_queue()]  # type: ignore[union-attr]


def test_the_last_state_says_how_far_every_region_is_complete_and_keeps_regions_that_left() -> None:
    left = Span(NOON - 9 * DAY, NOON - 8 * DAY)
    sync = Sync({LEFT: left})
    sync.close(sync.window)
    sync.cursor.ensure_at_least_one_state_emitted()
    assert sync.states() == [write_state(AuditState({LEFT: left, HOME: Span(NOON - 10 * DAY, NOON - SETTLING)}))]


def test_a_window_that_was_not_read_to_its_end_moves_nothing() -> None:
    done = Span(NOON - 10 * DAY, NOON - DAY)
    sync = Sync({HOME: done})
    sync.close(None)
    sync.cursor.ensure_at_least_one_state_emitted()
    assert sync.states() == [write_state(AuditState({HOME: done}))]


def test_states_come_while_the_sync_runs_but_not_with_every_window() -> None:
    sync = Sync({})
    kept = sync.scheduler.give_back(sync.window, NOON - DAY - SECOND, [Window(HOME, NOON - 10 * DAY, NOON - DAY)])
    oldest = next(iter(sync.scheduler))
    sync.close(kept)
    assert sync.states() == []
    sync.time += SECONDS_BETWEEN_STATES
    rest = sync.scheduler.give_back(oldest, NOON - 5 * DAY - SECOND, [Window(HOME, NOON - 10 * DAY, NOON - 5 * DAY)])
    sync.close(rest)
    assert sync.states() == [write_state(AuditState({HOME: Span(NOON - 10 * DAY, NOON - 10 * DAY)}))]
    sync.time += SECONDS_BETWEEN_STATES
    sync.close(next(iter(sync.scheduler)))
    assert sync.states() == [write_state(AuditState({HOME: Span(NOON - 10 * DAY, NOON - SETTLING)}))]


@pytest.mark.parametrize(("cost", "pause"), [(0, SECONDS_BETWEEN_STATES), (1, 20), (100, SECONDS_OF_SILENCE)])
def test_states_that_take_long_to_make_come_less_often(cost: float, pause: float) -> None:
    sync = Sync({}, seconds_per_state=cost)
    emitted: list[float] = []
    rest = sync.window
    while len(emitted) < 3:
        piece = sync.scheduler.give_back(rest, rest.end - 2 * SECOND, [Window(HOME, rest.start, rest.end - SECOND)])
        rest = next(iter(sync.scheduler))
        sync.time += 1
        sync.close(piece)
        emitted += [sync.time for _ in sync.states()]
    assert [emitted[number] - emitted[number - 1] for number in (1, 2)] == [pause + cost] * 2


def test_a_sync_that_failed_before_it_began_leaves_the_state_alone() -> None:
    messages = InMemoryMessageRepository()
    AuditCursor("audit_events", ConnectorStateManager([]), messages).ensure_at_least_one_state_emitted()
    assert list(messages.consume_queue()) == []
