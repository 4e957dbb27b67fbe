"""The form of the destination: its fields, and that it asks for credentials as the connector does."""

from __future__ import annotations

from typing import Any

from destination_security_lake.config.settings import Settings
from destination_security_lake.config.sources import CHOICES, DEFAULT, NAMES
from destination_security_lake.config.specification import spec
from destination_security_lake.ocsf.classes import CLASSES
from unit_tests.forms import DESTINATION, SOURCE, fields

FIELDS = DESTINATION["properties"]
CONFIG = {
    "credentials": {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/lake"},
    "url": "s3://lake-of-mine",
}
# What these say is about this destination: what it may do, and what it is called.
OWN_TEXTS = {
    *("oneOf.0.description", "oneOf.1.description", "description"),
    *("oneOf.0.properties.role_arn.description", "oneOf.0.properties.role_arn.examples.0"),
    *("oneOf.0.properties.external_id.description", "oneOf.0.properties.role_session_name.description"),
    *("oneOf.0.properties.role_session_name.default", "oneOf.0.properties.duration_seconds.description"),
    *("oneOf.1.properties.access_key_id.description", "oneOf.1.properties.session_token.description"),
}


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Return {"oneOf.0.title": "IAM Role"} of everything in a schema."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        return {path: value}
    return {name: leaf for key, one in inner for name, leaf in leaves(one, f"{path}.{key}".strip(".")).items()}


def test_credentials_are_asked_for_as_the_connector_asks_for_them() -> None:
    ours, theirs = leaves(FIELDS["credentials"]), leaves(SOURCE["properties"]["credentials"])

    assert {name for name in ours | theirs if ours.get(name) != theirs.get(name)} == OWN_TEXTS


def test_so_is_the_endpoint() -> None:
    places = {"order"}
    ours, theirs = FIELDS["endpoint_url"], SOURCE["properties"]["endpoint_url"]

    assert {name for name in ours | theirs if ours.get(name) != theirs.get(name)} <= places


def test_the_field_names_are_those_that_connections_are_saved_with() -> None:
    assert {*FIELDS} == {
        *("credentials", "url", "classes", "source_name", "region", "lake_region"),
        *("flush_size_mb", "flush_age_minutes", "endpoint_url"),
    }
    assert DESTINATION["required"] == ["credentials", "url"]


def test_secrets_are_masked_and_nothing_else_is() -> None:
    secrets = {path.rpartition(".")[2] for path, field in fields(DESTINATION) if field.get("airbyte_secret")}

    assert secrets == {"external_id", "access_key_id", "secret_access_key", "session_token"}
    assert all(path.startswith("credentials.") for path, field in fields(DESTINATION) if field.get("airbyte_secret"))


def test_every_class_of_the_mapping_can_be_chosen_and_has_a_source() -> None:
    assert FIELDS["classes"]["items"]["enum"] == [*CHOICES]
    assert {*CHOICES.values()} == {*NAMES} == {*CLASSES}
    assert len({*NAMES.values()}) == len(NAMES)
    assert max(map(len, NAMES.values())) <= FIELDS["source_name"]["maxLength"] == 20


def test_the_description_of_the_source_name_has_every_name() -> None:
    said = FIELDS["source_name"]["description"]

    assert [name for name in NAMES.values() if name not in said] == []


def test_the_defaults_of_the_form_are_those_of_the_code() -> None:
    credentials = FIELDS["credentials"]["oneOf"][0]["properties"]
    usual = {name: field["default"] for name, field in FIELDS.items() if "default" in field}
    of_role = {name: field["default"] for name, field in credentials.items() if "default" in field}
    filled = {**CONFIG, **usual, "credentials": {**CONFIG["credentials"], **of_role}}  # type: ignore[dict-item]

    assert Settings.of(CONFIG) == Settings.of(filled)
    assert tuple(usual["classes"]) == DEFAULT


def test_only_appending_is_offered_because_nothing_can_be_deleted() -> None:
    assert spec()["supported_destination_sync_modes"] == ["append"]
