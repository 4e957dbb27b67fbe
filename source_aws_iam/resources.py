"""What the machine does not give: memory and threads. Imports nothing that could need much of either."""

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
    """Return what `error` says that there was too little of, as a sentence, or None."""
    text = str(error)
    # CPython and libraries in C lose a MemoryError now and then. Without a limit, that would be a bug of theirs.
    lost = isinstance(error, SystemError) and "exception set" in text and _memory_is_limited()
    # The system says ENOMEM. Loading the code of a library fails with an ImportError where it does not fit into memory.
    refused = isinstance(error, OSError) and error.errno == errno.ENOMEM
    if lost or refused or isinstance(error, MemoryError) or "failed to map segment from shared object" in text:
        return _MEMORY
    return _THREADS if isinstance(error, RuntimeError) and "can't start new thread" in text else None


def _memory_is_limited() -> bool:
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def trace_line(message: str) -> str:
    """Return the line of a TRACE message that says `message`, without the CDK, which may not have been loaded."""
    error = {"message": message, "failure_type": "config_error"}
    trace = {"type": "ERROR", "emitted_at": time.time_ns() // 1_000_000, "error": error}
    return json.dumps({"type": "TRACE", "trace": trace}, separators=(",", ":"))
