"""The environment's credentials: they are found, or a sentence says why not, whatever files and commands contain."""

from __future__ import annotations

import json
import logging
import shlex
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aws_calls.errors import AwsError
from aws_calls.in_time import TooSlowError, within
from aws_calls.sign_in import SECONDS_BETWEEN_FAILURES, EnvironmentCredentials, SignIn
from aws_calls.sign_in_failures import failed
from aws_calls.sources import Source

CANARY = "canary-7f3a"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(CANARY),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId")
OUTPUT = st.one_of(
    st.binary(),
    st.text().map(lambda text: f"{CANARY}{text}".encode("utf-8", "surrogatepass")),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries({"Version": st.just(1) | JSON}, optional=dict.fromkeys(FIELDS, JSON)).map(
        lambda value: json.dumps(value).encode()
    ),
)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """~/.aws/config and ~/.aws/credentials of nobody, in the folder that is returned."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


def credentials(**options: Any) -> EnvironmentCredentials:
    return EnvironmentCredentials(SignIn("us-east-1", None, Config(), seconds=20), **options)


@given(output=OUTPUT)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_command_prints_there_are_credentials_or_a_sentence(output: bytes, files: Path) -> None:
    (files / "output").write_bytes(output)
    (files / "config").write_text(f"[default]\ncredential_process = cat {shlex.quote(str(files / 'output'))}\n")
    told = ""
    try:
        found = credentials().get_frozen_credentials()
    except AwsError as error:
        told = "".join(format_exception(error))
    assert CANARY not in told
    assert "credential_process of the profile" in told or isinstance(found.access_key, str)


@given(text=st.text(st.characters(codec="utf-8")))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_shared_file_holds_there_are_credentials_or_a_sentence(text: str, files: Path) -> None:
    (files / "credentials").write_text(f"[default]\n{text}\naws_access_key_id = A{text}\n[{CANARY}", "utf-8")
    with pytest.raises(AwsError) as raised:
        credentials().get_frozen_credentials()
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("PackedPolicyTooLarge", "with the code PackedPolicyTooLarge, and so no credentials came from role_arn of the"),
        ("InvalidAction", "AWS does not offer sts:AssumeRole in Region us-east-1"),
    ],
)
def test_what_aws_finds_wrong_in_a_sign_in_is_told_where_no_endpoint_is_set(code: str, words: str) -> None:
    error = ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "AssumeRole")  # type: ignore[typeddict-item]
    target = SignIn("us-east-1", None, Config(), seconds=20).target
    assert words in str(failed(error, Source("assume-role", "dev"), target))


def test_what_could_not_be_had_is_looked_for_again_after_a_minute(files: Path) -> None:
    now = [0.0]
    found = credentials(clock=lambda: now[0])
    with pytest.raises(AwsError):
        found.get_frozen_credentials()
    (files / "credentials").write_text("[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")
    now[0] = SECONDS_BETWEEN_FAILURES - 1
    with pytest.raises(AwsError):
        found.get_frozen_credentials()
    now[0] = SECONDS_BETWEEN_FAILURES + 1
    assert found.get_frozen_credentials().access_key == "AKIA"


def test_what_aws_refused_is_replaced_by_what_the_environment_holds_now(files: Path) -> None:
    key = "[default]\naws_access_key_id = AKIA{}\naws_secret_access_key = s\n"
    (files / "credentials").write_text(key.format(1))
    found = credentials()
    refused = found.get_frozen_credentials()
    found.renew(refused)
    assert found.get_frozen_credentials() == refused
    (files / "credentials").write_text(key.format(2))
    found.renew(refused)
    assert found.get_frozen_credentials().access_key == "AKIA2"
    # Another thread has been told the same.
    found.renew(refused)


def test_a_renewal_that_fails_early_is_logged_without_what_a_command_said(caplog: pytest.LogCaptureFixture) -> None:
    def renew() -> Any:
        raise ValueError(CANARY)

    soon = datetime.now(timezone.utc) + timedelta(minutes=12)
    held = RefreshableCredentials("AKIA", "s", "t", soon, renew, "custom-process")
    with caplog.at_level(logging.DEBUG):
        assert held.get_frozen_credentials().access_key == "AKIA"
    assert "failed during advisory refresh" in caplog.text
    assert CANARY not in caplog.text


def test_nobody_waits_longer_than_was_said() -> None:
    over = threading.Event()
    with pytest.raises(TooSlowError):
        within(0.01, over.wait)
    over.set()
    assert within(10, lambda: 1) == 1
    with pytest.raises(TimeoutError, match="its own"):
        within(10, lambda: (_ for _ in ()).throw(TimeoutError("its own")))
