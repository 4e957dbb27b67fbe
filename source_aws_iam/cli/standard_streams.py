"""Standard output and standard error: UTF-8 in every locale, and a short end where output cannot be written.

Airbyte reads UTF-8 from a source. Python writes in the encoding of the locale, or of PYTHONIOENCODING.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

FAILED: Final = 1
_STDIN, _STDOUT, _STDERR = range(3)
_TEXT: Final[Mapping[str, Any]] = {"encoding": "utf-8", "errors": "backslashreplace", "newline": "\n"}


class StandardOutput(io.TextIOWrapper):
    """Ends the process with one line on standard error when its content cannot be written.

    No message can be printed then, and each further record would be lost.
    """

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            _end(error)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            _end(error)


def take_over_standard_streams() -> None:
    """Write UTF-8 from here on. Ends the process where standard output is closed."""
    # A file that is opened later must not take the number of a closed standard stream.
    for descriptor in (_STDIN, _STDOUT, _STDERR):
        try:
            os.fstat(descriptor)
        except OSError as error:
            if descriptor == _STDOUT:
                _end(error)
            os.open(os.devnull, os.O_RDWR)
    # A pipe that its other end made non-blocking would fail whenever the reader is slow.
    if sys.platform != "win32":
        os.set_blocking(_STDOUT, True)
    output = StandardOutput(os.fdopen(_STDOUT, "wb", closefd=False), **_TEXT)
    errors = io.TextIOWrapper(os.fdopen(_STDERR, "wb", closefd=False), **_TEXT, line_buffering=True)
    # The CDK writes to sys.__stdout__ and sys.__stderr__.
    sys.stdout = sys.__stdout__ = output  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = errors  # type: ignore[misc]


def _end(error: OSError) -> NoReturn:
    line = f"source-aws-iam: Standard output cannot be written: {error.strerror or error}.\n"
    # Standard error may be on the same full disk.
    with suppress(OSError):
        os.write(_STDERR, line.encode())
    os._exit(FAILED)
