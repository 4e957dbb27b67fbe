"""SIGTERM: what a container engine and Airbyte send to a sync that is to end now.

The first process of a container ignores it, unless it is held back until something waits for it. No handler does
that: a handler interrupts what the main thread writes, and CPython 3.10 to 3.13 then lose a part of a line.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# What a shell and a container engine report of a process that a SIGTERM ended.
EXIT_CODE: Final = 128 + signal.SIGTERM
# Docker and Kubernetes kill after ten and thirty seconds.
SECONDS_TO_LEAVE: Final = 5


class Stopped(SystemExit):
    """The sync was told to stop, and everything that it has to say has been said."""


def hold_back_sigterm() -> None:
    """Keep SIGTERM until `on_sigterm`. To be called before there are other threads, which would be interrupted."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def on_sigterm(stop: Callable[[], None]) -> None:
    """Call `stop` in a thread of its own when SIGTERM comes. Some seconds later the process ends in any case."""
    if sys.platform != "win32":
        hold_back_sigterm()
        threading.Thread(target=_wait, args=(stop,), name="stopping", daemon=True).start()


def leave() -> None:
    """End the process by SIGTERM, without waiting for its threads, which wait for answers of AWS.

    PyAirbyte, which stops whatever it has heard enough of, takes any other end for a failure.
    """
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    os.kill(os.getpid(), signal.SIGTERM)
    os._exit(EXIT_CODE)  # the first process of a container, which cannot be ended like that


def _wait(stop: Callable[[], None]) -> None:
    signal.sigwait({signal.SIGTERM})
    threading.Timer(SECONDS_TO_LEAVE, leave).start()
    stop()
