"""Calls for somebody who does not wait for all of them."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
Item = TypeVar("Item")


class TooSlowError(Exception):
    """What was called has not returned yet."""


def within(seconds: float, function: Callable[[], T]) -> T:
    """Return what `function` returns, or raise what it raises. Raises TooSlowError after so many seconds.

    It then goes on in a thread that nobody waits for, not even the interpreter's end.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(function())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True, name="within").start()
    wait([outcome], timeout=seconds)
    if not outcome.done():
        raise TooSlowError
    return outcome.result()


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
