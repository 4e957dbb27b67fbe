"""A class has the columns that are ever filled, and no others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from destination_security_lake.ocsf.classes import CLASSES, USER_ACCESS, EventClass
from destination_security_lake.ocsf.columns import COLUMNS, Column, ListOf, Scalar, Struct, arranged
from destination_security_lake.ocsf.mapping import ocsf_row
from destination_security_lake.ocsf.results import OcsfRow
from tools.ocsf_examples import documents
from unit_tests.security_lake.events import NOW
from unit_tests.security_lake.validation import VERSIONS, faults


def examples() -> Iterator[OcsfRow]:
    for stream, (row, *memberships) in ((stream, [*document.values()]) for stream, document in documents()):
        found = ocsf_row(stream, row, NOW, *memberships)
        assert isinstance(found, OcsfRow), str(found)
        yield found


def leaves(column: Column, value: Any, path: str) -> Iterator[str]:
    """Yield the path of each column in which there is a value."""
    if isinstance(column, Struct):
        for name, inner in column.fields.items():
            if name in value:
                yield from leaves(inner, value[name], f"{path}.{name}")
    elif isinstance(column, ListOf):
        for item in value:
            yield from leaves(column.item, item, f"{path}[]")
    else:
        yield path


def declared(column: Column, path: str) -> Iterator[str]:
    if isinstance(column, Struct):
        for name, inner in column.fields.items():
            yield from declared(inner, f"{path}.{name}")
    elif isinstance(column, ListOf):
        yield from declared(column.item, f"{path}[]")
    else:
        yield path


def test_the_examples_are_valid() -> None:
    assert [fault for row in examples() for fault in faults(row, VERSIONS)] == []


def test_each_column_is_filled_by_some_row() -> None:
    filled: defaultdict[EventClass, set[str]] = defaultdict(set)
    of_every_event: set[str] = set()
    for row in examples():
        found = {*leaves(Struct(COLUMNS[row.event_class]), row.attributes, "")}
        filled[row.event_class] |= found
        # These are made in the same way for all classes of events.
        of_every_event |= {path for path in found if path.startswith((".actor", ".api", ".src_endpoint"))}

    for of_class in CLASSES:
        every = {*declared(Struct(COLUMNS[of_class]), "")}
        assert sorted(every - filled[of_class] - of_every_event) == []


def test_a_row_has_the_order_of_the_columns_and_nothing_empty() -> None:
    columns: dict[str, Column] = {"b": Scalar.STRING, "a": Struct({"c": Scalar.STRING}), "d": ListOf(Scalar.STRING)}
    columns["e"] = Scalar.BOOLEAN

    found = arranged(columns, {"e": False, "d": [], "a": {"c": ""}, "b": "x"})

    assert [*found.items()] == [("b", "x"), ("d", []), ("e", False)]


def test_a_value_without_a_column_is_a_bug() -> None:
    with pytest.raises(KeyError, match="group"):
        arranged(COLUMNS[USER_ACCESS], {"group": {"name": "admins"}})
