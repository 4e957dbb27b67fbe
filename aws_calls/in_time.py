"""Calls with a deadline."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
Item = TypeVar("Item")


class TooSlowError(Exception):
    """A call has not returned before its deadline."""


def within(seconds: float, function: Callable[[], T]) -> T:
    """Return what `function` returns, or raise what it raises. Raises TooSlowError after so many seconds.

    The function then continues in a daemon thread, which does not hold up the end of the interpreter.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(function())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is taken
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True, name="within").start()
    wait([outcome], timeout=seconds)
    if not outcome.done():
        raise TooSlowError
    return outcome.result()


def in_time(
    function: Callable[[Item], T], items: Sequence[Item], *, workers: int, seconds: float
) -> list[tuple[Item, T]]:
    """Return (item, `function(item)`) in the order of the items, for those that are done after `seconds` in all.

    Calls that have not begun by then are cancelled. The others continue, and hold up only the end of the interpreter.
    """
    executor = ThreadPoolExecutor(workers, thread_name_prefix="in-time")
    futures = [(item, executor.submit(function, item)) for item in items]
    done, _ = wait([future for _, future in futures], timeout=max(seconds, 0))
    executor.shutdown(wait=False, cancel_futures=True)
    return [(item, future.result()) for item, future in futures if future in done]
