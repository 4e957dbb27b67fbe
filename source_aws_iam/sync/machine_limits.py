"""Errors for lack of memory or threads. This module imports nothing that needs much of either."""

from __future__ import annotations

import errno
import json
import resource
import time
from typing import Final

_MEMORY: Final = "The connector ran out of memory. Give its process or container more, or lower num_workers."
_THREADS: Final = (
    "The connector may start no more threads. Raise the limit of processes or of memory of its user or container, or "
    "lower num_workers."
)


def exhausted(error: BaseException) -> str | None:
    """Return a sentence if `error` means that memory or threads were exhausted, else None."""
    text = str(error)
    # CPython and C libraries sometimes lose a MemoryError. Without a limit of memory, that would be a bug of theirs.
    lost = isinstance(error, SystemError) and "exception set" in text and _memory_is_limited()
    # The system reports ENOMEM. Loading a shared library that does not fit into memory is an ImportError.
    refused = isinstance(error, OSError) and error.errno == errno.ENOMEM
    if lost or refused or isinstance(error, MemoryError) or "failed to map segment from shared object" in text:
        return _MEMORY
    return _THREADS if isinstance(error, RuntimeError) and "can't start new thread" in text else None


def _memory_is_limited() -> bool:
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def trace_line(message: str) -> str:
    """Return the line of a TRACE message, made without the CDK, which may not have been imported."""
    error = {"message": message, "failure_type": "config_error"}
    trace = {"type": "ERROR", "emitted_at": time.time_ns() // 1_000_000, "error": error}
    return json.dumps({"type": "TRACE", "trace": trace}, separators=(",", ":"))
