"""Many calls at a time, for somebody who does not wait for all of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
Item = TypeVar("Item")


def in_time(
    function: Callable[[Item], T], items: Sequence[Item], *, workers: int, seconds: float
) -> list[tuple[Item, T]]:
    """Return each item with `function` of it, in their order, less those that take longer than `seconds` in all.

    What has not begun by then never does; what has goes on in a thread that nobody waits for but the interpreter's end.
    """
    executor = ThreadPoolExecutor(workers, thread_name_prefix="in-time")
    futures = [(item, executor.submit(function, item)) for item in items]
    done, _ = wait([future for _, future in futures], timeout=max(seconds, 0))
    executor.shutdown(wait=False, cancel_futures=True)
    return [(item, future.result()) for item, future in futures if future in done]
