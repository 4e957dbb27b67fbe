"""The entry point of the command `destination-security-lake`."""

from __future__ import annotations

import os
import sys

from destination_security_lake.cli.output import Output
from destination_security_lake.cli.signals import Stopped, stop_on_signals


def run() -> None:
    """Run one command. Importing the CDK, boto3 and pyarrow takes seconds, and a signal may come meanwhile."""
    stop_on_signals()
    output = Output()
    sys.excepthook = output.not_started
    try:
        from destination_security_lake.cli.command import main  # noqa: PLC0415

        main(sys.argv[1:], output)
    except Stopped as stopped:
        output.log("INFO", str(stopped))
        # Python would wait for the threads that upload.
        os._exit(stopped.exit_code)
