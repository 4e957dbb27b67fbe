"""Many calls at a time: in order, never far ahead, and without deadlocks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_aws_iam.aws.memo import Memo
from source_aws_iam.aws.pool import Pool

PATIENCE = 20


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(4)
    yield made
    made.release()


def in_time(function: Callable[[], Any]) -> Any:
    """Return what `function` returns, in a thread that does not hold up the end of a test that fails."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(function()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert found, "somebody waits for ever"
    return found[0]


@settings(max_examples=30, deadline=None)
@given(items=st.lists(st.integers(), max_size=30), threads=st.integers(1, 8), order=st.randoms())
def test_results_come_in_the_order_of_the_items_whoever_is_first(items: list[int], threads: int, order: Random) -> None:
    pool = Pool(threads)
    ready = [threading.Event() for _ in items]

    def wait(number: int) -> int:
        ready[number].wait(PATIENCE)
        return items[number]

    released = order.sample(ready, len(ready))

    def release() -> None:
        for event in released:
            event.set()

    setter = threading.Thread(target=release)
    setter.start()
    assert list(pool.map(wait, range(len(items)))) == items
    setter.join()
    pool.release()


@given(count=st.integers(0, 60), threads=st.integers(1, 4), taken=st.integers(1, 60))
@settings(deadline=None)
def test_no_more_is_begun_than_twice_as_many_as_there_are_threads(count: int, threads: int, taken: int) -> None:
    pool = Pool(threads)
    begun: list[int] = []

    def items() -> Iterator[int]:
        for item in range(count):
            begun.append(item)
            yield item

    results = pool.map(lambda item: item, items())
    got = [next(results, None) for _ in range(min(taken, count))]
    assert got == list(range(min(taken, count)))
    assert len(begun) <= len(got) + 2 * threads - 1
    results.close()  # type: ignore[attr-defined]
    pool.release()


def test_what_one_raises_is_raised_in_its_place_and_later_items_are_not_read(pool: Pool) -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for item in [1, 1, 0, *[1] * 100]:
            asked.append(item)
            yield item

    results = pool.map(lambda item: 1 // item, items())
    assert [next(results), next(results)] == [1, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert len(asked) <= 2 + 2 * 4
    assert list(results) == []


def test_items_that_cannot_be_read_are_raised_too(pool: Pool) -> None:
    def items() -> Iterator[int]:
        yield 1
        raise LookupError

    with pytest.raises(LookupError):
        list(pool.map(lambda item: item, items()))


class Busy(Executor):
    """Threads that are all taken, for good."""

    def __init__(self, _: int = 0) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]


def test_with_all_threads_taken_whoever_asks_goes_on_alone() -> None:
    assert list(Pool(2, Busy).map(lambda item: item + 1, range(50))) == list(range(1, 51))


def test_what_nobody_waits_for_any_more_never_begins() -> None:
    busy, called = Busy(), []

    def call(item: int) -> int:
        called.append(item)
        return item

    results = Pool(2, lambda _: busy).map(call, range(10))
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert called == [0]
    assert len(busy.futures) == 4
    assert all(future.cancelled() for future in busy.futures)


def test_two_readers_of_one_pool_both_finish_even_if_one_stops_taking(pool: Pool) -> None:
    idle = pool.map(lambda item: item, range(1000))
    assert next(idle) == 0
    assert list(pool.map(lambda item: -item, range(1000))) == [-item for item in range(1000)]
    assert list(idle) == list(range(1, 1000))


def test_one_reader_may_feed_another(pool: Pool) -> None:
    inner = pool.map(lambda item: item + 1, range(100))
    assert list(pool.map(lambda item: item * 2, inner)) == [2 * n for n in range(1, 101)]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_pooled_read_inside_pooled_reads_ends(threads: int) -> None:
    """All threads are taken by readers that use the pool themselves, three deep."""
    pool = Pool(threads)

    def read(depth: int) -> int:
        return 1 if depth == 0 else sum(pool.map(read, [depth - 1] * 6))

    assert in_time(lambda: read(3)) == 6**3
    pool.release()


def test_whoever_makes_what_all_threads_wait_for_finishes_it() -> None:
    """One stream reads the memberships with the pool; the pool's threads, taken by another stream, wait for them."""
    pool, memo = Pool(2), Memo()
    making, taken = threading.Event(), threading.Barrier(3)

    def memberships() -> int:
        making.set()
        taken.wait(PATIENCE)
        return sum(pool.map(lambda item: item, range(10)))

    def user(_: int) -> int:
        taken.wait(PATIENCE)
        return memo.once("memberships", memberships)

    def made() -> Any:
        return memo.once("memberships", memberships)

    with ThreadPoolExecutor(2) as streams:
        first = streams.submit(made)
        assert making.wait(PATIENCE)
        # Three: whoever asks takes an item too, and with it both threads of the pool are taken.
        other = streams.submit(lambda: list(pool.map(user, [1, 2])))
        assert first.result(PATIENCE) == 45
        assert other.result(PATIENCE) == [45, 45]
    pool.release()


def test_a_pool_starts_anew_after_it_was_released(pool: Pool) -> None:
    assert list(pool.map(abs, [-1])) == [1]
    pool.release()
    assert list(pool.map(abs, [-2])) == [2]
