"""Many calls at a time, in order, without reading ahead of whoever uses the results."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

T = TypeVar("T")
Item = TypeVar("Item")


def side_by_side(
    executor: Executor, function: Callable[[Item], T], items: Iterable[Item], *, ahead: int
) -> Iterator[T]:
    """Yield `function` of each item, in their order, with at most `ahead` of them started and not yet taken.

    What one of them raises is raised in its place; those that have not begun by then never do.
    """
    started: deque[Future[T]] = deque()
    try:
        for item in items:
            started.append(executor.submit(function, item))
            if len(started) >= ahead:
                yield started.popleft().result()
        while started:
            yield started.popleft().result()
    finally:
        for future in started:
            future.cancel()
