"""What the command `source-aws-iam` starts with."""

from __future__ import annotations

from source_aws_iam.stopping import hold_back_sigterm


def run() -> None:
    """Run one command of the connector. The CDK and boto3 take seconds to import, in which a SIGTERM may come."""
    hold_back_sigterm()
    from source_aws_iam.command_line import main  # noqa: PLC0415

    main()
