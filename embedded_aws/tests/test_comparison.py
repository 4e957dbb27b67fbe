"""The comparison with the ground truth finds every kind of difference, and no difference in what means the same."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from embedded_aws.truth.comparison import KEYS, first_differences
from embedded_aws.truth.values import SOME_NUMBER, SOME_TIME
from integration_tests.connector import discovered

NOON = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)


def role(name: str, **columns: Any) -> dict[str, Any]:
    return {"role_id": f"AROA{name}", "role_name": name, "create_date": NOON, **columns}


def test_it_finds_what_is_missing_surplus_doubled_or_different() -> None:
    true = [role("kept"), role("lost"), role("moved", path="/")]
    stored = [role("kept"), role("kept"), role("made-up"), role("moved", path="/new/")]
    assert sorted(first_differences({"roles": true}, {"roles": stored})) == [
        "roles AROAkept is stored 2 times.",
        "roles AROAlost is missing in the warehouse.",
        "roles AROAmade-up is in the warehouse, but not in AWS.",
        "roles AROAmoved: path is '/new/' in the warehouse, and '/' in AWS.",
    ]


def test_it_finds_columns_that_are_missing_or_unknown() -> None:
    found = first_differences({"roles": [role("a", path="/")]}, {"roles": [role("a", tags={})]})
    assert found == [
        "roles AROAa lacks the column path.",
        "roles AROAa has a column that the ground truth knows nothing about: tags.",
    ]


@pytest.mark.parametrize(
    ("true", "stored"),
    [
        ({"create_date": NOON}, {"create_date": NOON.replace(second=1)}),
        ({"create_date": NOON}, {"create_date": None}),
        ({"create_date": SOME_TIME}, {"create_date": None}),
        ({"create_date": SOME_TIME}, {"create_date": "2026-01-15T12:00:00Z"}),
        ({"unavailable_fields": []}, {"unavailable_fields": None}),
        ({"unavailable_fields": ["tags"]}, {"unavailable_fields": ["tags", "tags"]}),
        ({"instance_profiles": [{"create_date": NOON}]}, {"instance_profiles": [{"create_date": "2026-01-15T12:00Z"}]}),
        ({"tags": {"a": ["x", "y"]}}, {"tags": {"a": ["y", "x"]}}),
        ({"tags": {"Users": SOME_NUMBER}}, {"tags": {"Users": "1"}}),
        ({"tags": {"Users": SOME_NUMBER}}, {"tags": {}}),
    ],
)
def test_a_wrong_value_is_found(true: dict[str, Any], stored: dict[str, Any]) -> None:
    assert len(first_differences({"roles": [role("a", **true)]}, {"roles": [role("a", **stored)]})) == 1


@pytest.mark.parametrize(
    ("true", "stored"),
    [
        ({"create_date": SOME_TIME}, {"create_date": NOON}),
        ({"unavailable_fields": ["a", "b"]}, {"unavailable_fields": ["b", "a"]}),
        (
            {"instance_profiles": [{"create_date": NOON}, {"create_date": None}]},
            {"instance_profiles": [{"create_date": None}, {"create_date": "2026-01-15T12:00:00Z"}]},
        ),
        ({"tags": {"Users": SOME_NUMBER}}, {"tags": {"Users": 1}}),
    ],
)
def test_what_means_the_same_is_no_difference(true: dict[str, Any], stored: dict[str, Any]) -> None:
    assert first_differences({"roles": [role("a", **true)]}, {"roles": [role("a", **stored)]}) == []


def test_keys_are_those_that_the_streams_declare() -> None:
    declared = {stream["name"]: {path[0] for path in stream["source_defined_primary_key"]} for stream in discovered()}
    assert {stream: set(key) for stream, key in KEYS.items()} == declared
