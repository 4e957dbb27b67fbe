"""The benchmark still measures what the connector does."""

from __future__ import annotations

import pytest

from benchmarks.cases import REGIONS, Case
from benchmarks.measurement import measure
from benchmarks.report import report

FEW = dict(zip(REGIONS, (120, 60), strict=False))


@pytest.mark.parametrize(
    ("case", "requests", "plain"),
    [
        (Case("again", "nothing new", FEW, latency=0, quota=False, syncs=2), 2, 5),
        (Case("two", "two accounts", FEW, latency=0, quota=False, accounts=2, plain=False), 10, None),
    ],
    ids=lambda value: value.name if isinstance(value, Case) else "",
)
def test_a_case_counts_requests_and_makes_a_row(case: Case, requests: int, plain: int | None) -> None:
    said: list[str] = []
    measured = measure(case, plain=True, say=said.append)
    # A window that is shared with idle readers ends in a page of its own.
    assert requests <= measured.connector.requests <= 3 * requests
    assert (measured.plain.requests if measured.plain else None) == plain
    assert any(f"| {case.title} | {case.total} |" in line for line in report([measured]))
    assert said
