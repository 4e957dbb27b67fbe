"""The schema files: what warehouses need of them, what the manifest says of them, and what AWS sends for them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.session import Session
from jsonschema import Draft7Validator

import source_aws_iam
from source_aws_iam.audit.rows import row
from source_aws_iam.audit.stream import CURSOR_FIELD
from tools.draft_schema import draft, main

Schema = dict[str, Any]

PACKAGE = Path(source_aws_iam.__file__).parent
MANIFEST = yaml.safe_load((PACKAGE / "manifest.yaml").read_text(encoding="utf-8"))
SCHEMAS: dict[str, Schema] = {
    file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted((PACKAGE / "schemas").iterdir())
}
KEYS: dict[str, list[str]] = {stream["name"]: stream["primary_key"] for stream in MANIFEST["streams"]}
CURSORS = {"audit_events": CURSOR_FIELD}

# Columns that no AWS answer has by that name: where a row comes from, and what the connector counts or joins.
ORIGIN = {"account_id", "partition"}
OURS: Mapping[str, set[str]] = {
    "users": ORIGIN,
    "groups": ORIGIN | {"member_count"},
}

# Every member of what AWS answers -> the column that has it, or a sentence on why none has.
# A new member in a newer botocore belongs into the schema, or here with its reason.
BOUNDARY = {
    "PermissionsBoundary.PermissionsBoundaryType": "permissions_boundary_type",
    "PermissionsBoundary.PermissionsBoundaryArn": "permissions_boundary_arn",
}
TAGS = {"Tags[].Key": "tags", "Tags[].Value": "tags"}
ATTACHED = {
    "AttachedManagedPolicies[].PolicyName": "attached_policies[].policy_name",
    "AttachedManagedPolicies[].PolicyArn": "attached_policies[].policy_arn",
}


def same(*members: str) -> dict[str, str]:
    return {member: xform_name(member) for member in members}


def inline(member: str) -> dict[str, str]:
    return {
        f"{member}[].PolicyName": "inline_policies[].policy_name",
        f"{member}[].PolicyDocument": "inline_policies[].policy_document",
    }


USER = same("Path", "UserName", "UserId", "Arn", "CreateDate")
GROUP = same("Path", "GroupName", "GroupId", "Arn", "CreateDate")
MEMBERS: Mapping[tuple[str, str, str, str], Mapping[str, str]] = {
    ("users", "iam", "ListUsers", "Users"): {**USER, **same("PasswordLastUsed"), **BOUNDARY, **TAGS},
    ("users", "iam", "GetAccountAuthorizationDetails", "UserDetailList"): {
        **USER,
        **inline("UserPolicyList"),
        "GroupList[]": "group_names",
        **ATTACHED,
        **BOUNDARY,
        **TAGS,
    },
    ("groups", "iam", "ListGroups", "Groups"): GROUP,
    ("groups", "iam", "GetAccountAuthorizationDetails", "GroupDetailList"): {
        **GROUP,
        **inline("GroupPolicyList"),
        **ATTACHED,
    },
    ("audit_events", "cloudtrail", "LookupEvents", "Events"): {
        **same("EventId", "EventName", "ReadOnly", "AccessKeyId", "EventTime", "EventSource", "Username"),
        "Resources[].ResourceType": "resources[].resource_type",
        "Resources[].ResourceName": "resources[].resource_name",
        "CloudTrailEvent": "event",
    },
}


def fields(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield ("attached_policies[].policy_name", its schema) for every field at every depth."""
    for name, field in schema.get("properties", {}).items():
        yield path + name, field
        yield from fields(field, f"{path}{name}.")
        yield from fields(field.get("items", {}), f"{path}{name}[].")


def nodes(schema: object) -> Iterator[Schema]:
    """Yield every object inside a schema, itself included."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def types(field: Schema) -> list[str]:
    declared = field["type"]
    return [declared] if isinstance(declared, str) else declared


def leaves(shape: Shape, path: str = "") -> Iterator[str]:
    """Yield the members of a shape down to what is no structure: "Tags[].Key"."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield from leaves(member, f"{path}.{name}".removeprefix("."))
    elif isinstance(shape, ListShape):
        yield from leaves(shape.member, f"{path}[]")
    else:
        yield path if not isinstance(shape, MapShape) else f"{path}{{}}"


def column(path: str) -> str:
    return path.rsplit(".", maxsplit=1)[-1]


# What a destination or Airbyte's platform stumbles over -> whether a field ("attached_policies[].policy_arn") has it.
FIELD_FAULTS: Mapping[str, Callable[[str, Schema], bool]] = {
    "is not in snake_case": lambda path, _: not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", column(path)),
    "has no sentence of description": lambda _, field: not re.search("[a-z] .+[.…]$", field.get("description", "")),
    "has more or less than one type": lambda _, field: len(set(types(field)) - {"null"}) != 1,
    "has items without a type": lambda _, field: "array" in types(field) and "type" not in field.get("items", {}),
    "does not speak of other properties": lambda _, field: (
        "object" in types(field) and "additionalProperties" not in field
    ),
    "is a time that is not typed as one": lambda path, field: (
        column(path).endswith(("_date", "_time", "_last_used")) and "format" not in field
    ),
    "is a time without time zone": lambda _, field: (
        ("format" in field or "airbyte_type" in field)
        and (field.get("format"), field.get("airbyte_type")) != ("date-time", "timestamp_with_timezone")
    ),
}


def wrong_with(schema: Schema, never_null: set[str]) -> list[str]:
    """Return what is wrong with a schema in which only `never_null` may not be null."""
    found = []
    if (schema["type"], schema["additionalProperties"]) != ("object", True):
        found.append("the top level is not an open object")
    for node in nodes(schema):
        found += [f"{word} is used" for word in ("$ref", "allOf", "anyOf", "oneOf", "not") if word in node]
        if node.get("additionalProperties") is False:
            found.append("something is closed")
    for path, field in fields(schema):
        found += [f"{path} {fault}" for fault, has in FIELD_FAULTS.items() if has(path, field)]
        if ("null" in types(field)) == (path in never_null):
            found.append(f"{path} may be null, or may not, against the rule")
    return found


def test_every_stream_has_a_schema_file_of_its_name_and_no_file_is_left_over() -> None:
    assert sorted(SCHEMAS) == sorted(KEYS)
    assert [path.suffix for path in (PACKAGE / "schemas").iterdir()] == [".json"] * len(SCHEMAS)
    assert [schema["title"] for schema in SCHEMAS.values()] == list(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_by_draft_07(name: str) -> None:
    assert SCHEMAS[name]["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_nothing_that_a_destination_stumbles_over(name: str) -> None:
    never_null = ORIGIN | set(KEYS[name]) | {CURSORS.get(name, KEYS[name][0])}

    assert wrong_with(SCHEMAS[name], never_null) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_columns_that_rows_are_found_by_are_plain_strings(name: str) -> None:
    columns = SCHEMAS[name]["properties"]

    for column in (*KEYS[name], *([CURSORS[name]] if name in CURSORS else [])):
        assert columns[column]["type"] == "string"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_and_its_fields_are_described_in_words(name: str) -> None:
    assert SCHEMAS[name]["description"].startswith("One row per ")
    described = [field["description"] for _, field in fields(SCHEMAS[name])]
    assert not [text for text in described if "TODO" in text or "<" in text]


@pytest.mark.parametrize(("answer", "expected"), MEMBERS.items(), ids=lambda value: "-".join(value) or None)
def test_every_member_that_aws_answers_with_has_a_column_or_a_reason_for_none(
    answer: tuple[str, str, str, str], expected: Mapping[str, str]
) -> None:
    stream, service, operation, records = answer
    output: Any = Session().get_service_model(service).operation_model(operation).output_shape
    columns = dict(fields(SCHEMAS[stream]))

    assert sorted(leaves(output.members[records].member)) == sorted(expected)
    assert not [target for target in expected.values() if target not in columns and " " not in target]


@pytest.mark.parametrize("stream", OURS)
def test_every_column_is_one_of_aws_or_one_of_ours(stream: str) -> None:
    of_aws = {
        target.split("[]")[0]
        for answer, members in MEMBERS.items()
        for target in members.values()
        if answer[0] == stream
    }

    assert set(SCHEMAS[stream]["properties"]) == of_aws | OURS[stream]


def test_a_membership_repeats_columns_of_its_group_and_its_user() -> None:
    for column, field in SCHEMAS["group_members"]["properties"].items():
        side = column.split("_")[0]
        names = (column, column.removeprefix(f"{side}_"))
        of_side = SCHEMAS["users" if side in {"user", "account"} else "groups"]["properties"]
        known = next(of_side[name] for name in names if name in of_side)
        assert set(types(field)) - {"null"} == set(types(known)) - {"null"}


def test_an_event_has_exactly_the_columns_of_its_schema() -> None:
    event = {"EventId": "e", "EventTime": datetime(2026, 11, 22, tzinfo=timezone.utc), "CloudTrailEvent": "{}"}

    assert set(row(event)) | ORIGIN | {"region"} == set(SCHEMAS["audit_events"]["properties"])


def test_a_drafted_schema_needs_its_words_shortened_and_nothing_else() -> None:
    schema = draft("iam.list_server_certificates", "ServerCertificateMetadataList", ["server_certificate_id"])

    Draft7Validator.check_schema(schema)
    assert wrong_with(schema, ORIGIN | {"server_certificate_id"}) == []
    assert schema["title"] == "server_certificates"
    assert schema["description"] == ("One row per item of ServerCertificateMetadataList (iam:ListServerCertificates).")
    key = schema["properties"]["server_certificate_id"]
    assert key["description"] == "The stable and unique string identifying the server certificate."
    assert schema["properties"]["upload_date"] == {
        "description": "The date when the server certificate was uploaded.",
        "type": ["null", "string"],
        "format": "date-time",
        "airbyte_type": "timestamp_with_timezone",
    }


def test_a_draft_types_lists_maps_and_documents_as_rows_have_them() -> None:
    users = draft("iam.get_account_authorization_details", "UserDetailList")["properties"]
    profiles = draft("iam.list_instance_profiles", "InstanceProfiles")["properties"]
    functions = draft("lambda.list_functions", "Functions")["properties"]
    scaling = draft("application-autoscaling.describe_scaling_policies", "ScalingPolicies")["properties"]

    assert users["group_list"] == {
        "description": users["group_list"]["description"],
        "type": ["null", "array"],
        "items": {"type": ["null", "string"]},
    }
    assert users["user_policy_list"]["items"]["properties"]["policy_document"]["type"] == ["null", "object"]
    assert profiles["roles"]["items"]["properties"]["max_session_duration"]["type"] == ["null", "integer"]
    assert functions["environment"]["properties"]["variables"]["additionalProperties"] == {"type": ["null", "string"]}
    tracking = scaling["target_tracking_scaling_policy_configuration"]["properties"]
    assert tracking["target_value"]["type"] == ["null", "number"]
    assert tracking["disable_scale_in"]["type"] == ["null", "boolean"]


def test_the_command_prints_a_draft_or_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    main(["iam.list_server_certificates", "ServerCertificateMetadataList", "arn"])
    assert json.loads(capsys.readouterr().out)["properties"]["arn"]["type"] == "string"

    with pytest.raises(SystemExit, match=r"python tools/draft_schema\.py iam\.list_server_certificates"):
        main(["iam.list_server_certificates"])
