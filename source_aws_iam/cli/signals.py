"""SIGTERM, SIGINT and SIGHUP: the signals that stop a sync.

Container engines and Airbyte send SIGTERM. A terminal sends SIGINT for Ctrl-C, and SIGHUP when it is closed.

The first process of a container ignores them, unless they are blocked until a thread waits for them. They have no
handler: a handler interrupts the main thread while it writes, and CPython 3.10 to 3.13 then lose a part of a line.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

from source_aws_iam.sync.stopping import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

# Docker and Kubernetes kill after ten and thirty seconds.
SECONDS_TO_LEAVE: Final = 5


def hold_back_signals() -> None:
    """Block the signals until `on_signal`. Call this before other threads are started: they inherit it."""
    if sys.platform != "win32":
        if signal.SIGINT in _awaited():
            # Otherwise Python would raise KeyboardInterrupt once the signal is unblocked.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, _awaited())


def on_signal(stop: Callable[[signal.Signals], None]) -> None:
    """Call `stop` in a thread of its own when a signal comes. The process ends some seconds later in any case."""
    if sys.platform != "win32":
        hold_back_signals()
        threading.Thread(target=_wait, args=(stop,), name="stopping", daemon=True).start()


def leave(by: signal.Signals) -> None:
    """End the process by that signal, without waiting for threads that wait for answers of AWS.

    PyAirbyte stops a source when it has read enough, and takes any other end for a failure.
    """
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {by})
    os.kill(os.getpid(), by)
    os._exit(exit_code(by))  # the first process of a container does not end by a signal


def _awaited() -> set[signal.Signals]:
    """Return the signals that end a sync. A shell lets its background jobs ignore SIGINT, and nohup ignores SIGHUP."""
    others = {signal.SIGINT, signal.SIGHUP}
    return {signal.SIGTERM} | {other for other in others if signal.getsignal(other) is not signal.SIG_IGN}


def _wait(stop: Callable[[signal.Signals], None]) -> None:
    by = signal.Signals(signal.sigwait(_awaited()))
    threading.Timer(SECONDS_TO_LEAVE, leave, [by]).start()
    stop(by)
