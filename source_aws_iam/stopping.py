"""SIGTERM: what a container engine and Airbyte send to a sync that is to end now.

Python as the first process of a container ignores it, unless something waits for it. No handler does: a handler
interrupts what the main thread writes, and CPython 3.10 to 3.13 then lose a part of a line.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# What a shell reports of a process that a SIGTERM ended.
EXIT_CODE: Final = 128 + signal.SIGTERM
# Docker and Kubernetes kill after ten and thirty seconds.
SECONDS_TO_LEAVE: Final = 5


class Stopped(SystemExit):
    """The sync was told to stop, and everything that it has to say has been said."""


def on_sigterm(stop: Callable[[], None]) -> None:
    """Call `stop` in a thread of its own when SIGTERM comes. Some seconds later the process ends in any case.

    To be called before other threads start, because they would be interrupted.
    """
    if sys.platform == "win32":
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Thread(target=_wait, args=(stop,), name="stopping", daemon=True).start()


def leave() -> None:
    """End the process without waiting for its threads, which wait for answers of AWS."""
    os._exit(EXIT_CODE)


def _wait(stop: Callable[[], None]) -> None:
    signal.sigwait({signal.SIGTERM})
    threading.Timer(SECONDS_TO_LEAVE, leave).start()
    stop()
