"""Waits for what AWS makes on demand: a report, or the result of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# The seconds between two calls, 5 minutes in all. AWS makes a report within seconds, in large accounts within minutes.
PAUSES: Final = (1, 1, 2, 4, 8, *(16,) * 18)


def polled(ask: Callable[[], T | None], sleep: Callable[[float], None]) -> T | None:
    """Return the first result of `ask` that is not None, or None where it is not there in time."""
    for pause in (0, *PAUSES):
        if pause:
            sleep(pause)
        found = ask()
        if found is not None:
            return found
    return None
