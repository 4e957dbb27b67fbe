"""Rows as a warehouse holds them against rows as they must be."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from integration_tests.ground_truth import Row, Tables

Key = tuple[Any, ...]

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "users": ("user_id",),
    "groups": ("group_id",),
    "group_members": ("account_id", "group_id", "user_id"),
    "audit_events": ("event_id",),
}
# Columns of JSON text, where only what it says counts.
_TEXTS: Final = (
    "request_parameters",
    "response_elements",
    "additional_event_data",
    "service_event_details",
    "insight_details",
)
# Lists that AWS may give in any order.
_SETS: Final = ("group_names", "attached_policies", "inline_policies")


def first_differences(truth: Tables, warehouse: Tables, count: int = 10) -> list[str]:
    """One sentence per row that is missing, surplus or stored twice, and per value that is not AWS's."""
    return list(islice(_differences(truth, warehouse), count))


def merged(earlier: Tables, later: Tables) -> Tables:
    """What a warehouse holds that merges by key, and so never learns what was deleted in between."""
    return {
        stream: list({_key(stream, row): row for row in [*earlier[stream], *later[stream]]}.values())
        for stream in later
    }


def _differences(truth: Tables, warehouse: Tables) -> Iterator[str]:
    for stream, rows in truth.items():
        expected = {_key(stream, row): _comparable(row) for row in rows}
        stored = [_comparable(_parsed(row)) for row in warehouse[stream]]
        found = {_key(stream, row): row for row in stored}
        for key, times in Counter(_key(stream, row) for row in stored).items():
            if times > 1:
                yield f"{_name(stream, key)} is stored {times} times."
        for key in expected.keys() - found.keys():
            yield f"{_name(stream, key)} is missing in the warehouse."
        for key in found.keys() - expected.keys():
            yield f"{_name(stream, key)} is in the warehouse, but not in AWS."
        for key in expected.keys() & found.keys():
            yield from _unequal(_name(stream, key), expected[key], found[key])


def _unequal(name: str, expected: Row, found: Row) -> Iterator[str]:
    for column in sorted(expected.keys() | found.keys()):
        if column not in expected:
            yield f"{name} has a column that the ground truth knows nothing about: {column}."
        elif column not in found:
            yield f"{name} lacks the column {column}."
        elif expected[column] != found[column]:
            stored, true = (f"{value!r:.200}" for value in (found[column], expected[column]))
            yield f"{name}: {column} is {stored} in the warehouse, and {true} in AWS."


def _parsed(row: Row) -> Row:
    return {**row, **{column: json.loads(row[column]) for column in _TEXTS if row.get(column) is not None}}


def _comparable(row: Row) -> Row:
    return {**row, **{column: _sorted(row[column]) for column in _SETS if row.get(column) is not None}}


def _sorted(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


def _key(stream: str, row: Row) -> Key:
    return tuple(row[column] for column in KEYS[stream])


def _name(stream: str, key: Key) -> str:
    return f"{stream} {'/'.join(map(str, key))}"
