"""Standard output: one line of JSON for each message, whole or not at all.

This module imports nothing that takes long: it also says why the command could not be started.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from typing import Any, Final, NoReturn

FAILED: Final = 1
_STDOUT, _STDERR = 1, 2


class Output:
    """Prints messages, as the dicts that they are in JSON. Ends the process where that is not possible."""

    def __init__(self) -> None:
        # A pipe that its other end made non-blocking would fail whenever the reader is slow.
        try:
            os.set_blocking(_STDOUT, True)
        except OSError as error:
            _end(error)

    def print(self, message: dict[str, Any]) -> None:
        """Print a message in ASCII: readers may split lines as Unicode does, or expect another encoding."""
        line = memoryview(f"{json.dumps(message, separators=(',', ':'))}\n".encode())
        try:
            while line:
                line = line[os.write(_STDOUT, line) :]
        except OSError as error:
            _end(error)

    def log(self, level: str, text: str) -> None:
        """Print a line of the log."""
        self.print({"type": "LOG", "log": {"level": level, "message": loadable(text)}})

    def not_started(self, _: type[BaseException], error: BaseException, __: object) -> None:
        """Print why the command could not be started, and end. An exception hook until the command has its own."""
        sentence = f"The destination could not be started: {type(error).__name__}: {error}."
        failure = {"message": loadable(sentence), "failure_type": "system_error"}
        self.print({"type": "TRACE", "trace": {"type": "ERROR", "emitted_at": _milliseconds(), "error": failure}})
        sys.exit(FAILED)


def loadable(text: str) -> str:
    """Return a text without lone surrogates, which most readers of JSON refuse."""
    return text.encode("utf-8", "replace").decode()


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _end(error: OSError) -> NoReturn:
    """End the process: without standard output no state can be confirmed, and no reason told."""
    line = f"destination-security-lake: Standard output cannot be written: {error.strerror or error}.\n"
    # Standard error may be on the same full disk.
    with suppress(OSError):
        os.write(_STDERR, line.encode())
    os._exit(FAILED)
