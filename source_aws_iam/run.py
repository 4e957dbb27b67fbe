"""What the command `source-aws-iam` starts with."""

from __future__ import annotations

import os
import sys
import warnings

from source_aws_iam.cli.standard_streams import FAILED, take_over_standard_streams
from source_aws_iam.resources import exhausted, trace_line
from source_aws_iam.stopping import hold_back_signals


def run() -> None:
    """Run one command of the connector. The CDK and boto3 take seconds to import, in which a signal may come."""
    hold_back_signals()
    take_over_standard_streams()
    # Warnings are for developers. PYTHONWARNINGS=error would turn somebody else's into our crash.
    warnings.simplefilter("ignore")
    sys.excepthook = _not_started
    from source_aws_iam.command_line import main  # noqa: PLC0415

    main()


def _not_started(_: type[BaseException], error: BaseException, __: object) -> None:
    """Tell what ended the imports. Whatever comes later is told by the hook that `main` brings."""
    sentence = exhausted(error) or f"The connector could not be started: {type(error).__name__}: {error}."
    sys.stdout.write(f"{trace_line(sentence)}\n")
    sys.stdout.flush()
    os._exit(FAILED)
