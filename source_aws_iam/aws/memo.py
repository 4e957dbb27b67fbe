"""Results that are read once and used by several streams."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from aws_calls.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Memo:
    """Results by key. Thread-safe."""

    def __init__(self) -> None:
        """Start with no results."""
        self._results: dict[object, Any] = {}
        self._locks: dict[object, threading.Lock] = {}
        self._lock = threading.Lock()

    def once(self, key: object, produce: Callable[[], T]) -> T:
        """Return what `produce` returned the first time for `key`. Other threads wait; a failure is not kept."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._results:
                self._results[key] = produce()
            result: T = self._results[key]
            return result

    def settled(self, key: object, produce: Callable[[], T]) -> T:
        """Return or raise what `produce` did the first time for `key`. A failure that took minutes is not repeated."""

        def outcome() -> T | AwsError:
            try:
                return produce()
            except AwsError as error:
                return error

        found = self.once(key, outcome)
        if isinstance(found, AwsError):
            # Every stream raises it, and each would add its frames to it.
            raise found.with_traceback(None)
        return found

    def known(self, key: object) -> Any:
        """Return what `produce` returned for `key`, or None if it has not been called yet."""
        with self._lock:
            return self._results.get(key)

    def clear(self) -> None:
        """Drop all results. No thread may be using them."""
        with self._lock:
            self._results.clear()
            self._locks.clear()
