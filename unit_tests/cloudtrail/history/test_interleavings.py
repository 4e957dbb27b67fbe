"""No event is lost under any interleaving of readers, crashes, failures, late events and changed settings.

The machine below is Airbyte, AWS and time; WindowScheduler, AuditCursor, ReadRange and read_window are the product's
own. Windows are made small, so that a few events are cut as millions are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aws_calls.errors import EXPIRED_PAGE, AwsError, Outcome, Target
from source_aws_iam.cloudtrail.feed import ALL, Feed
from source_aws_iam.cloudtrail.history import windows
from source_aws_iam.cloudtrail.history.cursor import AuditCursor
from source_aws_iam.cloudtrail.history.feeds import furthest
from source_aws_iam.cloudtrail.history.read_range import ReadRange
from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
from source_aws_iam.cloudtrail.history.windows import SECOND, Window
from source_aws_iam.cloudtrail.state import AuditState, Span, read_state
from unit_tests.cloudtrail.history.event_history import NOON, EventHistory, Happened
from unit_tests.cloudtrail.history.listing import events_of

LOOKBACK = timedelta(minutes=60)
PLACES = [("111111111111", "us-east-1"), ("111111111111", "eu-west-1"), ("222222222222", "us-east-1")]
WRITES = "ReadOnly=false"
PAIRS = [Feed(*place, query) for place in PLACES for query in (ALL, WRITES)]


class ForgottenTokenError(AwsError):
    """AWS does not know its own token."""

    def __init__(self) -> None:
        super().__init__(Outcome.LATER, "…", code=EXPIRED_PAGE, target=Target("cloudtrail:LookupEvents", "", ""))


@dataclass(eq=False)
class Reader:
    """A window being read, page by page, as WindowPartition does it. `sealed` is what the cursor asks for."""

    sync: Sync
    window: Window
    history: EventHistory
    sealed: Window | None = None
    forgets_page: int | None = None
    shares: bool = False

    def __post_init__(self) -> None:
        self.events = events_of(self.pages(), self.window, self.give_back, self.idle)

    def idle(self) -> int:
        return self.sync.scheduler.idle(self.window.feed) if self.shares else 0

    def pages(self) -> Iterator[Mapping[str, Any]]:
        # As of the first request: AWS's tokens belong to a listing that does not change.
        for number, page in enumerate(self.history.pages(self.window, self.sync.clock())):
            if number == self.forgets_page:
                raise ForgottenTokenError
            yield page

    def give_back(self, second: datetime, pieces: list[Window]) -> None:
        self.window = self.sync.scheduler.give_back(self.window, second, pieces)

    def step(self, events: int) -> bool:
        """Emit up to so many events. Return whether there may be more."""
        for _ in range(events):
            event = next(self.events, None)
            if event is None:
                self.sealed = self.window
                return False
            self.sync.emit(self.window.feed, event.id)
        return True


@dataclass
class Sync:
    """One sync under way: what it printed, in order, and who is reading."""

    clock: Any
    read_range: ReadRange
    scheduler: WindowScheduler
    cursor: AuditCursor
    messages: InMemoryMessageRepository
    continued: dict[Feed, Span]
    readers: list[Reader] = field(default_factory=list)
    closing: list[Reader] = field(default_factory=list)
    emitted: list[str] = field(default_factory=list)
    seen: set[tuple[Feed, str]] = field(default_factory=set)
    committed: int = 0
    """How many of the emitted events came before the last state."""

    def __post_init__(self) -> None:
        self.began = self.read_range.now
        self.turns = iter(self.scheduler)

    def emit(self, feed: Feed, event_id: str) -> None:
        assert (feed, event_id) not in self.seen, "emitted twice in one sync"
        self.seen.add((feed, event_id))
        self.emitted.append(event_id)

    def last_state(self) -> dict[str, Any] | None:
        states = [message.state for message in self.messages.consume_queue() if message.state]
        if not states:
            return None
        self.committed = len(self.emitted)
        return dict(states[-1].stream.stream_state.__dict__)  # type: ignore[union-attr]


class ManySyncs(RuleBasedStateMachine):
    """Rules happen in any order. `delivered` is what the warehouse committed, as a crash would leave it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.history = {place: EventHistory([], page_size=2) for place in PLACES}
        self.joined: set[Feed] = set()
        self.start = NOON - timedelta(days=2)
        self.known: dict[Feed, Span] = {}
        self.delivered: set[str] = set()
        self.sync: Sync | None = None
        self.count = 0

    @initialize(
        joined=st.sets(st.sampled_from(PAIRS), min_size=1),
        old=st.lists(st.one_of(st.integers(0, 90), st.integers(0, 2 * 86_400)), min_size=10, max_size=60),
    )
    def a_history(self, joined: set[Feed], old: list[int]) -> None:
        self.joined = joined
        for seconds in old:
            self.happen(PLACES[seconds % 2], timedelta(seconds=seconds), timedelta(), 1, writes=seconds % 3 > 0)

    # AWS

    @rule(
        place=st.sampled_from(PLACES),
        ago=st.integers(0, 60),
        later=st.integers(0, 60),
        burst=st.integers(1, 5),
        writes=st.booleans(),
    )
    def events_happen_of_which_aws_tells_within_the_lookback(
        self, place: tuple[str, str], ago: int, later: int, burst: int, *, writes: bool
    ) -> None:
        age = timedelta(minutes=ago)
        self.happen(place, age, min(timedelta(minutes=later), LOOKBACK - age), burst, writes=writes)

    def happen(self, place: tuple[str, str], age: timedelta, later: timedelta, burst: int, *, writes: bool) -> None:
        for _ in range(burst):
            self.count += 1
            event = Happened(f"{'write' if writes else 'read'}-{self.count}", self.now - age, age + later)
            self.history[place].events.append(event)

    @rule(seconds=st.one_of(st.integers(0, 5), st.integers(60, 8 * 3600)))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # Airbyte, between syncs

    @precondition(lambda self: not self.sync)
    @rule(joined=st.sets(st.sampled_from(PAIRS), min_size=1))
    def accounts_regions_and_queries_join_and_leave(self, joined: set[Feed]) -> None:
        self.joined = joined

    @precondition(lambda self: not self.sync)
    @rule(ago=st.one_of(st.integers(0, 180), st.integers(181, 72 * 60)))
    def the_start_date_is_moved(self, ago: int) -> None:
        self.start = self.now - timedelta(minutes=ago)

    @precondition(lambda self: not self.sync)
    @rule(workers=st.integers(1, 6), chains=st.integers(1, 6))
    def a_sync_begins(self, workers: int, chains: int) -> None:
        # The scheduler asks for no account by itself, which it would do in a thread: they come by a rule of their own.
        scheduler = WindowScheduler(
            {}, at_once=workers, per_feed=lambda _: chains, coming=self.accounts(), accounts_at_once=0
        )
        messages = InMemoryMessageRepository()
        ticks = iter(range(0, 10**9, 1000))
        cursor = AuditCursor("audit_events", ConnectorStateManager([]), messages, clock=lambda: float(next(ticks)))
        self.sync = Sync(lambda: self.now, ReadRange(self.now, self.start, LOOKBACK), scheduler, cursor, messages, {})
        self.an_account_comes()

    def accounts(self) -> Iterator[Mapping[Feed, Window]]:
        """As AccountFeeds hands them to the scheduler: each by the time at which it comes."""
        known, begun = self.known, False
        for account_id in sorted({feed.account_id for feed in self.joined}):
            assert self.sync
            read_range = ReadRange(self.now, self.start, LOOKBACK)
            to_read, continued = {}, {}
            for feed in sorted(feed for feed in self.joined if feed.account_id == account_id):
                window, span = read_range.window(feed, furthest(feed, known, read_range.first))
                if window.start < window.end:
                    to_read[feed], continued[feed] = window, span
            if begun:
                self.sync.cursor.go_on(continued)
            else:
                self.sync.cursor.begin(self.sync.read_range, self.sync.scheduler, continued, AuditState(known))
                begun = True
            self.sync.continued.update(continued)
            yield to_read

    @precondition(lambda self: self.sync and self.sync.scheduler._coming)
    @rule()
    def an_account_comes(self) -> None:
        assert self.sync
        assert self.sync.scheduler._coming
        self.sync.scheduler._ask_for_one(self.sync.scheduler._coming)

    @precondition(lambda self: not self.sync)
    @rule(readers=st.integers(1, 4))
    def a_whole_sync(self, readers: int) -> None:
        self.a_sync_begins(readers, readers)
        self.the_sync_runs_to_its_end()

    # The sync under way

    @precondition(lambda self: self.sync and self.sync.scheduler._ready())
    @rule(forgets_page=st.sampled_from([None, 1, 2, 5]), shares=st.booleans())
    def a_window_is_handed_out(self, forgets_page: int | None, *, shares: bool) -> None:
        assert self.sync
        window = next(self.sync.turns)
        history = self.history[window.feed[:2]]
        if window.feed.query == WRITES:
            history = EventHistory([e for e in history.events if e.event_id.startswith("write")], page_size=2)
        self.sync.readers.append(Reader(self.sync, window, history, forgets_page=forgets_page, shares=shares))

    @precondition(lambda self: self.sync and self.sync.readers)
    @rule(data=st.data(), events=st.integers(1, 6))
    def a_reader_reads_on(self, data: st.DataObject, events: int) -> None:
        assert self.sync
        self.advance(data.draw(st.sampled_from(self.sync.readers)), events)

    def advance(self, reader: Reader, events: int) -> None:
        assert self.sync
        try:
            more = reader.step(events)
        except AwsError:
            self.sync.scheduler.fail(reader.window)
            self.sync.readers.remove(reader)
            return
        if not more:
            self.sync.readers.remove(reader)
            self.sync.closing.append(reader)

    @precondition(lambda self: self.sync and self.sync.readers)
    @rule(data=st.data())
    def a_reader_fails(self, data: st.DataObject) -> None:
        assert self.sync
        reader = data.draw(st.sampled_from(self.sync.readers))
        self.sync.scheduler.fail(reader.window)
        self.sync.readers.remove(reader)

    @precondition(lambda self: self.sync and self.sync.closing)
    @rule(data=st.data())
    def a_window_that_was_read_is_closed(self, data: st.DataObject) -> None:
        assert self.sync
        reader = data.draw(st.sampled_from(self.sync.closing))
        self.sync.closing.remove(reader)
        self.sync.cursor.close_partition(reader)  # type: ignore[arg-type]
        self.save()

    @precondition(lambda self: self.sync)
    @rule()
    def a_minute_goes_by_in_silence(self) -> None:
        assert self.sync
        self.sync.cursor.keep_alive()
        self.save()

    def save(self) -> None:
        """Commit what was emitted before the last state, if there is a new one. It must claim no more than that."""
        assert self.sync
        state = self.sync.last_state()
        if state is None:
            return
        before, self.known = self.known, dict(read_state(state, self.now).history)
        self.delivered |= set(self.sync.emitted[: self.sync.committed])
        assert before.keys() <= self.known.keys(), "a feed that left was forgotten"
        for feed, span in self.known.items():
            earlier = before.get(feed)
            assert not earlier or span.since != earlier.since or span.through >= earlier.through, "went backwards"
            self.check(feed, span)

    def check(self, feed: Feed, span: Span) -> None:
        assert self.sync
        continued = self.sync.continued.get(feed)
        progressed = continued is not None and span.through > continued.through
        for event in self.asked_for(feed):
            if span.since <= event.time < span.through and event.event_id not in self.delivered:
                assert event.time >= span.through - LOOKBACK, "the state passed an event beyond the lookback"
                # What AWS lists from the very instant in which the sync began may come after a request of that instant.
                seen = event.visible_at < self.sync.began
                assert not (progressed and seen), "the state passed an event that could have been read"

    def asked_for(self, feed: Feed) -> list[Happened]:
        events = self.history[feed[:2]].events
        return [event for event in events if feed.query == ALL or event.event_id.startswith("write")]

    @precondition(lambda self: self.sync)
    @rule()
    def the_process_is_killed(self) -> None:
        self.sync = None

    @precondition(lambda self: self.sync)
    @rule()
    def the_sync_runs_to_its_end(self) -> None:
        assert self.sync
        while True:
            while self.sync.scheduler._ready():
                self.a_window_is_handed_out(None, shares=False)
            if self.sync.scheduler._coming:
                self.an_account_comes()
                continue
            if not self.sync.readers and not self.sync.closing:
                break
            for reader in list(self.sync.readers):
                self.advance(reader, 3)
            for reader in list(self.sync.closing):
                self.sync.closing.remove(reader)
                self.sync.cursor.close_partition(reader)  # type: ignore[arg-type]
        assert self.sync.scheduler._done(), "windows were left over"
        self.sync.cursor.ensure_at_least_one_state_emitted()
        self.save()
        self.sync = None

    @invariant()
    def no_one_has_what_did_not_happen(self) -> None:
        known = {event.event_id for history in self.history.values() for event in history.events}
        assert self.delivered <= known

    def teardown(self) -> None:
        """In the end everything has come to light, and one sync runs to its end."""
        self.sync = None
        self.now += LOOKBACK + SECOND
        self.joined = {feed for feed in PAIRS if feed.query == ALL}
        self.a_sync_begins(workers=3, chains=2)
        self.the_sync_runs_to_its_end()
        wanted = {
            event.event_id for history in self.history.values() for event in history.events if event.time >= self.start
        }
        assert wanted <= self.delivered, "lost"


@pytest.fixture(autouse=True)
def _small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "PAGES_PER_WINDOW", 3)
    monkeypatch.setattr(windows, "PAGES_BEFORE_SPLITTING", 1)


def test_an_event_of_the_instant_in_which_a_sync_began_may_come_with_the_next_one() -> None:
    feed, machine = PAIRS[0], ManySyncs()
    machine.a_history({feed}, [0] * 10)
    machine.a_sync_begins(workers=1, chains=1)
    machine.a_window_is_handed_out(None, shares=False)
    assert machine.sync
    (reader,) = machine.sync.readers
    while machine.sync.readers:
        machine.advance(reader, 6)
    machine.events_happen_of_which_aws_tells_within_the_lookback(feed.account_region, 20, 0, 1, writes=True)

    machine.the_sync_runs_to_its_end()

    assert "write-11" not in machine.delivered
    machine.teardown()


def test_late_events_from_before_a_start_date_that_is_moved_back_are_delivered() -> None:
    """The start date is in the lookback for one sync, in which AWS lists an event from before it."""
    feed, machine = PAIRS[0], ManySyncs()
    machine.a_history({feed}, [0] * 10)
    machine.a_whole_sync(1)
    machine.events_happen_of_which_aws_tells_within_the_lookback(feed.account_region, 30, 1, 1, writes=True)
    machine.time_passes(60)
    machine.the_start_date_is_moved(20)
    machine.a_whole_sync(1)
    assert "write-11" not in machine.delivered
    machine.time_passes(2 * 3600)
    machine.a_whole_sync(1)
    machine.the_start_date_is_moved(48 * 60)

    machine.a_whole_sync(1)

    assert "write-11" in machine.delivered


def test_every_event_is_delivered_under_any_interleaving() -> None:
    run_state_machine_as_test(ManySyncs, settings=settings(max_examples=100, stateful_step_count=50, deadline=None))
