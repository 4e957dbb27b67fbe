"""The state: small, readable, and refused when somebody else wrote it."""

from __future__ import annotations

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


def _state(**changes: Any) -> dict[str, Any]:
    span = {"since": "2026-01-01T00:00:00Z", "through": "2026-02-01T00:00:00Z", **changes}
    return {"version": 1, "accounts": {"123456789012": {"us-east-1": span}}}


@pytest.mark.parametrize(
    "state",
    [
        {"EventTime": 1750000000},
        {"version": 2, "accounts": {}},
        {"version": 1},
        {"version": 1, "accounts": []},
        {"version": 1, "accounts": {"12": {}}},
        {"version": 1, "accounts": {"123456789012": {"us-east-1": "2026-02-01T00:00:00Z"}}},
        {"version": 1, "accounts": {"123456789012": {"us-east-1": {"through": "2026-02-01T00:00:00Z"}}}},
        _state(through="2026-02-01"),
        _state(through="2026-02-31T00:00:00Z"),
        _state(through=None),
        _state(more="x"),
        _state(through="2999-12-31T23:59:59Z"),
        _state(since="2026-02-01T00:00:01Z"),
    ],
)
def test_a_state_of_another_shape_is_refused(state: dict[str, Any]) -> None:
    assert read_state(_state(), NOON)
    with pytest.raises(ForeignStateError):
        read_state(state, NOON)


def test_a_large_organization_has_a_small_state() -> None:
    spans = {
        Pair(f"{account:012}", f"eu-west-{region}"): Span(NOON, NOON) for account in range(50) for region in range(30)
    }
    assert len(str(write_state(spans))) < 200_000
