"""What is wrong with a row of OCSF: by the schema, by what JSON Schema cannot see, and by the columns of the class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from destination_security_lake.ocsf.classes import VERSION, EventClass
from destination_security_lake.ocsf.columns import COLUMNS, Column, ListOf, Scalar, Struct
from destination_security_lake.ocsf.results import OcsfRow

Json = Any

VERSIONS: Final = (VERSION, "1.4.0", "1.5.0", "1.6.0", "1.7.0", "1.8.0")
_OTHER: Final = 99
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_BITS: Final = {Scalar.INT32: 31, Scalar.INT64: 63}


@cache
def schema(version: str = VERSION) -> dict[str, Any]:
    """Return OCSF as its repository has it, compiled."""
    compiled: dict[str, Any] = get_ocsf_schema(version=version)
    return compiled


def class_of(of_class: EventClass, version: str = VERSION) -> dict[str, Any]:
    """Return what OCSF says of a class."""
    [found] = [one for one in schema(version)["classes"].values() if one.get("uid") == of_class.uid]
    return dict(found)


@cache
def validator(of_class: EventClass, version: str) -> Draft202012Validator:
    name = class_of(of_class, version)["name"]
    embedded = OcsfJsonSchemaEmbedded(schema(version))
    return Draft202012Validator(embedded.get_class_schema(name, list(of_class.profiles)))


def faults(row: OcsfRow, versions: tuple[str, ...] = (VERSION,)) -> list[str]:
    """Return what is wrong with a row, empty if nothing is."""
    return [*_by_schema(row, versions), *unseen(row), *misfits(row)]


def _by_schema(row: OcsfRow, versions: tuple[str, ...]) -> Iterator[str]:
    for version in versions:
        for error in validator(row.event_class, version).iter_errors(row.attributes):
            yield f"{version} {error.json_path}: {error.message}"


def unseen(row: OcsfRow) -> Iterator[str]:
    """Yield what JSON Schema lets pass."""
    attributes = row.attributes
    if attributes["type_uid"] != attributes["class_uid"] * 100 + attributes["activity_id"]:
        yield f"type_uid: {attributes['type_uid']}"
    if attributes["class_uid"] != row.event_class.uid:
        yield f"class_uid: {attributes['class_uid']}"
    yield from _captions(class_of(row.event_class)["attributes"], attributes, "$")
    yield from _empty(attributes, "$")


def _captions(declared: Mapping[str, Any], value: Mapping[str, Json], path: str) -> Iterator[str]:
    for name, attribute in declared.items():
        if name not in value:
            continue
        if (sibling := attribute.get("sibling")) and "enum" in attribute:
            caption, number = value.get(sibling), value[name]
            known = attribute["enum"].get(str(number), {}).get("caption")
            if not caption or (number != _OTHER and caption != known):
                yield f"{path}.{sibling}: {caption!r} is not {known!r}"
        if of_object := attribute.get("object_type"):
            inner = schema()["objects"][of_object]["attributes"]
            for item in value[name] if isinstance(value[name], list) else [value[name]]:
                if name != "unmapped":
                    yield from _captions(inner, item, f"{path}.{name}")


def _empty(value: Json, path: str) -> Iterator[str]:
    if value in (None, "", {}):
        yield f"{path}: {value!r}"
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _empty(inner, f"{path}.{name}")
    if isinstance(value, list):
        for item in value:
            yield from _empty(item, f"{path}[]")


def misfits(row: OcsfRow) -> Iterator[str]:
    """Yield where a row is not as the columns of its class say: order, names, types."""
    yield from _misfits(Struct(COLUMNS[row.event_class]), row.attributes, "$")


def _misfits(column: Column, value: Json, path: str) -> Iterator[str]:
    if isinstance(column, Struct):
        if [*value] != [name for name in column.fields if name in value]:
            yield f"{path}: {[*value]}"
        for name, inner in value.items():
            if name in column.fields:
                yield from _misfits(column.fields[name], inner, f"{path}.{name}")
    elif isinstance(column, ListOf):
        for item in value:
            yield from _misfits(column.item, item, f"{path}[]")
    elif not _fits(column, value):
        yield f"{path}: {value!r} is no {column.value}"


def _fits(scalar: Scalar, value: Json) -> bool:
    if scalar is Scalar.BOOLEAN:
        return isinstance(value, bool)
    if scalar in _BITS:
        limit = 2 ** _BITS[scalar]
        return isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit
    if scalar is Scalar.STRING_MAP:
        return all(_is_text(name) and _is_text(text) for name, text in value.items())
    return _is_text(value) and (scalar is Scalar.STRING or bool(_TIME.fullmatch(value)))


def _is_text(value: Json) -> bool:
    try:
        return isinstance(value, str) and "\0" not in value and bool(value.encode())
    except UnicodeEncodeError:
        return False
