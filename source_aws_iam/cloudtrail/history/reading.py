"""Reads one window of LookupEvents, newest first, and gives the rest back where there is too much of it.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aws_calls.errors import AwsError
from aws_calls.timestamps import utc
from source_aws_iam.cloudtrail.history.event import Event
from source_aws_iam.cloudtrail.history.order import Order
from source_aws_iam.cloudtrail.history.read_range import earliest_start
from source_aws_iam.cloudtrail.history.windows import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from aws_calls.calls import Caller
    from source_aws_iam.cloudtrail.history.selection import Query
    from source_aws_iam.cloudtrail.history.windows import Window

# For a reader beside which there is no other.
ALONE: Final[AbstractContextManager[object]] = nullcontext()
logger = logging.getLogger("airbyte.source_aws_iam")


def lookup(cloudtrail: Caller, window: Window, query: Query, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the pages of LookupEvents for `window`. Both of AWS's bounds are inclusive, to the second.

    AWS may have forgotten the beginning of a window that waited, and a request that includes it would be an error. Then
    the rest is read, and a warning names what is lost.
    """
    start, end = max(window.start, earliest_start(now)), window.end - SECOND
    if start > window.start:
        logger.warning(
            "audit_events: events of account %s, Region %s between %s and %s cannot be read any more, because they "
            "became older than 90 days during the sync. A trail's log files in S3 may still have them.",
            *window.feed.account_region,
            *map(utc, (window.start, min(start, window.end))),
        )
    if start > end:
        return iter(())
    return cloudtrail.pages("lookup_events", StartTime=start, EndTime=end, **query.request)


def read_window(
    pages: Iterable[Mapping[str, Any]],
    window: Window,
    give_back: Callable[[datetime, list[Window]], None],
    idle: Callable[[], int] = lambda: 0,
    making: AbstractContextManager[object] = ALONE,
) -> Iterator[list[Event]]:
    """Yield the events of `window` once each, by pages. After giving the rest to `give_back`, only the newer ones.

    `give_back(second, pieces)` takes the windows up to and including `second`. `idle()` returns how many more readers
    could read some of them. A window can be cut only between whole seconds, so the events of the oldest second seen are
    held until an older event comes: the next page may have more of that second. Where a pagination token expires, the
    rest is given back too, and then listed anew. Events are made within `making`.
    """
    seen: set[str] = set()
    held: list[tuple[datetime, Event]] = []
    order = Order(window)
    try:
        for number, page in enumerate(pages, start=1):
            with making:
                for event in (Event(listed, window.feed) for listed in page["Events"]):
                    if event.id not in seen:
                        seen.add(event.id)
                        held.append((order.take(event), event))
            if not held:
                continue
            yield [event for second, event in held if second != order.oldest]
            held = [(second, event) for second, event in held if second == order.oldest]
            may_cut = page.get("NextToken") and order.may_cut()
            pieces = window.rest_before(order.oldest, number, idle()) if may_cut else []
            if pieces:
                give_back(order.oldest, pieces)
                return
    except AwsError as error:
        if not (error.is_expired_page and order.may_cut()):
            raise
        give_back(order.oldest, [replace(window, end=order.oldest + SECOND)])
    else:
        yield [event for _, event in held]
