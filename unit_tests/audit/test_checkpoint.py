"""The state: small, readable, and refused when somebody else wrote it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_aws_iam.audit.checkpoint import ForeignStateError, Span, read_state, write_state
from source_aws_iam.audit.windows import Pair
from unit_tests.audit.event_history import NOON

moments = st.integers(0, 10**8).map(lambda seconds: NOON - timedelta(seconds=seconds))
pairs = st.builds(
    Pair, st.integers(0, 10**12 - 1).map("{:012}".format), st.sampled_from(["us-east-1", "eu-west-1", "cn-north-1"])
)


spans = st.tuples(moments, moments).map(lambda pair: Span(*sorted(pair)))


@given(st.dictionaries(pairs, spans))
def test_what_was_written_is_read_back(spans: dict[Pair, Span]) -> None:
    assert read_state(write_state(spans), NOON) == spans


def test_no_state_is_an_empty_state() -> None:
    assert read_state({}, NOON) == {}


def _state(
    interval: str = "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z", regions: Any = ("us-east-1",)
) -> dict[str, Any]:
    return {"version": 1, "complete": {"all": {interval: {"123456789012": regions}}}}


@pytest.mark.parametrize(
    "state",
    [
        {"EventTime": 1750000000},
        {"version": 2, "complete": {}},
        {"version": 1},
        {"version": 1, "complete": []},
        {"version": 1, "complete": {"all": []}},
        {"version": 1, "complete": {"all": {"2026-01-01T00:00:00Z/2026-02-01T00:00:00Z": {"12": []}}}},
        _state("2026-02-01T00:00:00Z"),
        _state("2026-01-01/2026-02-01"),
        _state("2026-01-01T00:00:00Z/2026-02-31T00:00:00Z"),
        _state("2026-01-01T00:00:00Z/2026-02-01T00:00:00Z/2026-03-01T00:00:00Z"),
        _state("2026-01-01T00:00:00Z/2999-12-31T23:59:59Z"),
        _state("2026-02-01T00:00:01Z/2026-02-01T00:00:00Z"),
        _state(regions="us-east-1"),
        _state(regions=[None]),
    ],
)
def test_a_state_of_another_shape_is_refused(state: dict[str, Any]) -> None:
    assert read_state(_state(regions=["us-east-1"]), NOON)
    with pytest.raises(ForeignStateError):
        read_state(state, NOON)


def test_a_large_organization_has_a_small_state() -> None:
    pairs = [Pair(f"{account:012}", f"ap-southeast-{region}") for account in range(50) for region in range(30)]
    together = {pair: Span(NOON, NOON) for pair in pairs}
    apart = {pair: Span(NOON, NOON + timedelta(seconds=number)) for number, pair in enumerate(pairs)}
    assert len(json.dumps(write_state(together))) < 40_000
    assert len(json.dumps(write_state(apart))) < 200_000
