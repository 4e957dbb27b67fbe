"""A CloudTrail event history in memory: what LookupEvents would list, page by page, at a given moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
from source_aws_iam.cloudtrail.history.windows import SECOND, Window
from unit_tests.cloudtrail.history.listing import events_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_aws_iam.cloudtrail.history.read_range import ReadRange
    from source_aws_iam.cloudtrail.state import Span

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
HOME = Feed("123456789012", "us-east-1")


@dataclass(frozen=True)
class Happened:
    """One event: when it happened, and how much later AWS lists it."""

    event_id: str
    time: datetime
    delay: timedelta = timedelta()

    @property
    def visible_at(self) -> datetime:
        """When LookupEvents starts to list it."""
        return self.time + self.delay


@dataclass
class EventHistory:
    """The events of one feed, and how often it was asked."""

    events: list[Happened]
    page_size: int = 50
    requests: int = field(default=0)

    def pages(self, window: Window, now: datetime) -> Iterator[Mapping[str, Any]]:
        """Yield the pages for `window` as of `now`, newest first."""
        listed = sorted(
            (event for event in self.events if event.visible_at <= now and window.start <= event.time < window.end),
            key=lambda event: (event.time, event.event_id),
            reverse=True,
        )
        for start in range(0, max(len(listed), 1), self.page_size):
            self.requests += 1
            chunk = listed[start : start + self.page_size]
            events = [{"EventId": e.event_id, "EventTime": e.time.timestamp()} for e in chunk]
            page: dict[str, Any] = {"Events": events}
            if start + self.page_size < len(listed):
                page["NextToken"] = str(start)
            yield page


@dataclass
class Delivered:
    """What one sync emitted, and the spans that its last state holds."""

    event_ids: list[str]
    spans: dict[Feed, Span]


def sync(
    histories: Mapping[Feed, EventHistory],
    read_range: ReadRange,
    known: Mapping[Feed, Span],
    *,
    crash_after_events: int | None = None,
    idle: int = 0,
) -> Delivered:
    """Run one sync as the stream does, in one thread; optionally stop it dead after some events.

    `idle` readers are always there to share a window with, as where answers take long.

    A crash keeps the state as it was after the last sealed window, which is the most a real one can keep.
    """
    windows, continued = {}, {}
    for feed in histories:
        window, continued[feed] = read_range.window(feed, known.get(feed))
        if window.start < window.end:
            windows[feed] = window
    scheduler = WindowScheduler(windows, at_once=1)
    done = Delivered([], dict(known))
    for window in scheduler:
        kept = window

        def give_back(second: datetime, pieces: list[Window], window: Window = window) -> None:
            nonlocal kept
            kept = scheduler.give_back(window, second, pieces)

        for event in events_of(histories[window.feed].pages(window, read_range.now), window, give_back, lambda: idle):
            if len(done.event_ids) == crash_after_events:
                return done
            done.event_ids.append(event.id)
        scheduler.seal(kept)
        for feed in windows:
            done.spans[feed] = read_range.completed(continued[feed], scheduler.complete_through(feed))
    return done


def every(seconds: float, count: int, *, until: datetime = NOON) -> Iterable[Happened]:
    """Yield `count` events, evenly spaced, the newest just before `until`."""
    for number in range(count):
        yield Happened(f"event-{number}", (until - SECOND - timedelta(seconds=int(seconds * number))))
