"""Many calls at a time: in order, never far ahead, and nothing left running that nobody wants."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_aws_iam.aws.side_by_side import side_by_side

PATIENCE = 20


class Later(Executor):
    """Runs nothing until somebody wants a result, and remembers what was started."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def result(timeout: float | None = None) -> Any:
            return fn(*args)

        future.result = result  # type: ignore[method-assign]
        self.futures.append(future)
        return future


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@settings(max_examples=30, deadline=None)
@given(items=st.lists(st.integers(), max_size=30), ahead=st.integers(1, 8), order=st.randoms())
def test_results_come_in_the_order_of_the_items_whoever_is_first(items: list[int], ahead: int, order: Any) -> None:
    ready = [threading.Event() for _ in items]

    def wait(number: int) -> int:
        ready[number].wait(PATIENCE)
        return items[number]

    released = order.sample(ready, len(ready))

    def release() -> None:
        for event in released:
            event.set()

    with ThreadPoolExecutor(8) as executor:
        found = side_by_side(executor, wait, range(len(items)), ahead=ahead)
        setter = threading.Thread(target=release)
        setter.start()
        assert list(found) == items
        setter.join()


@given(count=st.integers(0, 30), ahead=st.integers(1, 8), taken=st.integers(1, 30))
def test_no_more_is_started_than_ahead_of_what_was_taken(count: int, ahead: int, taken: int) -> None:
    executor = Later()
    results = side_by_side(executor, lambda item: item, iter(range(count)), ahead=ahead)
    assert executor.futures == []
    got = [next(results, None) for _ in range(min(taken, count))]
    assert got == list(range(min(taken, count)))
    assert len(executor.futures) <= min(len(got) + ahead - 1, count)


def test_what_one_raises_is_raised_in_its_place_and_the_others_never_begin() -> None:
    executor = Later()
    results = side_by_side(executor, lambda item: 1 // item, [1, 1, 0, 1, 1], ahead=3)
    assert [next(results), next(results)] == [1, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert [future.cancelled() for future in executor.futures] == [False] * 3 + [True] * 2
    assert list(results) == []


def test_items_that_cannot_be_read_are_raised_too() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise LookupError

    executor = Later()
    with pytest.raises(LookupError):
        list(side_by_side(executor, lambda item: item, items(), ahead=5))
    assert executor.futures[0].cancelled()


def test_closing_it_early_starts_nothing_more() -> None:
    executor = Later()
    results = side_by_side(executor, lambda item: item, range(100), ahead=5)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(executor.futures) == 5
    assert all(future.cancelled() for future in executor.futures[1:])


def test_two_readers_of_one_pool_both_finish_even_if_one_stops_taking(pool: ThreadPoolExecutor) -> None:
    idle = side_by_side(pool, lambda item: item, range(1000), ahead=8)
    assert next(idle) == 0
    assert list(side_by_side(pool, lambda item: -item, range(1000), ahead=8)) == [-item for item in range(1000)]
    assert list(idle) == list(range(1, 1000))


def test_one_reader_may_feed_another(pool: ThreadPoolExecutor) -> None:
    inner = side_by_side(pool, lambda item: item + 1, range(100), ahead=8)
    assert list(side_by_side(pool, lambda item: item * 2, inner, ahead=8)) == [2 * n for n in range(1, 101)]
