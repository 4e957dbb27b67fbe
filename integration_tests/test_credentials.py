"""Role mode without keys: one sentence for each problem of variables, files and commands."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path
from traceback import format_exception
from typing import NamedTuple

import pytest

from aws_calls.errors import Outcome
from embedded_aws import EmbeddedAws, Fault
from embedded_aws.scenarios.base_identity import BaseIdentity
from integration_tests.connector import read, run, start
from integration_tests.environments import MINUTE, refusal, shared_files, told, without_keys

SECRET = "a-secret-that-nobody-may-see"
NO_CHARACTER = "holds a line break or another character that AWS does not issue"
KEY = "aws_access_key_id = AKIAEXAMPLEEXAMPLE00\naws_secret_access_key = x\n"


def command(folder: Path, code: str) -> str:
    """A credential_process that runs this Python code."""
    program = folder / "command.py"
    program.write_text(code)
    return f"[default]\ncredential_process = {sys.executable} {program}\n"


class Case(NamedTuple):
    """~/.aws/config, other variables, and words of the sentence."""

    config: str
    env: dict[str, str]
    words: list[str]


PROFILES = {
    "a profile that is not there": Case("", {"AWS_PROFILE": "reader"}, ['the profile "reader" that AWS_PROFILE names']),
    "a profile without a name": Case("", {"AWS_PROFILE": ""}, ["AWS_PROFILE is set but empty"]),
    "half a key in variables": Case("", {"AWS_ACCESS_KEY_ID": "AKIA"}, ["AWS_SECRET_ACCESS_KEY is missing"]),
    "an end that is over": Case(
        "",
        {
            "AWS_ACCESS_KEY_ID": "A",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
        },
        ["has expired", "AWS_ACCESS_KEY_ID", "set new ones"],
    ),
    "a file that is no config": Case("[default\nx", {}, ["/config is no AWS config file"]),
    "profiles in a loop": Case(
        "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = b\n"
        "[profile b]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = a\n",
        {"AWS_PROFILE": "a"},
        ['the profile "a" (AWS_PROFILE)', "Infinite loop"],
    ),
    "a source that is not there": Case(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = gone\n",
        {},
        ['source_profile "gone"', "does not exist"],
    ),
    "a person's device": Case(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = keys\n"
        f"mfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile keys]\n{KEY}",
        {},
        ['the profile "default"', "mfa_serial", "requires a person"],
    ),
    "a login session": Case("[default]\nlogin_session = me\n", {}, ["login_session of", 'the profile "default"']),
    "nobody signed in with sso": Case(
        "[default]\nsso_start_url = https://x\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n",
        {},
        ["there is no sign-in", "aws sso login --profile default"],
    ),
}


FINER_PROFILES = {
    "half a key in a profile": Case(
        "[default]\naws_access_key_id = AKIA\n",
        {},
        ['the profile "default"', "aws_secret_access_key is missing"],
    ),
    "an end that is no time": Case(
        "",
        {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "b", "AWS_CREDENTIAL_EXPIRATION": "soon"},
        ["AWS_CREDENTIAL_EXPIRATION"],
    ),
    "a source without a name": Case(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/a\n",
        {},
        ["source_profile or credential_source is missing"],
    ),
    "an sso session without its settings": Case(
        "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n",
        {},
        ["IAM Identity Center", "corp"],
    ),
    "a command that is not there": Case(
        "[default]\ncredential_process = /nowhere/at-all\n", {}, ["credential_process of"]
    ),
    "a command with an open quote": Case(
        '[default]\ncredential_process = sh -c "exit 1\n', {}, ["credential_process of"]
    ),
    "a legacy file that is not there": Case(
        "", {"AWS_CREDENTIAL_FILE": "/nowhere"}, ["/nowhere", "AWS_CREDENTIAL_FILE"]
    ),
    "a number that is none": Case("", {"AWS_METADATA_SERVICE_TIMEOUT": ""}, ["AWS_METADATA_SERVICE_TIMEOUT"]),
    "a number that is too small": Case(
        "", {"AWS_METADATA_SERVICE_TIMEOUT": "0"}, ["AWS_METADATA_SERVICE_TIMEOUT is less than 1"]
    ),
    "a key with an end of line": Case(
        "", {"AWS_ACCESS_KEY_ID": "AKIA\r", "AWS_SECRET_ACCESS_KEY": "b"}, ["AWS_ACCESS_KEY_ID", NO_CHARACTER]
    ),
    "a secret that is no text": Case(
        "", {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "b\udcff"}, ["AWS_ACCESS_KEY_ID", NO_CHARACTER]
    ),
    "a token that is no text": Case(
        "",
        {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "\u20ac\udcff"},
        ["AWS_ACCESS_KEY_ID", NO_CHARACTER],
    ),
    "a key that is empty": Case(
        "[default]\naws_access_key_id =\naws_secret_access_key =\n",
        {},
        ['the profile "default" in the shared config file', "is empty"],
    ),
    "variables that a profile's role takes its credentials from": Case(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/a\ncredential_source = Environment\n",
        {},
        ['role_arn of the profile "default"', "its credential_source Environment gives none"],
    ),
    "a command that a profile's role takes its credentials from": Case(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = b\n"
        "[profile b]\ncredential_process = false\n",
        {},
        [
            'role_arn of the profile "default"',
            "its source_profile or credential_source gives none, because the command cannot be run",
        ],
    ),
    "a source's key that AWS does not know": Case(
        f"[default]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = b\n[profile b]\n{KEY}",
        {},
        ['They came from source_profile or credential_source of the profile "default"'],
    ),
    "an external id of one character": Case(
        f"[default]\nrole_arn = arn:aws:iam::123456789012:role/a\nexternal_id = a\nsource_profile = b\n"
        f"[profile b]\n{KEY}",
        {},
        ["external_id is too short or too long"],
    ),
    "a duration of a second": Case(
        f"[default]\nrole_arn = arn:aws:iam::123456789012:role/a\nduration_seconds = 1\nsource_profile = b\n"
        f"[profile b]\n{KEY}",
        {},
        ["duration_seconds is less than 900"],
    ),
    "a Region of sso that is none": Case(
        "[default]\nsso_start_url = https://x\nsso_region = !!\nsso_account_id = 1\nsso_role_name = r\n",
        {},
        ["!! is no Region", "sso_region"],
    ),
    "files that are none": Case(
        "",
        {"AWS_CONFIG_FILE": "/", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/at-all"},
        ["no file that can be read at / (AWS_CONFIG_FILE) and /nowhere/at-all (AWS_SHARED_CREDENTIALS_FILE)"],
    ),
}


@pytest.mark.parametrize("case", PROFILES.values(), ids=PROFILES)
def test_what_is_wrong_with_a_profile_or_a_variable_is_named(
    case: Case, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    failure_type, sentence, _ = told(
        without_keys(empty_aws), tmp_path, shared_files(tmp_path, config=case.config) | case.env
    )
    assert failure_type == "config_error"
    assert [word for word in case.words if word not in sentence] == [], sentence
    assert empty_aws.requests_total() == 0


@pytest.mark.parametrize("case", FINER_PROFILES.values(), ids=FINER_PROFILES)
def test_what_else_is_wrong_with_a_profile_or_a_variable_is_named(
    case: Case, empty_aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refusal(without_keys(empty_aws), shared_files(tmp_path, config=case.config) | case.env, monkeypatch)
    assert (error.outcome, [word for word in case.words if word not in str(error)]) == (Outcome.ACT, []), error


# What a credential_process does: everything that it prints and says holds the secret.
COMMANDS = {
    "it fails": f"import sys; sys.stderr.write('{SECRET}'); print('{SECRET}'); sys.exit(3)",
    "it prints no JSON": f"print('{SECRET}')",
    "it prints a list": f"print('[\"{SECRET}\"]')",
    "it prints bytes that are no text": f"import sys; sys.stdout.buffer.write(b'\\xff{SECRET}')",
    "it prints another version": f'print(\'{{"Version": "{SECRET}"}}\')',
    "it prints no secret key": f'print(\'{{"Version": 1, "AccessKeyId": "{SECRET}"}}\')',
    "it prints numbers": f'print(\'{{"Version": 1, "AccessKeyId": 1, "SecretAccessKey": ["{SECRET}"]}}\')',
    "it prints a key of two lines": (
        f'print(\'{{"Version": 1, "AccessKeyId": "A\\\\n{SECRET}", "SecretAccessKey": "b"}}\')'
    ),
    "it prints an end that is no time": (
        f'print(\'{{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "b", "Expiration": "{SECRET}"}}\')'
    ),
}


@pytest.mark.parametrize("code", COMMANDS.values(), ids=COMMANDS)
def test_a_command_for_credentials_that_fails_is_named_and_not_quoted(
    code: str,
    empty_aws: EmbeddedAws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    env = shared_files(tmp_path, config=command(tmp_path, code))
    error = refusal(without_keys(empty_aws), env, monkeypatch)
    assert (error.outcome, 'credential_process of the profile "default"' in str(error)) == (Outcome.ACT, True)
    told_in_full = "".join(format_exception(error)) + caplog.text
    assert SECRET not in told_in_full


def test_a_command_for_credentials_that_fails_with_a_secret_is_told_without_it(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    env = shared_files(tmp_path, config=command(tmp_path, COMMANDS["it fails"]))
    failure_type, sentence, printed = told(without_keys(empty_aws), tmp_path, env)
    assert (failure_type, 'credential_process of the profile "default"' in sentence) == ("config_error", True)
    debugged = run("check", "--debug", folder=tmp_path, config=without_keys(empty_aws), env=env)
    assert SECRET not in printed + debugged.stdout + debugged.stderr


def test_a_command_that_never_ends_is_stopped_in_time(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    code = "import os, signal, pathlib; pathlib.Path('pid').write_text(str(os.getpid())); signal.pause()"
    env = shared_files(tmp_path, config=command(tmp_path, code))
    began = time.monotonic()
    output = run("check", folder=tmp_path, config=without_keys(empty_aws), env=env)
    assert time.monotonic() - began < MINUTE
    status, sentence = output.connection_status
    assert (status, "the command did not end within 20 seconds" in sentence) == ("FAILED", True)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_prompt_neither_waits_nor_reaches_standard_output(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    """A command that asks a person reads from nothing."""
    code = "print(input('Code: '))"
    env = shared_files(tmp_path, config=command(tmp_path, code))
    output = run("check", folder=tmp_path, config=without_keys(empty_aws), env=env)
    assert output.connection_status[0] == "FAILED"
    assert "Code:" not in output.stdout


def test_a_profiles_role_that_may_not_be_assumed_is_told_apart_from_the_configured_one(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    key = empty_aws.base_key
    config = (
        f"[default]\nrole_arn = arn:aws:iam::123456789012:role/unknown\nsource_profile = keys\n[profile keys]\n"
        f"aws_access_key_id = {key.access_key_id}\naws_secret_access_key = {key.secret_access_key}\n"
    )
    env = shared_files(tmp_path, config=config)
    failure_type, sentence, _ = told(without_keys(empty_aws, region="eu-west-1"), tmp_path, env)
    assert failure_type == "config_error"
    assert 'The role in role_arn of the profile "default" may not be assumed' in sentence
    # Asked in the Region, and at the endpoint, of the connection.
    assert {region for _, region, action in empty_aws.requests if action == "sts:AssumeRole"} == {"eu-west-1"}


def test_an_ended_session_of_the_environment_is_told_with_what_renews_it(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    key, _ = BaseIdentity(empty_aws).session()
    empty_aws.expire_sessions()
    env = {
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
        "AWS_SESSION_TOKEN": str(key.session_token),
    }
    failure_type, sentence, _ = told(without_keys(empty_aws), tmp_path, env)
    assert failure_type == "config_error"
    assert "The session that signed sts:AssumeRole in account 123456789012, Region us-east-1 has expired." in sentence
    assert "It came from the variables AWS_ACCESS_KEY_ID" in sentence
    assert "set new ones" in sentence


def test_a_key_of_the_environment_that_aws_refuses_is_looked_for_where_it_came_from(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    env = shared_files(tmp_path, credentials=f"[default]\n{KEY}")
    failure_type, sentence, _ = told(without_keys(empty_aws), tmp_path, env)
    assert failure_type == "config_error"
    assert 'They came from the profile "default" in the shared credentials file' in sentence


def session_of(base: BaseIdentity) -> str:
    key, _ = base.session()
    return (
        f"[default]\naws_access_key_id = {key.access_key_id}\naws_secret_access_key = {key.secret_access_key}\n"
        f"aws_session_token = {key.session_token}\n"
    )


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:GetCallerIdentity"])
def test_a_call_that_the_environment_signs_and_that_is_cut_off_is_for_later(
    action: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    """The role's own credentials sign GetCallerIdentity, after those of the environment have signed AssumeRole."""
    key = empty_aws.base_key
    env = {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}
    empty_aws.fail(Fault(action=action, kind="reset", times=None))
    output = run("check", folder=tmp_path, config=without_keys(empty_aws), env=env)
    status, sentence = output.connection_status
    assert (status, f"{action} in " in sentence, "got no answer from" in sentence) == ("FAILED", True, True), sentence


def test_a_shared_file_that_another_tool_rewrites_is_read_again(aws: EmbeddedAws, tmp_path: Path) -> None:
    base = BaseIdentity(aws)
    env = shared_files(tmp_path, credentials=session_of(base))

    def renew() -> None:
        aws.expire_sessions()
        (tmp_path / "credentials").write_text(session_of(base))

    aws.after("iam:GetAccountAuthorizationDetails", 1, renew)
    output = read(without_keys(aws), tmp_path, streams=["groups"], env=env)
    assert (output.exit_code, output.errors) == (0, [])
    assert len(output.records("groups")) == len(aws.groups_truth())


def test_a_cached_sso_sign_in_that_cannot_be_renewed_is_told_in_words_alone(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    token = {
        "accessToken": SECRET,
        "refreshToken": SECRET,
        "clientId": "client",
        "clientSecret": SECRET,
        "expiresAt": "2020-01-01T00:00:00Z",
        "registrationExpiresAt": "2099-01-01T00:00:00Z",
    }
    # botocore names the file after the SHA-1 of the session's name.
    (cache / "ee0bfd2552fbd840c02cc48b6e823320543c450f.json").write_text(json.dumps(token))
    config = (
        "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
        "[sso-session corp]\nsso_start_url = https://x\nsso_region = us-east-1\n"
    )
    env = shared_files(tmp_path, config=config)
    process = start("check", folder=tmp_path, env=env, config=without_keys(empty_aws))
    stdout, stderr = process.communicate(timeout=MINUTE)
    assert "aws sso login --profile default" in stdout
    assert not [word for word in ("Traceback", SECRET) if word in stdout + stderr]
