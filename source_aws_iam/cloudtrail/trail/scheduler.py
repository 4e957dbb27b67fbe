"""The scheduler of a trail: which account and Region is listed next, and who reads what was listed."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from source_aws_iam.cloudtrail.trail.reading import Batch, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator


class TrailScheduler:
    """Hands out readings, each to be listed by whoever takes it, and batches that these share. Thread-safe.

    A quiet account and Region is one request, and its few files are read by who lists it. Of a busy one, whoever has
    nothing to do reads batches.
    """

    def __init__(self, coming: Iterator[Reading], *, at_once: int) -> None:
        """Hand out at most `at_once` that are not yet returned. `coming` finds readings when it is asked."""
        self._coming: Iterator[Reading] | None = coming
        self._at_once = at_once
        self._in_flight = 0
        self._shared: deque[Batch] = deque()
        self._changed = threading.Condition()

    def __iter__(self) -> Iterator[Reading | Batch]:
        """Yield until nothing is left. Wait for readings that are being listed, which may share batches."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._in_flight < self._at_once and self._may_go_on())
                work: Reading | Batch | None = self._shared.popleft() if self._shared else None
                coming = self._coming
                if not work and not coming:
                    return
                self._in_flight += 1
            if not work and coming:
                work = next(coming, None)
            if work:
                yield work
            else:
                self._coming = None
                self.returned()

    def share(self, batch: Batch) -> bool:
        """Take a batch for others to read, unless enough are waiting. Return whether it was taken."""
        with self._changed:
            if len(self._shared) >= self._at_once:
                return False
            self._shared.append(batch)
            self._changed.notify_all()
            return True

    def returned(self) -> None:
        """Note that what was handed out has been read, or could not be."""
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    def _may_go_on(self) -> bool:
        return bool(self._shared) or self._coming is not None or not self._in_flight
