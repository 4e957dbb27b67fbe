"""SIGTERM, SIGINT and SIGHUP end the command at once. Nothing more is confirmed, and the work folder is removed.

The first process of a container ignores these signals unless it has a handler. One that is raised while a line is
printed may cut that line: what reads it then has no state, and the rows are sent again.
"""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final, NoReturn

_STOPPING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(SystemExit):
    """A signal stopped the command. `exit_code` is the one that shells report for that signal."""

    def __init__(self, by: signal.Signals) -> None:
        self.exit_code = 128 + by
        super().__init__(self.exit_code)
        self.by = by

    def __str__(self) -> str:
        """Return a sentence for the log."""
        return f"Stopped by {self.by.name}. Rows whose state was not confirmed are sent again by the next sync."


def stop_on_signals() -> None:
    """Raise Stopped in the main thread when a signal comes, except where a shell lets its jobs ignore it."""
    for each in _STOPPING:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _stop)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    # A second one must not interrupt the removal of the work folder.
    for each in _STOPPING:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(signal.Signals(number))
