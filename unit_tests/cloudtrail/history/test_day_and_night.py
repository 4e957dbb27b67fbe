"""How windows are cut where days are busy, and nights and weekends are quiet.

Prints its numbers; `DAYS=90 pytest -s` on this file gives those of a first sync.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from source_aws_iam.cloudtrail.history.window_scheduler import WindowScheduler
from source_aws_iam.cloudtrail.history.windows import PAGES_PER_WINDOW, SECOND, Window
from unit_tests.cloudtrail.history.event_history import HOME, NOON
from unit_tests.cloudtrail.history.listing import events_of

DAYS = int(os.environ.get("DAYS") or 4)
PAGE = 50
HOUR = 3600
DAY = range(8, 20)
SATURDAY = 5


def per_hour(time: datetime) -> int:
    if time.weekday() >= SATURDAY:
        return 50
    return 6_000 if time.hour in DAY else 200


def newest_first(window: Window) -> Iterator[dict[str, Any]]:
    """Every event of `window`, evenly spaced within each hour. They are made as they are listed: there are millions."""
    hour = (window.end - SECOND).replace(minute=0, second=0)
    while hour >= window.start - HOUR * SECOND:
        count = per_hour(hour)
        for number in reversed(range(count)):
            time = hour + timedelta(seconds=number * HOUR // count)
            if window.start <= time < window.end:
                yield {"EventId": f"{hour:%m%d%H}-{number}", "EventTime": time.timestamp()}
        hour -= HOUR * SECOND


class Reader:
    """A window under way. `pages_read` counts requests; the last of them may be empty of events that are ours."""

    def __init__(self, scheduler: WindowScheduler, window: Window) -> None:
        self.scheduler = scheduler
        self.window = window
        self.pages_read = self.count = 0
        self.events = events_of(self.pages(), window, self.give_back)

    def pages(self) -> Iterator[Mapping[str, Any]]:
        listing = newest_first(self.window)
        following = next(listing, None)
        more = True
        while more:
            events = [following] if following else []
            events += [event for _, event in zip(range(PAGE - 1), listing, strict=False)]
            following = next(listing, None)
            more = following is not None
            self.pages_read += 1
            yield {"Events": events, **({"NextToken": "more"} if more else {})}

    def give_back(self, second: datetime, pieces: list[Window]) -> None:
        self.window = self.scheduler.give_back(self.window, second, pieces)

    def read_page(self) -> bool:
        """Read about a page. Return whether there may be more."""
        before = self.pages_read
        for _ in self.events:
            self.count += 1
            if self.pages_read > before:
                return True
        return False


@pytest.mark.parametrize("readers", [1, 3])
def test_a_load_that_changes_by_the_hour_costs_hardly_more_requests_than_pages(readers: int) -> None:
    whole = Window(HOME, NOON - timedelta(days=DAYS), NOON)
    scheduler = WindowScheduler({HOME: whole}, at_once=readers)
    turns, under_way = iter(scheduler), list[Reader]()
    events = requests = checkpoint = longest_wait = checkpoints = 0
    sizes = Counter[int]()
    through = whole.start
    while not scheduler._done():
        while scheduler._ready():
            under_way.append(Reader(scheduler, next(turns)))
        for reader in list(under_way):
            before = reader.pages_read
            more = reader.read_page()
            requests += reader.pages_read - before
            if more:
                continue
            under_way.remove(reader)
            scheduler.seal(reader.window)
            events += reader.count
            sizes[reader.pages_read] += 1
            if scheduler.complete_through(HOME) > through:
                through = scheduler.complete_through(HOME)
                longest_wait, checkpoint = max(longest_wait, requests - checkpoint), requests
                checkpoints += 1
    hours = (whole.start + number * HOUR * SECOND for number in range(DAYS * 24))
    expected = sum(map(per_hour, hours))
    print(
        f"\n{DAYS} days, {readers} readers: {events:,} events, {requests:,} requests ({events / PAGE:,.0f} pages, "
        f"{requests * PAGE / events - 1:+.2%}), {sizes.total():,} windows of at most {max(sizes)} pages, "
        f"{checkpoints:,} checkpoints, at 2 requests per second at most {longest_wait / 2:.0f} s apart"
    )
    assert events == expected
    assert requests <= events / PAGE * 1.02 + 20
    assert max(sizes) <= 2 * PAGES_PER_WINDOW
    assert longest_wait / 2 <= 10 * 60
