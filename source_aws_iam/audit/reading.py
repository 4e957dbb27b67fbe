"""Reading one window of LookupEvents, newest first, and knowing when to stop.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from source_aws_iam.audit.event import Event
from source_aws_iam.audit.horizon import reach
from source_aws_iam.audit.order import Order
from source_aws_iam.audit.windows import SECOND
from source_aws_iam.aws.errors import AwsError
from source_aws_iam.aws.values import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from source_aws_iam.audit.selection import Query
    from source_aws_iam.audit.windows import Window
    from source_aws_iam.aws.calls import Caller

logger = logging.getLogger("airbyte.source_aws_iam")


def lookup(cloudtrail: Caller, window: Window, query: Query, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the pages of LookupEvents for `window`. Both of AWS's bounds are inclusive, to the second.

    Of a window that waited for its turn AWS may have forgotten the beginning, and refuses to be asked for it: the
    rest is asked for, and the log says what is lost.
    """
    start, end = max(window.start, reach(now)), window.end - SECOND
    if start > window.start:
        logger.warning(
            "audit_events: events of account %s, Region %s between %s and %s cannot be read any more, because AWS "
            "forgot them while the sync went on. A trail's log files in S3 may still have them.",
            *window.pair[:2],
            *map(utc, (window.start, min(start, window.end))),
        )
    if start > end:
        return iter(())
    return cloudtrail.pages("lookup_events", expect="Events", StartTime=start, EndTime=end, **query.request)


def read_window(
    pages: Iterable[Mapping[str, Any]],
    window: Window,
    give_back: Callable[[datetime, list[Window]], None],
    idle: Callable[[], int] = lambda: 0,
) -> Iterator[Event]:
    """Yield the events of `window` once each, or only the newer ones after handing the rest to `give_back`.

    `give_back(second, pieces)` takes everything up to and including `second`, and `idle()` more readers wait for it. A
    window can be cut only between whole seconds, so the events of the oldest second seen are held until an older one
    shows up: the next page may have more. Where AWS forgets the token of a page, the rest is given back too, and is
    then listed anew.
    """
    seen: set[str] = set()
    held: list[tuple[datetime, Event]] = []
    order = Order(window)
    try:
        for number, page in enumerate(pages, start=1):
            for event in (Event(listed, window.pair) for listed in page["Events"]):
                if event.id not in seen:
                    seen.add(event.id)
                    held.append((order.take(event), event))
            if not held:
                continue
            yield from (event for second, event in held if second != order.oldest)
            held = [(second, event) for second, event in held if second == order.oldest]
            may_cut = page.get("NextToken") and order.may_cut()
            pieces = window.rest_before(order.oldest, number, idle()) if may_cut else []
            if pieces:
                give_back(order.oldest, pieces)
                return
    except AwsError as error:
        if not (error.lost_place and order.may_cut()):
            raise
        give_back(order.oldest, [replace(window, end=order.oldest + SECOND)])
    else:
        yield from (event for _, event in held)
