"""The spec in manifest.yaml, by the rules of Airbyte's form, and the manifest's entries, by the classes they name."""

import importlib
import json
import re
import typing
from pathlib import Path

import pytest
from airbyte_cdk.sources.declarative.models.declarative_component_schema import DeclarativeStream
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver
from botocore import xform_name
from botocore.session import Session

import source_aws_iam
from source_aws_iam.config import Settings, TrailBucket
from unit_tests.forms import MANIFEST, Schema, fields
from unit_tests.forms import SOURCE as SPEC

FIELDS: dict[str, Schema] = SPEC["properties"]
OPTIONS: list[Schema] = FIELDS["credentials"]["oneOf"]
ROLE, KEY = (option["properties"] for option in OPTIONS)
STREAMS: list[Schema] = ManifestReferenceResolver().preprocess_manifest(MANIFEST)["streams"]

# Renaming or removing one of these breaks every connection that has it.
ROLE_FIELDS = (
    "auth_type role_arn external_id access_key_id secret_access_key session_token role_session_name duration_seconds"
)
KEY_FIELDS = "auth_type access_key_id secret_access_key session_token"
TOP_FIELDS = (
    "credentials accounts audit_source region regions event_selection include_insights include_policy_tags "
    "include_all_aws_policies include_finding_details include_action_last_accessed start_date lookback_minutes "
    "num_workers lookup_requests_per_second iam_requests_per_second ask_every_user endpoint_url "
    "fail_on_account_error accounts_to_check identity_center_region"
)
SELECTION_FIELDS = {
    "all": ["mode"],
    "write_only": ["mode"],
    "identity": ["mode", "include_read_only"],
    "attribute": ["mode", "attribute_key", "attribute_value"],
}
ACCOUNTS_FIELDS = {
    "current": ["scope"],
    "list": ["scope", "roles"],
    "organization": [
        *("scope", "role_name", "external_id", "include_ous", "exclude_ous", "exclude_accounts"),
        "include_management_account",
    ],
}
SOURCE_FIELDS = {
    "event_history": ["mode"],
    "trail_bucket": [
        *("mode", "bucket", "prefix", "organization_id", "role_arn", "external_id", "bucket_region"),
        *("include_data_events", "lookback_days", "shard_index", "shard_count", "verify_digests"),
    ],
}
# A field that offers a choice, and the constant by which the options are told apart.
CHOICES = {"credentials": "auth_type", "accounts": "scope", "audit_source": "mode", "event_selection": "mode"}
SECRETS = ["external_id", "access_key_id", "secret_access_key", "session_token"]

# Keys of a stream's retriever that its class has no field for, and who reads them instead.
READ_BY_OTHERS = {
    "type": "the CDK",
    "class_name": "the CDK",
    "$parameters": "the CDK",
    "requester": "the CDK, of streams that become parents",
    "partition_router": "the CDK, when it builds the stream",
    "optional_calls": "tools/docs.py",
    "few_rows": "tools/docs.py",
    "with_setting": "tools/docs.py",
    "vary_by_call": "tools/docs.py",
}

# What few rows, or a setting of the form, need besides.
MORE_NEEDS = ("few_rows", "with_setting")


def test_the_manifest_is_ascii_because_the_cdk_reads_it_in_the_locale() -> None:
    assert Path(source_aws_iam.__file__).with_name("manifest.yaml").read_bytes().isascii()


def test_the_field_names_are_those_that_connections_are_saved_with() -> None:
    assert sorted(FIELDS) == sorted(TOP_FIELDS.split())
    assert sorted(ROLE) == sorted(ROLE_FIELDS.split())
    assert sorted(KEY) == sorted(KEY_FIELDS.split())
    options = [option["properties"] for option in FIELDS["event_selection"]["oneOf"]]
    assert {option["mode"]["const"]: list(option) for option in options} == SELECTION_FIELDS
    options = [option["properties"] for option in FIELDS["accounts"]["oneOf"]]
    assert {option["scope"]["const"]: list(option) for option in options} == ACCOUNTS_FIELDS
    options = [option["properties"] for option in FIELDS["audit_source"]["oneOf"]]
    assert {option["mode"]["const"]: list(option) for option in options} == SOURCE_FIELDS
    options = [option["properties"] for option in FIELDS["accounts"]["oneOf"]]
    assert [*options[1]["roles"]["items"]["properties"]] == ["role_arn", "external_id"]


def test_the_required_fields_are_the_fewest_that_work() -> None:
    assert SPEC["required"] == ["credentials"]
    assert OPTIONS[0]["required"] == ["auth_type", "role_arn"]
    assert OPTIONS[1]["required"] == ["auth_type", "access_key_id", "secret_access_key"]
    assert [option["required"] for option in FIELDS["accounts"]["oneOf"]] == [
        ["scope"],
        ["scope", "roles"],
        ["scope", "role_name"],
    ]
    assert FIELDS["accounts"]["oneOf"][1]["properties"]["roles"]["items"]["required"] == ["role_arn"]


def test_the_recommended_option_of_a_choice_comes_first() -> None:
    chosen = {name: FIELDS[name]["oneOf"][0]["properties"][chooser]["const"] for name, chooser in CHOICES.items()}
    assert chosen == {
        "credentials": "iam_role",
        "accounts": "current",
        "audit_source": "event_history",
        "event_selection": "all",
    }


def test_every_choice_is_known_here() -> None:
    assert {name for name, field in FIELDS.items() if "oneOf" in field} == set(CHOICES)


def test_the_pace_is_for_those_who_open_the_advanced_group() -> None:
    pace = {name for name in FIELDS if name.endswith(("_workers", "_per_second", "_minutes"))}

    assert pace <= {name for name, field in FIELDS.items() if field["group"] == "advanced"}


def test_the_groups_are_those_of_the_guide() -> None:
    assert [group["id"] for group in SPEC["groups"]] == ["authentication", "scope", "advanced"]


def test_secrets_are_masked_and_nothing_else_is() -> None:
    secrets = {path for path, field in fields(SPEC) if field.get("airbyte_secret")}

    assert secrets == {
        *(f"credentials.iam_role.{name}" for name in SECRETS),
        *(f"credentials.access_key.{name}" for name in SECRETS[1:]),
        "accounts.list.roles.external_id",
        "accounts.organization.external_id",
        "audit_source.trail_bucket.external_id",
    }


def test_every_optional_field_that_has_a_usual_value_says_so() -> None:
    without = {path.split(".")[-1] for path, field in fields(SPEC) if "default" not in field}

    required = {"credentials", "auth_type", "role_arn", "mode", "attribute_key", "attribute_value"}
    required |= {"scope", "roles", "role_name"}
    assert without == {*required, *SECRETS, "accounts", "event_selection", "start_date", "endpoint_url"} | {
        *("identity_center_region", "audit_source", "bucket", "prefix", "organization_id", "bucket_region")
    }


def test_the_defaults_of_the_form_are_those_of_the_code() -> None:
    credentials = {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/airbyte-read"}
    defaults = {name: field["default"] for name, field in FIELDS.items() if "default" in field}
    role_defaults = {name: field["default"] for name, field in ROLE.items() if "default" in field}

    assert Settings.of({"credentials": credentials}) == Settings.of(
        {"credentials": {**credentials, **role_defaults}, **defaults}
    )
    of_trail = FIELDS["audit_source"]["oneOf"][1]["properties"]
    usual = {name: field["default"] for name, field in of_trail.items() if "default" in field}
    trail = {"mode": "trail_bucket", "bucket": "acme-cloudtrail-logs"}
    assert TrailBucket.of({"audit_source": trail}) == TrailBucket.of({"audit_source": {**trail, **usual}})


def test_the_date_picker_writes_what_the_pattern_asks_for() -> None:
    assert {path: field["format"] for path, field in fields(SPEC) if "format" in field} == {"start_date": "date-time"}
    assert re.match(FIELDS["start_date"]["pattern"], "2026-01-01T00:00:00Z")
    assert not re.match(FIELDS["start_date"]["pattern"], "2026-01-01T00:00:00.000Z")


def test_regions_are_free_tags_because_lists_of_regions_age() -> None:
    items = FIELDS["regions"]["items"]

    assert "enum" not in items
    assert items["pattern"] == FIELDS["region"]["pattern"]
    for partition in Session().get_available_partitions():
        for region in Session().get_available_regions("cloudtrail", partition):
            assert re.match(items["pattern"], region)


def test_half_of_the_threads_are_enough_to_start_all_streams_and_the_others_to_read() -> None:
    level = MANIFEST["concurrency_level"]

    streams = len(STREAMS) + 1
    assert level["default_concurrency"].startswith(f"{{{{ 2 * ({streams} + (config['num_workers'] | int if ")
    assert FIELDS["num_workers"]["default"] == 10
    assert level["max_concurrency"] == 2 * (FIELDS["num_workers"]["maximum"] + streams)


def test_the_defaults_of_accounts_are_those_of_the_code() -> None:
    credentials = {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/airbyte-read"}
    properties = FIELDS["accounts"]["oneOf"][2]["properties"]
    chosen = {"scope": "organization", "role_name": "audit/airbyte-read"}
    defaults = {name: field["default"] for name, field in properties.items() if "default" in field}

    assert Settings.of({"credentials": credentials, "accounts": chosen}) == Settings.of(
        {"credentials": credentials, "accounts": {**chosen, **defaults}}
    )
    assert Settings.of({"credentials": credentials}).accounts.scope == "current"


def test_the_defaults_of_a_trail_are_those_of_the_code() -> None:
    credentials = {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/airbyte-read"}
    properties = FIELDS["audit_source"]["oneOf"][1]["properties"]
    chosen = {"mode": "trail_bucket", "bucket": "acme-cloudtrail-logs"}
    defaults = {name: field["default"] for name, field in properties.items() if "default" in field}

    assert Settings.of({"credentials": credentials, "audit_source": chosen}) == Settings.of(
        {"credentials": credentials, "audit_source": {**chosen, **defaults}}
    )


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream["name"])
def test_every_key_of_a_stream_is_read_by_somebody(stream: Schema) -> None:
    """The CDK drops what a class has no field for without a word, a misspelt key too."""
    retriever = stream["retriever"]
    module, name = retriever["class_name"].rsplit(".", 1)
    declared = typing.get_type_hints(getattr(importlib.import_module(module), name))
    known = {field.alias for field in DeclarativeStream.__fields__.values()}

    assert not retriever.keys() - declared.keys() - READ_BY_OTHERS.keys()
    assert not stream.keys() - known


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream["name"])
def test_every_call_of_a_stream_exists_in_botocore(stream: Schema) -> None:
    retriever = stream["retriever"]

    plans = [retriever["needs"], *(plan for key in MORE_NEEDS for plan in retriever.get(key, {}).values())]
    planned = [call for plan in plans for ways in plan.values() for way in ways for call in way]
    for call in (*planned, *retriever.get("optional_calls", [])):
        service, operation = call.split(".")
        operations = Session().get_service_model(service).operation_names
        assert operation in {xform_name(name) for name in operations}
    if "operation" in retriever:
        assert retriever["needs"]["rows"] == [[retriever["operation"]]]
        assert retriever["records"]


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream["name"])
def test_what_a_stream_needs_is_rows_first_and_then_columns_that_it_has(stream: Schema) -> None:
    file = Path(source_aws_iam.__file__).parent / "schemas" / f"{stream['name']}.json"
    columns = json.loads(file.read_text(encoding="utf-8"))["properties"]
    retriever = stream["retriever"]
    first, *others = retriever["needs"]
    besides = [
        what for key in MORE_NEEDS for plan in retriever.get(key, {}).values() for what in plan if what != "rows"
    ]

    assert first == "rows"
    assert [name for what in (*others, *besides) for name in what.split(", ") if name not in columns] == []
    assert {*retriever.get("vary_by_call", ())} <= columns.keys()
    assert {*retriever.get("with_setting", ())} <= FIELDS.keys()
    assert not others or "unavailable_fields" in columns


def test_every_stream_finds_its_schema_by_its_name() -> None:
    for stream in STREAMS:
        assert stream["$parameters"]["name"] == stream["name"]
        assert stream["schema_loader"]["file_path"] == "source_aws_iam/schemas/{{ parameters['name'] }}.json"
