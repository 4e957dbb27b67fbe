"""The entry point of the command `source-aws-iam`."""

from __future__ import annotations

import os
import sys
import warnings

from source_aws_iam.cli.signals import hold_back_signals
from source_aws_iam.cli.standard_streams import FAILED, take_over_standard_streams
from source_aws_iam.sync.machine_limits import exhausted, trace_line


def run() -> None:
    """Run one command. Importing the CDK and boto3 takes seconds, and a signal may come meanwhile."""
    hold_back_signals()
    take_over_standard_streams()
    # Warnings are for developers. With PYTHONWARNINGS=error, a warning of a library would end the command.
    warnings.simplefilter("ignore")
    sys.excepthook = _not_started
    from source_aws_iam.cli.command import main  # noqa: PLC0415

    main()


def _not_started(_: type[BaseException], error: BaseException, __: object) -> None:
    """Print why the imports failed. `main` sets another hook for later failures."""
    sentence = exhausted(error) or f"The connector could not be started: {type(error).__name__}: {error}."
    sys.stdout.write(f"{trace_line(sentence)}\n")
    sys.stdout.flush()
    os._exit(FAILED)
