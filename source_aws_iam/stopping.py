"""SIGTERM, SIGINT and SIGHUP: what tells a sync to end now.

Container engines and Airbyte send SIGTERM, a terminal sends SIGINT for Ctrl-C and SIGHUP when it is closed.

The first process of a container ignores them, unless they are held back until something waits for them. No handler
does that: a handler interrupts what the main thread writes, and CPython 3.10 to 3.13 then lose a part of a line.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# Docker and Kubernetes kill after ten and thirty seconds.
SECONDS_TO_LEAVE: Final = 5


class Stopped(SystemExit):
    """The sync was told to stop by `signal`, and everything that it has to say has been said."""

    def __init__(self, by: signal.Signals) -> None:
        """`by` is what it was told by."""
        super().__init__(exit_code(by))
        self.by = by


def exit_code(by: signal.Signals) -> int:
    """Return what a shell and a container engine report of a process that the signal ended."""
    return 128 + by


def hold_back_signals() -> None:
    """Keep the signals until `on_signal`. To be called before there are other threads, which would be interrupted."""
    if sys.platform != "win32":
        if signal.SIGINT in _awaited():
            # Otherwise Python turns it into a KeyboardInterrupt once it is let through.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, _awaited())


def on_signal(stop: Callable[[signal.Signals], None]) -> None:
    """Call `stop` in a thread of its own when a signal comes. Some seconds later the process ends in any case."""
    if sys.platform != "win32":
        hold_back_signals()
        threading.Thread(target=_wait, args=(stop,), name="stopping", daemon=True).start()


def leave(by: signal.Signals) -> None:
    """End the process by that signal, without waiting for its threads, which wait for answers of AWS.

    PyAirbyte, which stops whatever it has heard enough of, takes any other end for a failure.
    """
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {by})
    os.kill(os.getpid(), by)
    os._exit(exit_code(by))  # the first process of a container, which cannot be ended like that


def _awaited() -> set[signal.Signals]:
    """Return the signals that end a sync. A shell lets its background jobs ignore SIGINT, and nohup ignores SIGHUP."""
    others = {signal.SIGINT, signal.SIGHUP}
    return {signal.SIGTERM} | {other for other in others if signal.getsignal(other) is not signal.SIG_IGN}


def _wait(stop: Callable[[signal.Signals], None]) -> None:
    by = signal.Signals(signal.sigwait(_awaited()))
    threading.Timer(SECONDS_TO_LEAVE, leave, [by]).start()
    stop(by)
