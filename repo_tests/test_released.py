"""A change that breaks existing connections is declared, or not released."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.test.standard_tests._spec_compatibility import is_newer_version

from source_aws_iam.cloudtrail.state import read_state
from tools import released

Schema = dict[str, Any]

OLD: released.Contract = json.loads(released.RELEASED.read_text(encoding="utf-8"))
NOW: released.Contract = released.contract()


def test_what_breaks_connections_is_declared_in_metadata() -> None:
    files = [released.said(name) for name in ("metadata.yaml", "acceptance-test-config.yml")]

    assert files[0]["dockerRepository"]
    assert files[1]["acceptance_tests"]
    assert released.undeclared(OLD, NOW, *files) == []


def test_the_version_remembered_is_one_that_was_released() -> None:
    changelog = (released.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert not is_newer_version(OLD["version"], than=NOW["version"])
    assert f"\n## [{OLD['version']}] - 2" in changelog


def test_the_state_of_that_version_is_still_read() -> None:
    assert read_state(OLD["state"], datetime(2026, 11, 1, tzinfo=timezone.utc)).history == released.SPANS


def nodes(schema: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Schema]]:
    """Yield every schema of the form with the keys that lead to it."""
    if isinstance(schema, dict):
        if path[-1:] != ("properties",):
            yield path, schema
        for key, value in schema.items():
            yield from nodes(value, (*path, key))
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            yield from nodes(value, (*path, number))


def without(node: Schema, name: str) -> Schema:
    """Return an object's schema without a field."""
    fields = {field: schema for field, schema in node["properties"].items() if field != name}
    return {**node, "properties": fields, "required": [one for one in node.get("required", []) if one != name]}


def with_field(node: Schema, *, required: bool) -> Schema:
    """Return an object's schema with one more field."""
    names = [*node.get("required", []), *(["brand_new"] if required else [])]
    return {**node, "properties": {**node["properties"], "brand_new": {"type": "string"}}, "required": names}


def narrowed(node: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield every way to make a schema refuse what it accepted."""
    for name in node.get("properties", {}):
        yield f"without {name}", without(node, name)
        if name not in node.get("required", []):
            yield f"{name} required", {**node, "required": [*node.get("required", []), name]}
    if "properties" in node:
        yield "a new required field", with_field(node, required=True)
        yield "no other fields", {**node, "additionalProperties": False}
    others = {"type": "null", "const": "another", "pattern": "^a$", "format": "date", "airbyte_secret": False}
    for key in sorted(others.keys() & node.keys()):
        yield f"another {key}", {**node, key: others[key]}
    for key in sorted({"enum", "oneOf"} & node.keys()):
        for place in range(len(node[key])):
            yield f"without {place} of {key}", {**node, key: [*node[key][:place], *node[key][place + 1 :]]}
    steps = {"minimum": 1, "minLength": 1, "minItems": 1, "maximum": -1, "maxLength": -1}
    for key in sorted(steps.keys() & node.keys()):
        yield f"a tighter {key}", {**node, key: node[key] + steps[key]}


def widened(node: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield every way to make a schema accept more, or the same."""
    if "properties" in node:
        yield "a new optional field", with_field(node, required=False)
    if "enum" in node:
        yield "a new value", {**node, "enum": [*node["enum"], "brand_new"]}
    if "oneOf" in node:
        (chooser,) = (name for name, field in node["oneOf"][0]["properties"].items() if "const" in field)
        constant = {"type": "string", "const": "brand_new"}
        option = {"type": "object", "required": [chooser], "properties": {chooser: constant}}
        yield "a new option", {**node, "oneOf": [*node["oneOf"], option]}
        yield "another order", {**node, "oneOf": node["oneOf"][::-1]}
    if "title" in node:
        yield "other words", {**node, "title": "Other", "description": "Other words."}
    if "maximum" in node:
        yield "a higher maximum", {**node, "maximum": node["maximum"] + 1}
    for name in node.get("required", []):
        if "const" not in node["properties"][name]:
            yield f"{name} optional", {**node, "required": [one for one in node["required"] if one != name]}


def changed(ways: Callable[[Schema], Iterator[tuple[str, Schema]]]) -> list[Any]:
    """Return the form once for each change of each of its schemas."""
    found = []
    for path, node in nodes(NOW["spec"]["connectionSpecification"]):
        for name, changed_node in ways(node):
            new = {**NOW, "spec": replaced(NOW["spec"], ("connectionSpecification", *path), changed_node)}
            found.append(pytest.param(new, id=f"{'.'.join(map(str, path)) or 'the form'}: {name}"))
    return found


def replaced(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of a tree with another value at a place."""
    if not path:
        return value
    copied = [*tree] if isinstance(tree, list) else {**tree}
    copied[path[0]] = replaced(tree[path[0]], path[1:], value)
    return copied


@pytest.mark.parametrize("new", changed(narrowed))
def test_a_form_that_refuses_saved_configurations_breaks_connections(new: released.Contract) -> None:
    assert released.of_form(NOW, new)


@pytest.mark.parametrize("new", changed(widened))
def test_a_form_that_takes_more_breaks_none(new: released.Contract) -> None:
    assert released.of_form(NOW, new) == []


@pytest.mark.parametrize(
    ("path", "value", "change"),
    [
        (["users"], None, "users was removed"),
        (["users", "primary_key"], "arn", "users: primary_key was user_id and is arn"),
        (["audit_events", "cursor"], "", "audit_events: cursor was event_time and is none"),
        (["audit_events", "sync_modes"], "full_refresh", "audit_events: incremental was removed"),
        (["users", "columns", "user_name"], None, "users: user_name was removed"),
        (["users", "columns", "path"], "integer", "users: path was string and is integer"),
        (
            ["users", "columns", "attached_policies[].policy_arn"],
            None,
            "users: attached_policies[].policy_arn was removed",
        ),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, list) else "",
)
def test_a_change_of_a_table_that_exists_breaks_connections(path: list[str], value: Any, change: str) -> None:
    new = {**NOW, "streams": replaced(NOW["streams"], tuple(path), value)}
    holder: Any = new["streams"]
    for key in path[:-1]:
        holder = holder[key]
    if value is None:
        del holder[path[-1]]

    assert released.of_data(NOW, new) == [change]


def test_new_streams_columns_and_sync_modes_break_nothing() -> None:
    new = copy.deepcopy(NOW)
    new["streams"]["brand_new"] = new["streams"]["users"]
    new["streams"]["groups"]["columns"]["brand_new"] = "string"
    new["streams"]["groups"]["sync_modes"] += ", incremental"

    assert released.of_data(NOW, new) == []


def test_a_state_of_another_form_breaks_connections() -> None:
    assert released.of_data(NOW, {**NOW, "state": {"version": 2}}) == ["The state of audit_events has another form"]


@pytest.mark.parametrize(
    ("declared", "quiet"),
    [("0.2.0", True), ("0.1.5", True), ("0.1.0", False), ("0.3.0", False)],
    ids=["for this version", "for one before it", "for the one that is out", "for one to come"],
)
def test_a_change_is_declared_for_a_version_since_the_one_that_is_out(declared: str, quiet: bool) -> None:
    new = {**NOW, "version": "0.2.0", "streams": {}}
    metadata = {"releases": {"breakingChanges": {declared: {"message": "…"}}}}

    assert (released.undeclared({**NOW, "version": "0.1.0"}, new, metadata, {}) == []) is quiet


@pytest.mark.parametrize(("version", "quiet"), [("0.1.0", True), ("0.0.9", False)])
def test_a_change_of_the_form_that_the_cdk_is_told_to_let_pass_is_let_pass_once(version: str, quiet: bool) -> None:
    new = {**NOW, "version": "0.1.1", "spec": {}}
    waiver = {"config_path": "…", "backward_compatibility_tests_config": {"disable_for_version": version}}
    acceptance = {"acceptance_tests": {"spec": {"tests": [waiver]}}}

    assert (released.undeclared({**NOW, "version": "0.1.0"}, new, {}, acceptance) == []) is quiet
    assert released.undeclared({**NOW, "version": "0.1.0"}, {**new, "streams": {}}, {}, acceptance) != []


def test_columns_are_written_down_with_what_is_inside_and_without_null() -> None:
    inside = {"type": "object", "properties": {"key": {"type": ["null", "string"], "format": "date-time"}}}
    schema = {"properties": {"tags": {"type": "array", "items": inside}, "one": inside, "any": {}}}

    assert dict(released.columns(schema)) == {
        "tags": "array",
        "tags[]": "object",
        "tags[].key": "string date-time",
        "one": "object",
        "one.key": "string date-time",
        "any": "anything",
    }


def test_the_command_does_not_write_down_a_release_that_breaks_connections_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "released.json"
    released.main([], path)
    assert json.loads(path.read_text(encoding="utf-8")) == NOW

    path.write_text(json.dumps({**NOW, "state": {}}), encoding="utf-8")
    with pytest.raises(SystemExit, match=re.escape("not declared in metadata.yaml:\nThe state of audit_events has")):
        released.main([], path)
    assert json.loads(path.read_text(encoding="utf-8"))["state"] == {}


def test_the_command_with_check_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "released.json"
    path.write_text(json.dumps({**NOW, "streams": {}}), encoding="utf-8")

    released.main(["--check"], path)
    assert json.loads(path.read_text(encoding="utf-8"))["streams"] == {}
