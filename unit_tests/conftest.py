"""What all unit tests share."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from source_aws_iam.source import SourceAwsIam
from source_aws_iam.streams.declarations import UndeclaredStreamError, check_declarations

# A loaded machine makes no example wrong.
settings.register_profile("not by the clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("not by the clock")


def pytest_sessionstart() -> None:
    """Refuse a manifest that the code does not know, before the first test."""
    try:
        check_declarations(SourceAwsIam().resolved_manifest["streams"])
    except UndeclaredStreamError as error:
        raise pytest.UsageError(str(error)) from None
