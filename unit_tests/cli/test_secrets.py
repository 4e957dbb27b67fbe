"""Secrets of a config are masked in all text that people read, and the text stays readable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteErrorTraceMessage,
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteTraceMessage,
    Level,
    Status,
    TraceType,
    Type,
)
from hypothesis import example, given
from hypothesis import strategies as st

import source_aws_iam
from aws_calls.form.secrets import NAMES, Secrets
from source_aws_iam.cli.masking import mask

MANIFEST = yaml.safe_load(Path(source_aws_iam.__file__).with_name("manifest.yaml").read_text(encoding="utf-8"))
ARN = "arn:aws:iam::123456789012:role/reader"
texts = st.text(st.characters(codec=None), max_size=40)
long_secrets = st.text(st.characters(codec=None), min_size=8, max_size=40)


def secrets_of(config: Any) -> Secrets:
    secrets = Secrets()
    secrets.find_in(config)
    return secrets


def test_the_secrets_are_those_of_the_form() -> None:
    def named(schema: Any) -> set[str]:
        if isinstance(schema, list):
            return set[str]().union(*map(named, schema))
        if not isinstance(schema, dict):
            return set()
        secret = {name for name, field in schema.items() if isinstance(field, dict) and field.get("airbyte_secret")}
        return secret.union(*map(named, schema.values()))

    assert named(MANIFEST["spec"]) == NAMES


def test_secrets_are_found_in_every_place_of_a_config() -> None:
    config = {
        "credentials": {"auth_type": "iam_role", "role_arn": ARN, "external_id": "of-the-hub"},
        "accounts": {"scope": "list", "roles": [{"role_arn": ARN, "external_id": "of-a-member"}, {"role_arn": ARN}]},
        "event_selection": {"session_token": ["in-a-list", {"deeper": 9876543210}]},
    }
    text = f"{ARN} of-the-hub of-a-member in-a-list 9876543210"
    assert secrets_of(config).masked(text) == f"{ARN} **** **** **** ****"


@pytest.mark.parametrize(
    "config", [None, 5, [], {}, {"external_id": None}, {"external_id": ""}, {"credentials": [None]}]
)
def test_a_config_without_secrets_masks_nothing(config: Any) -> None:
    assert secrets_of(config).masked("None 5 [] {}") == "None 5 [] {}"


@given(texts, long_secrets, texts)
@example("", "a/secret+with=signs", "")
def test_a_secret_does_not_come_out_however_it_is_quoted(before: str, secret: str, after: str) -> None:
    masked = secrets_of({"secret_access_key": secret}).masked
    for form in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(secret, safe="", errors="replace")):
        assert form not in masked(f"{before}{form}{after}").replace("****", "")


@pytest.mark.parametrize(
    ("secret", "text", "expected"),
    [
        ("e", "There were e and é.", "There were **** and é."),
        ("17", "17 of 170 accounts at 2026-01-17T00:00:00Z", "**** of 170 accounts at 2026-01-17T00:00:00Z"),
        ("17", "ExternalId=17&Version", "ExternalId=****&Version"),
        ("type", '{"type":"TRACE"}', '{"****":"TRACE"}'),
        ("longer-than-a-word", "xlonger-than-a-wordx", "x****x"),
    ],
)
def test_a_short_secret_is_masked_where_it_is_a_word(secret: str, text: str, expected: str) -> None:
    assert secrets_of({"session_token": secret}).masked(text) == expected


def test_a_secret_that_is_a_part_of_another_leaves_nothing_of_it() -> None:
    secrets = secrets_of({"access_key_id": "AKIAEXAMPLE", "secret_access_key": "AKIAEXAMPLE-and-more"})
    assert secrets.masked("AKIAEXAMPLE-and-more AKIAEXAMPLE") == "**** ****"


@given(texts, texts)
@example("type", '"message"')
@example("e", "")
@example('"', "")
def test_every_text_that_people_read_is_masked_and_its_line_stays_json(secret: str, text: str) -> None:
    secrets = secrets_of({"external_id": secret})
    error = AirbyteErrorTraceMessage(message=text, internal_message=text, stack_trace=text)
    messages = {
        "log": AirbyteMessage(Type.LOG, log=AirbyteLogMessage(Level.INFO, text)),
        "trace": AirbyteMessage(Type.TRACE, trace=AirbyteTraceMessage(TraceType.ERROR, 1.0, error)),
        "status": AirbyteMessage(Type.CONNECTION_STATUS, connectionStatus=AirbyteConnectionStatus(Status.FAILED, text)),
    }
    for message in messages.values():
        mask(message, secrets)
    expected = secrets.masked(text)
    assert messages["log"].log == AirbyteLogMessage(Level.INFO, expected)
    assert messages["status"].connectionStatus == AirbyteConnectionStatus(Status.FAILED, expected)
    assert (error.message, error.internal_message, error.stack_trace) == (expected, expected, expected)


def test_a_record_is_data_and_stays_as_it_is() -> None:
    record = AirbyteRecordMessage(stream="users", data={"access_key_id": "AKIAIOSFODNN7EXAMPLE"}, emitted_at=1)
    secrets = secrets_of({"access_key_id": "AKIAIOSFODNN7EXAMPLE"})
    mask(AirbyteMessage(Type.RECORD, record=record), secrets)
    assert record.data == {"access_key_id": "AKIAIOSFODNN7EXAMPLE"}
