"""What the integration tests share: embedded AWS, small enough to be quick and large enough to have pages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from embedded_aws import EmbeddedAws, Seed


def pytest_xdist_auto_num_workers() -> int:
    """These tests wait for three quarters of their time: for timeouts, retries and processes."""
    return 2 * (os.cpu_count() or 1)


SMALL = Seed(users=60, groups=8, events=600)


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    """A seeded account whose LookupEvents has no quota."""
    with EmbeddedAws(seed=SMALL, lookup_rate=None) as embedded:
        yield embedded


@pytest.fixture
def empty_aws() -> Iterator[EmbeddedAws]:
    """An account with nothing in it but the connector's own user and role."""
    with EmbeddedAws(lookup_rate=None) as embedded:
        yield embedded


FAST = {"lookup_requests_per_second": 1000, "iam_requests_per_second": 1000}
