"""What the tests of the destination share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded_aws import EmbeddedAws
from integration_tests.security_lake.lake import Lake


@pytest.fixture
def lake() -> Iterator[Lake]:
    """An empty lake."""
    with EmbeddedAws() as aws:
        yield Lake.of(aws)
