"""The table of classes is OCSF's."""

from __future__ import annotations

from typing import Any

import pytest

from destination_security_lake.ocsf.classes import CLASSES, OTHER, EventClass, activity
from destination_security_lake.ocsf.columns import COLUMNS, Column, ListOf, Scalar, Struct
from unit_tests.security_lake.validation import class_of, schema, validator

each = pytest.mark.parametrize("of_class", CLASSES, ids=lambda one: one.caption)
# OCSF's type -> ours. Times in text are timestamps in Parquet, and JSON is text.
TYPES = {
    "boolean_t": {Scalar.BOOLEAN},
    "integer_t": {Scalar.INT32},
    "long_t": {Scalar.INT64},
    "timestamp_t": {Scalar.INT64},
    "datetime_t": {Scalar.TIMESTAMP},
    "json_t": {Scalar.STRING},
}


@each
def test_ids_and_captions_are_those_of_ocsf(of_class: EventClass) -> None:
    theirs = class_of(of_class)
    enum = theirs["attributes"]["activity_id"]["enum"]

    assert of_class.caption == theirs["caption"]
    assert of_class.category == (theirs["category_uid"], theirs["category_name"])
    assert of_class.activities == {number: enum[str(number)]["caption"] for number in of_class.activities}
    assert set(of_class.profiles) <= set(theirs["profiles"])


@each
@pytest.mark.parametrize("number", [1, OTHER])
def test_the_name_of_a_type_is_that_of_ocsf(of_class: EventClass, number: int) -> None:
    number = number if number == OTHER else next(iter(of_class.activities))
    attributes = activity(of_class, number, "TagUser").attributes()

    enum = class_of(of_class)["attributes"]["type_uid"]["enum"]
    assert attributes["type_name"] == enum[str(attributes["type_uid"])]["caption"]
    assert attributes["activity_name"] == ("TagUser" if number == OTHER else of_class.activities[number])


@each
def test_a_class_names_what_ocsf_requires_and_rows_may_lack(of_class: EventClass) -> None:
    theirs: Any = validator(of_class, "1.3.0").schema
    required = {*theirs["required"]}
    given = {"activity_id", "category_uid", "class_uid", "cloud", "metadata", "severity_id", "time", "type_uid", "api"}

    assert {*of_class.needs} == required - given


@each
def test_every_column_is_an_attribute_of_ocsf_with_its_type(of_class: EventClass) -> None:
    attributes = class_of(of_class)["attributes"]

    assert [*mismatches(Struct(COLUMNS[of_class]), attributes, of_class.profiles)] == []


def mismatches(struct: Struct, attributes: dict[str, dict[str, str]], profiles: tuple[str, ...]) -> list[str]:
    found = []
    for name, column in struct.fields.items():
        theirs = attributes.get(name)
        if theirs is None or theirs.get("profile") not in {None, *profiles}:
            found.append(f"{name} is none of OCSF")
            continue
        if bool(theirs.get("is_array")) != isinstance(column, ListOf):
            found.append(f"{name} is an array in one of them")
        inner = column.item if isinstance(column, ListOf) else column
        if isinstance(inner, Struct):
            of_object = schema()["objects"][theirs["object_type"]]["attributes"]
            found += [f"{name}.{one}" for one in mismatches(inner, of_object, profiles)]
        elif name != "unmapped" and inner not in types_of(theirs["type"]):
            found.append(f"{name} is {theirs['type']}")
    return found


def types_of(name: str) -> set[Scalar]:
    declared = schema()["types"].get(name, {})
    return TYPES.get(name) or TYPES.get(declared.get("type", "")) or {Scalar.STRING}


@each
def test_unmapped_is_a_map_and_the_last_column(of_class: EventClass) -> None:
    names: list[tuple[str, Column]] = [*COLUMNS[of_class].items()]

    assert names[-1] == ("unmapped", Scalar.STRING_MAP)
