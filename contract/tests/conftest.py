"""What the tests that ask share: an embedded AWS in the place of AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract.embedded import SEED, furnish
from embedded_aws import EmbeddedAws


@pytest.fixture(scope="module")
def furnished() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(seed=SEED, lookup_rate=None) as embedded:
        furnish(embedded)
        # Whoever asks for the report first is told that it is begun, and all others that it is there.
        iam = embedded.client("iam")
        while iam.generate_credential_report()["State"] != "COMPLETE":
            pass
        yield embedded


@pytest.fixture
def aws(furnished: EmbeddedAws) -> Iterator[EmbeddedAws]:
    furnished.reset_requests()
    yield furnished
    furnished.heal()
