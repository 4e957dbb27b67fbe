"""The forms of the connector and of the destination, as JSON schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import source_aws_iam
from destination_security_lake.config.specification import spec

Schema = dict[str, Any]

MANIFEST = yaml.safe_load(Path(source_aws_iam.__file__).with_name("manifest.yaml").read_text(encoding="utf-8"))
SOURCE: Schema = MANIFEST["spec"]["connection_specification"]
DESTINATION: Schema = spec()["connectionSpecification"]
FORMS = {"source": SOURCE, "destination": DESTINATION}
_SMALL_WORDS = {"of", "to", "per", "in", "and", "the", "for", "a", "an"}


def choices(form: Schema) -> dict[str, str]:
    """Return the fields that offer a choice, each with the constant by which its options are told apart."""
    return {name: _chooser(field["oneOf"][0]) for name, field in form["properties"].items() if "oneOf" in field}


def _chooser(option: Schema) -> str:
    chooser: str = next(name for name, field in option["properties"].items() if "const" in field)
    return chooser


def fields(form: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield ("credentials.iam_role.role_arn", its schema) for every field that the form shows."""
    yield from form["properties"].items()
    for parent, chooser in choices(form).items():
        for option in form["properties"][parent]["oneOf"]:
            for name, field in option["properties"].items():
                path = f"{parent}.{option['properties'][chooser]['const']}.{name}"
                yield path, field
                for inner, value in field.get("items", {}).get("properties", {}).items():
                    yield f"{path}.{inner}", value


def nodes(schema: object) -> Iterator[Schema]:
    """Yield the schema, and every object in it."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def title_case(title: str) -> bool:
    words = re.findall(r"[A-Za-z]+", title)
    return words[0][0].isupper() and all(word[0].isupper() or word in _SMALL_WORDS for word in words)
