"""Events as LookupEvents lists them, and the rows that they become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import chain
from typing import Any

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.history.event import Event
from source_aws_iam.cloudtrail.history.order import Order
from source_aws_iam.cloudtrail.history.reading import read_window
from source_aws_iam.cloudtrail.history.row import row
from source_aws_iam.cloudtrail.history.windows import Window

HOME = Feed("123456789012", "us-east-1")
TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
DAY = Window(HOME, datetime(2026, 1, 2, tzinfo=timezone.utc), datetime(2026, 1, 3, tzinfo=timezone.utc))
LAST_SECOND = DAY.end - timedelta(seconds=1)


def listed(record: Any = None, **members: Any) -> dict[str, Any]:
    """Return an event with `record` as its text, of TIME, and with whatever `members` say."""
    whole = {"EventId": "e-1", "EventTime": TIME.timestamp(), **members}
    return whole if record is None else {"CloudTrailEvent": json.dumps(record), **whole}


def events_of(*arguments: Any) -> Iterator[Event]:
    """Read a window as `read_window` does, and yield its events without regard to pages."""
    return chain.from_iterable(read_window(*arguments))


def row_of(event: Any) -> dict[str, Any]:
    """Return the columns of an event that is the first of its day's list."""
    return judged(event)[0]


def judged(event: Any) -> tuple[dict[str, Any], list[str]]:
    """Return its columns, and what is odd about it."""
    taken = Event(event, HOME)
    Order(DAY).take(taken)
    columns, odd = row(taken)
    return columns, sorted(set(odd))
