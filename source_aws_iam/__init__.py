"""Airbyte source for AWS identity: IAM and CloudTrail as warehouse tables."""

from importlib.metadata import version
from typing import Any

__version__ = version("source-aws-iam")


def __getattr__(name: str) -> Any:
    """Import the source only when it is used: `source_aws_iam.aws` does not need the CDK and its seconds of imports."""
    if name == "SourceAwsIam":
        from source_aws_iam.source import SourceAwsIam  # noqa: PLC0415

        return SourceAwsIam
    raise AttributeError(name)
