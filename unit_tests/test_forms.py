"""The forms of the connector and of the destination, by the rules of Airbyte's form."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft7Validator

from unit_tests.forms import FORMS, Schema, choices, fields, nodes, title_case

pytestmark = pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in FORMS.items()])


def test_it_is_an_open_object_that_is_valid_by_draft_07(form: Schema) -> None:
    Draft7Validator.check_schema(form)
    assert form["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert (form["type"], form["additionalProperties"]) == ("object", True)


def test_nothing_in_it_crashes_or_confuses_the_form(form: Schema) -> None:
    for node in nodes(form):
        assert not node.keys() & {"anyOf", "allOf", "not", "$ref", "if"}
        assert isinstance(node.get("type", ""), str | dict), "the form takes the first of several types"


def test_the_options_of_a_choice_are_told_apart_by_one_constant(form: Schema) -> None:
    for name, chooser in choices(form).items():
        field = form["properties"][name]
        assert (field["type"], field["display_type"]) == ("object", "radio")
        assert "default" not in field, "the first option is the preselected one"
        constants = [option["properties"][chooser]["const"] for option in field["oneOf"]]
        assert len(set(constants)) == len(constants)
        for option in field["oneOf"]:
            assert option["type"] == "object"
            assert {inner for inner, value in option["properties"].items() if "const" in value} == {chooser}
            assert option["properties"][chooser]["order"] == 0
            assert option["title"]
            assert option["description"].endswith(".")


def test_fields_stand_in_a_definite_order(form: Schema) -> None:
    places = [(field["group"], field["order"]) for field in form["properties"].values()]
    assert len(set(places)) == len(places)
    for option in (option for name in choices(form) for option in form["properties"][name]["oneOf"]):
        orders = [field["order"] for field in option["properties"].values()]
        assert orders == list(range(len(orders)))
    for _, field in fields(form):
        cards = field.get("items", {}).get("properties", {})
        assert [inner["order"] for inner in cards.values()] == list(range(len(cards)))


def test_fields_are_numbered_as_the_form_sorts_them(form: Schema) -> None:
    """It shows what is required, a choice or always shown first, and only then goes by the numbers."""
    objects = [node for node in nodes(form) if isinstance(node.get("properties"), dict) and "type" in node]
    assert len(objects) > sum(len(form["properties"][name]["oneOf"]) for name in choices(form))
    for node in objects:
        groups: dict[str | None, list[tuple[int, bool]]] = {}
        for name, field in node["properties"].items():
            first = name in node["required"] or field.keys() & {"oneOf", "always_show"}
            groups.setdefault(field.get("group"), []).append((field["order"], not first))
        for numbered in groups.values():
            assert sorted(numbered) == sorted(numbered, key=lambda field: (field[1], field[0]))


def test_the_advanced_group_is_closed_until_somebody_opens_it(form: Schema) -> None:
    inside = {name: field for name, field in form["properties"].items() if field["group"] == "advanced"}

    assert "endpoint_url" in inside
    assert not inside.keys() & set(form["required"])
    assert [name for name, field in inside.items() if field.keys() & {"oneOf", "always_show"}] == []


def test_nothing_that_has_to_be_filled_in_is_hidden(form: Schema) -> None:
    assert [path for path, field in fields(form) if field.get("airbyte_hidden")] == []


def test_a_list_is_one_that_the_form_can_draw_and_that_hides_no_secret(form: Schema) -> None:
    for path, field in fields(form):
        if field["type"] == "array":
            items = field["items"]
            assert items["type"] in {"string", "object"}, path
            assert not items.get("airbyte_secret"), f"{path}: tags are shown as they are"
            assert items["type"] == "object" or items.keys() & {"pattern", "enum"}, path
            assert "default" in field or field["minItems"], path


def test_a_field_with_one_possible_value_is_a_constant(form: Schema) -> None:
    assert [path for path, field in fields(form) if len(field.get("enum", "several")) < 2] == []


def test_a_link_in_a_description_opens_beside_the_form(form: Schema) -> None:
    for path, field in fields(form):
        unlinked = re.sub(r'<a href="https://[^"]+" target="_blank">[^<]+</a>', "", field["description"])

        assert not re.search(r"https?://|</?\w|\]\(", unlinked), path


def test_only_top_level_fields_have_a_group_and_each_group_is_declared_and_used(form: Schema) -> None:
    groups = [group["id"] for group in form["groups"]]

    assert (groups[0], groups[-1]) == ("authentication", "advanced"), "the form puts the last one at its end"
    assert {field["group"] for field in form["properties"].values()} == set(groups)
    assert {path for path, field in fields(form) if "group" in field} == set(form["properties"])
    assert all(title_case(group["title"]) for group in form["groups"])


def test_a_field_has_a_title_in_title_case_and_a_sentence_of_description(form: Schema) -> None:
    for path, field in fields(form):
        assert title_case(field["title"]), path
        assert field["description"].endswith("."), path
        assert len(field["description"]) > 20, path


def test_a_pattern_is_explained_and_means_the_same_in_javascript(form: Schema) -> None:
    for node in (node for node in nodes(form) if "pattern" in node):
        pattern = node["pattern"]
        assert node["pattern_descriptor"], pattern
        assert pattern.startswith("^"), pattern
        assert pattern.endswith("$"), pattern
        re.compile(pattern)
        # Python's own: named groups, inline flags, \A and \Z, possessive quantifiers. The form compiles it as a RegExp.
        assert not re.search(r"\(\?|\\[AZ]|[+*?}]\+", pattern), pattern


def test_defaults_and_examples_are_valid_values(form: Schema) -> None:
    for path, field in fields(form):
        examples = field.get("examples", [])
        for value in (
            *([field["default"]] if "default" in field else []),
            *([examples] if field["type"] == "array" and examples else examples),
        ):
            assert Draft7Validator(field).is_valid(value), path


def test_a_secret_that_spans_lines_gets_a_box_for_it(form: Schema) -> None:
    assert {path for path, field in fields(form) if field.get("multiline")} == {
        "credentials.iam_role.session_token",
        "credentials.access_key.session_token",
    }
