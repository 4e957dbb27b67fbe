"""The command line: files, exit codes, standard output, and secrets that never reach it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import Answer, EmbeddedAws, Fault
from embedded_aws.truth.comparison import KEYS
from integration_tests.conftest import FAST
from integration_tests.connector import EVERY_STREAM, Output, catalog, clean_environment, lines, read, run, start
from integration_tests.forked_command import run_forked


def only_error(output: Output) -> dict[str, Any]:
    assert output.exit_code != 0
    [error] = output.errors
    return error


def test_a_config_file_that_is_missing_is_a_trace_and_a_failure(tmp_path: Path) -> None:
    for command in ("check", "discover"):
        error = only_error(run(command, "--config", "missing.json", folder=tmp_path))
        assert error["failure_type"] == "config_error"
        assert "missing.json" in error["message"]


@pytest.mark.parametrize("content", ["", "{", '"text"', "[]"])
def test_a_config_file_that_is_broken_is_a_trace_and_a_failure(content: str, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text(content)
    error = only_error(run("check", "--config", "broken.json", folder=tmp_path))
    assert error["failure_type"] == "config_error"
    assert "broken.json" in error["message"]


def test_a_wrong_config_ends_a_read_with_its_sentence(tmp_path: Path) -> None:
    config = {"credentials": {"auth_type": "access_key", "access_key_id": "AKIA"}}
    error = only_error(read(config, tmp_path))
    assert error["failure_type"] == "config_error"
    assert "credentials.secret_access_key is missing." in error["message"]
    assert "credentials.access_key_id must have at least 16 characters." in error["message"]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("10", "num_workers must be of type integer."),
        ([1], "num_workers must be of type integer."),
        (-500, "num_workers must be at least 1."),
    ],
)
def test_a_number_of_workers_that_is_none_is_answered_in_words(value: Any, sentence: str, tmp_path: Path) -> None:
    output = run("check", folder=tmp_path, config={"credentials": role(), "num_workers": value})
    assert (output.exit_code, output.connection_status) == (0, ("FAILED", sentence))


def role(**more: Any) -> dict[str, Any]:
    return {"auth_type": "iam_role", "role_arn": "arn:aws:iam::123456789012:role/nobody", **more}


def deep(depth: int) -> str:
    return "[" * depth + "]" * depth


ODD_TYPES = f"""{{
    "credentials": {deep(3000)},
    "accounts": 5,
    "event_selection": ["mode"],
    "region": {{"us-east-1": 1}},
    "regions": "us-east-1",
    "start_date": 20260101,
    "num_workers": 1e400,
    "lookback_minutes": NaN,
    "accounts_to_check": {"9" * 5000},
    "iam_requests_per_second": {{"a": {deep(3000)}}},
    "include_insights": "true",
    "fail_on_account_error": 1,
    "endpoint_url": ["https://host"],
    "_limit": "x",
    "unknown": {deep(3000)}
}}"""
ODD_TEXTS = {
    "credentials": {
        "auth_type": "access_key",
        "access_key_id": "ASIAIOSFODNN7EXAMPLE",
        "secret_access_key": "\ud83d\ud83d",
        "session_token": "x" * 100_000,
    },
    "event_selection": {"mode": "attribute", "attribute_key": "Username", "attribute_value": "a\ud83d"},
    "endpoint_url": "https://somebody:pa55word@gateway.example.com:8443/",
}
FIELDS_OF_ODD_TYPES = (
    *("credentials.auth_type", "accounts.scope", "event_selection.mode", "region", "regions", "start_date"),
    *("num_workers", "lookback_minutes", "accounts_to_check", "iam_requests_per_second", "include_insights"),
    *("fail_on_account_error", "endpoint_url"),
)
FIELDS_OF_ODD_TEXTS = (
    *("credentials.secret_access_key", "credentials.session_token", "event_selection.attribute_value"),
    "endpoint_url",
)


@pytest.mark.parametrize(
    ("config", "fields"),
    [(ODD_TYPES.encode(), FIELDS_OF_ODD_TYPES), (ODD_TEXTS, FIELDS_OF_ODD_TEXTS)],
    ids=["types", "texts"],
)
def test_every_field_of_a_wrong_kind_is_named_by_check_and_by_read(
    config: Any, fields: tuple[str, ...], tmp_path: Path
) -> None:
    tested = run("check", folder=tmp_path, config=config)
    status, message = tested.connection_status
    assert (tested.exit_code, tested.errors, status) == (0, [], "FAILED")
    sentences = message.split(". ")
    for field in fields:
        assert [sentence for sentence in sentences if sentence.startswith(f"{field} ")], field
    outcome = run("read", folder=tmp_path, config=config, catalog=catalog(["users"]), state=[])
    error = only_error(outcome)
    assert (error["failure_type"], error["message"]) == ("config_error", message)
    for output in (tested, outcome):
        assert "pa55word" not in output.stdout + output.stderr


def test_what_a_form_leaves_over_and_whole_numbers_with_a_point_do_no_harm(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    left_over = {
        "event_selection": {"mode": "all", "include_read_only": [], "attribute_value": 5, "unknown": {}},
        "accounts": {"scope": "current", "roles": [5], "role_name": {}, "external_id": 1},
        "num_workers": 2.0,
        "lookback_minutes": 60.0,
        "unknown": 10**30,
        "__injected_components_py": "raise",
    }
    config = empty_aws.config(**left_over, **FAST)
    config["credentials"]["duration_seconds"] = 3600.0
    output = read(config, tmp_path, streams=["users", "audit_events"])
    assert (output.exit_code, output.errors) == (0, [])
    assert output.statuses == {"users": "COMPLETE", "audit_events": "COMPLETE"}


ONE_STATE = {"type": "STREAM", "stream": {"stream_descriptor": {"name": "gone"}, "stream_state": {"a": 1}}}
USERS = {
    "stream": {"name": "users", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
    "sync_mode": "full_refresh",
    "destination_sync_mode": "overwrite",
}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"catalog": {"streams": [USERS, USERS]}}, "names these more often: users"),
        ({"catalog": {"streams": {"users": 1}}}, "a configured catalog of Airbyte (at: streams)"),
        ({"state": {"audit_events": {"version": 1}}}, "a JSON list of the states"),
        (
            {"state": [{"type": "GLOBAL", "global": {"shared_state": {"a": 1}, "stream_states": []}}]},
            "A global state with a shared_state",
        ),
    ],
    ids=["twice", "odd catalog", "legacy state", "shared state"],
)
def test_a_catalog_or_a_state_of_another_kind_is_refused_in_a_sentence(
    files: dict[str, Any], words: str, tmp_path: Path
) -> None:
    output = run("read", folder=tmp_path, config={"credentials": role()}, **{"catalog": catalog(["users"]), **files})
    error = only_error(output)
    assert error["failure_type"] == "config_error"
    assert error["message"].startswith("The file ")
    assert words in error["message"]


def test_the_state_of_a_stream_that_is_gone_does_no_harm(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    for state in ([ONE_STATE], [{"type": "GLOBAL", "global": {"stream_states": [ONE_STATE["stream"]]}}]):
        output = read(empty_aws.config(**FAST), tmp_path, streams=["groups"], state=state)
        assert (output.exit_code, output.errors, output.statuses) == (0, [], {"groups": "COMPLETE"})


def test_files_may_be_pipes_which_can_be_read_once(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    files = {"config": empty_aws.config(**FAST), "catalog": catalog(["groups"]), "state": []}
    options, passed = [], []
    for name, content in files.items():
        receiving, sending = os.pipe()
        os.write(sending, json.dumps(content).encode())
        os.close(sending)
        passed.append(receiving)
        options += [f"--{name}", f"/dev/fd/{receiving}"]
    output = run("read", *options, folder=tmp_path, process={"pass_fds": passed})
    for receiving in passed:
        os.close(receiving)
    assert (output.exit_code, output.errors, output.statuses) == (0, [], {"groups": "COMPLETE"})


@pytest.mark.parametrize("external_id", ["17", "type", "message", "a-long-one-of-its-own"])
def test_secrets_that_an_answer_repeats_are_masked_and_every_line_stays_json(
    external_id: str, empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    config = empty_aws.config(**FAST)
    config["credentials"]["external_id"] = external_id
    secret = config["credentials"]["secret_access_key"]
    text = f"Denied for the external id {external_id} and the key {secret}"
    body = f"<ErrorResponse><Error><Code>AccessDenied</Code><Message>{text}</Message></Error></ErrorResponse>"
    empty_aws.rewrite("sts:AssumeRole", lambda _, __: Answer(403, body.encode(), {"Content-Type": "text/xml"}))
    tested = run("check", folder=tmp_path, config=config)
    outcome = read(config, tmp_path, streams=["users"], options=["--debug"])
    assert tested.connection_status[0] == "FAILED"
    assert "Denied for the external id **** and the key ****" in tested.connection_status[1]
    assert "Denied for the external id **** and the key ****" in only_error(outcome)["message"]
    for output in (tested, outcome):
        assert secret not in output.stdout + output.stderr
        assert f"external id {external_id} " not in output.stdout + output.stderr
        assert {message["type"] for message in output.messages} <= {"LOG", "TRACE", "CONNECTION_STATUS", "STATE"}


def test_what_is_empty_or_null_was_not_given(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    nothing = {"num_workers": "", "lookback_minutes": None, "start_date": None, "regions": None, "accounts": None}
    output = read(empty_aws.config(**nothing, iam_requests_per_second=""), tmp_path, streams=["users"])
    assert (output.exit_code, output.errors) == (0, [])
    assert len(output.records("users")) == len(empty_aws.users_truth()) + 1


def test_a_stream_that_does_not_exist_fails_the_sync_by_name_and_the_others_are_read(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    chosen = catalog(["groups"])
    [groups] = chosen["streams"]
    chosen["streams"].append({**groups, "stream": {**groups["stream"], "name": "nope"}})
    output = run("read", folder=tmp_path, config=empty_aws.config(), catalog=chosen, state=[])
    error = only_error(output)
    assert error["failure_type"] == "config_error"
    assert "There are no such streams: nope. All others were read." in error["message"]
    assert output.statuses == {"groups": "COMPLETE", "nope": "INCOMPLETE"}


def test_a_state_file_with_something_else_in_it_is_a_trace_and_a_failure(tmp_path: Path) -> None:
    error = only_error(run("read", folder=tmp_path, config={}, catalog={"streams": []}, state=5))
    assert error["failure_type"] == "config_error"
    assert "cannot be used" in error["message"]


def test_without_a_command_it_says_which_there_are(tmp_path: Path) -> None:
    process = start(folder=tmp_path)
    stdout, stderr = process.communicate(timeout=60)
    error = only_error(Output(process.returncode, stdout, stderr))
    assert error["message"].startswith("Name a command: spec, check, discover or read.")


@pytest.mark.parametrize("arguments", [["nonsense"], ["read"], ["check", "--config"], ["spec", "more"]])
def test_arguments_that_cannot_be_used_are_a_trace_and_a_failure(arguments: list[str], tmp_path: Path) -> None:
    output = Output(*run_forked(arguments, folder=tmp_path, env=clean_environment(tmp_path)))
    error = only_error(output)
    assert (output.exit_code, error["failure_type"]) == (1, "config_error")
    assert error["message"].startswith("The command line cannot be used: ")
    assert output.stderr.startswith("usage: source-aws-iam")


def test_a_foreign_manifest_in_the_working_directory_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("this: is not ours")
    output = run("spec", folder=tmp_path)
    assert output.exit_code == 0
    [spec] = [message["spec"] for message in output.messages if message["type"] == "SPEC"]
    assert spec["connectionSpecification"]["title"] == "AWS IAM"


def test_discover_offers_incremental_for_events_and_keys_for_all(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    output = run("discover", folder=tmp_path, config=empty_aws.config())
    [catalog] = [message["catalog"] for message in output.messages if message["type"] == "CATALOG"]
    described = {
        stream["name"]: (stream["supported_sync_modes"], stream["source_defined_primary_key"])
        for stream in catalog["streams"]
    }
    assert described == {
        stream: (
            ["full_refresh", "incremental"] if stream == "audit_events" else ["full_refresh"],
            [[column] for column in KEYS[stream]],
        )
        for stream in EVERY_STREAM
    }
    [events] = [stream for stream in catalog["streams"] if stream["name"] == "audit_events"]
    assert (events["source_defined_cursor"], events["default_cursor_field"]) == (True, ["event_time"])
    assert empty_aws.requests_total() == 0


def test_when_nobody_reads_its_records_any_more_it_ends(aws: EmbeddedAws, tmp_path: Path) -> None:
    with start("read", folder=tmp_path, config=aws.config(**FAST), catalog=catalog(), state=[]) as process:
        assert process.stdout is not None
        assert any(message["type"] == "RECORD" for message in lines(process))
        process.stdout.close()
        assert process.wait(timeout=60) == 1
        assert process.stderr is not None
        assert process.stderr.read() == "source-aws-iam: Standard output cannot be written: Broken pipe.\n"


FAULTS = {
    "nothing": None,
    "denied": Fault(action="*", kind="access_denied", times=None, after=3),
    "expired": Fault(action="*", kind="expired_token", times=None, after=3),
    "broken": Fault(action="*", kind="malformed_body", times=None, after=3),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("level", [{}, {"LOG_LEVEL": "debug"}], ids=["--debug", "LOG_LEVEL=debug"])
def test_no_secret_is_printed_at_any_level(
    fault: Fault | None, level: dict[str, str], aws: EmbeddedAws, tmp_path: Path
) -> None:
    if fault:
        aws.fail(fault)
    config = aws.config(**FAST)
    options = [] if level else ["--debug"]
    outputs = [
        run("check", *options, folder=tmp_path, env=level, config=config),
        read(config, tmp_path, options=options, env=level),
    ]
    printed = "".join(output.stdout + output.stderr for output in outputs)
    configured = [config["credentials"][name] for name in ("secret_access_key", "external_id")]
    issued = [part for key in aws.sessions.issued() for part in (key.secret_access_key, key.session_token)]
    assert len(issued) > 1
    for secret in [*configured, *filter(None, issued)]:
        assert not any(secret[start : start + 12] in printed for start in range(0, len(secret) - 11, 4))
    # The id of the key may stand in an event that AWS recorded; outside the records it has no business.
    told = "".join(line for line in printed.splitlines() if not line.startswith('{"type":"RECORD"'))
    assert config["credentials"]["access_key_id"] not in told
    for line in printed.splitlines():
        json.loads(line)


def test_a_session_token_with_a_line_break_in_the_environment_is_not_printed(
    empty_aws: EmbeddedAws, tmp_path: Path
) -> None:
    token = "FwoGZXIvYXdzEXAMPLE" * 10
    environment = {
        "AWS_ACCESS_KEY_ID": "ASIA" + "A" * 16,
        "AWS_SECRET_ACCESS_KEY": "s" * 40,
        "AWS_SESSION_TOKEN": f"{token}\n",
    }
    config = empty_aws.config(credentials={"auth_type": "iam_role", "role_arn": empty_aws.role_arn})
    for output in (
        run("check", folder=tmp_path, env=environment, config=config),
        read(config, tmp_path, streams=["users"], env=environment),
    ):
        assert token[:19] not in output.stdout + output.stderr
        assert "line break" in output.stdout
