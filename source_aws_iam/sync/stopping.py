"""The end of a sync that was stopped by a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal


class Stopped(SystemExit):
    """A signal stopped the sync, and all its messages have been printed."""

    def __init__(self, by: signal.Signals) -> None:
        """`by` is the signal."""
        super().__init__(exit_code(by))
        self.by = by


def exit_code(by: signal.Signals) -> int:
    """Return the exit code that shells and container engines report for a process that the signal ended."""
    return 128 + by
