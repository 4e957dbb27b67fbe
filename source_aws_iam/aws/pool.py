"""Many calls at a time, with their results in order, and only a few calls ahead of the consumer."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

T = TypeVar("T")
Item = TypeVar("Item")


def _threads(number: int) -> Executor:
    return ThreadPoolExecutor(number, thread_name_prefix="aws")


class Pool:
    """Threads that several streams share. Thread-safe. They start when they are needed."""

    def __init__(self, threads: int, start: Callable[[int], Executor] = _threads) -> None:
        """Call with at most so many threads, besides those of the callers of `map`. `start` starts them."""
        self._threads = threads
        self._start = start
        self._executor: Executor | None = None
        self._lock = threading.Lock()

    def map(self, function: Callable[[Item], T], items: Iterable[Item]) -> Iterator[T]:
        """Yield `function(item)` in the order of the items. A few calls are started ahead of the consumer.

        An exception is raised in the place of its result, and calls that have not begun are cancelled.

        Where no thread has begun the call for the next result, the consumer's thread makes it. So `function` may use
        the pool too: with all threads taken, each caller continues alone, and none waits for a thread.
        """
        executor = self._started()
        begun: deque[tuple[Item, Future[T]]] = deque()
        try:
            for item in items:
                begun.append((item, executor.submit(function, item)))
                if len(begun) >= 2 * self._threads:
                    yield _result(function, *begun.popleft())
            while begun:
                yield _result(function, *begun.popleft())
        finally:
            for _, future in begun:
                future.cancel()

    def release(self) -> None:
        """End the threads. No call may be running. Another `map` starts new ones."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor:
            executor.shutdown(wait=False)

    def _started(self) -> Executor:
        with self._lock:
            if self._executor is None:
                self._executor = self._start(self._threads)
            return self._executor


def _result(function: Callable[[Item], T], item: Item, future: Future[T]) -> T:
    return function(item) if future.cancel() else future.result()
