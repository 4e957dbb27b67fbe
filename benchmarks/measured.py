"""Run a command and write what it used to a file: measured.py FILE COMMAND …

A process of its own, and a small one: a child's peak memory begins with that of the process that started it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> int:
    """Return the command's exit code."""
    code = subprocess.call(sys.argv[2:])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {"cpu_seconds": used.ru_utime + used.ru_stime, "peak_bytes": used.ru_maxrss * _UNIT}
    Path(sys.argv[1]).write_text(json.dumps(figures), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
