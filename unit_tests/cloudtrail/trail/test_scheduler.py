"""Who reads what, with any number of workers."""

from __future__ import annotations

import threading
from datetime import datetime, timezone

import pytest

from source_aws_iam.cloudtrail.feed import Feed
from source_aws_iam.cloudtrail.read_times import ReadTimes
from source_aws_iam.cloudtrail.trail.reading import Batch, Reading
from source_aws_iam.cloudtrail.trail.scheduler import TrailScheduler

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def reading(number: int) -> Reading:
    return Reading(Feed(f"{number:012}", "us-east-1"), [], ReadTimes.nothing(BEGIN))


@pytest.mark.parametrize("workers", [1, 3])
def test_what_is_shared_is_handed_out_before_the_next_reading(workers: int) -> None:
    readings = [reading(number) for number in range(3)]
    scheduler = TrailScheduler(iter(readings), at_once=workers)
    handed = iter(scheduler)
    first = next(handed)
    assert first is readings[0]
    batches = [Batch(readings[0], number, []) for number in range(workers + 1)]
    assert [scheduler.share(batch) for batch in batches] == [True] * workers + [False], "no more than others can read"
    scheduler.returned()
    order = []
    for work in handed:
        order.append(work)
        scheduler.returned()
    assert order == [*batches[:workers], *readings[1:]]


def test_no_more_is_handed_out_than_may_be_read_at_once() -> None:
    scheduler = TrailScheduler((reading(number) for number in range(6)), at_once=2)
    taken = threading.Semaphore(0)
    in_flight: list[int] = []
    returned = 0

    def consume() -> None:
        for number, _ in enumerate(scheduler, start=1):
            in_flight.append(number - returned)
            taken.release()

    consumer = threading.Thread(target=consume)
    consumer.start()
    for _ in range(6):
        assert taken.acquire(timeout=10)
        if len(in_flight) >= 2:
            returned += 1
            scheduler.returned()
    consumer.join(10)
    assert not consumer.is_alive()
    assert max(in_flight) == 2


def test_it_ends_only_when_what_may_still_be_shared_was_returned() -> None:
    scheduler = TrailScheduler(iter([reading(1)]), at_once=2)
    handed = iter(scheduler)
    only = next(handed)
    assert isinstance(only, Reading)
    batch = Batch(only, 1, [])

    def share() -> None:
        scheduler.share(batch)
        scheduler.returned()

    threading.Thread(target=share).start()
    assert next(handed) is batch
    scheduler.returned()
    assert next(handed, None) is None
